import { formatDuration, formatSize } from '../text/units.js';
import { type Child, h, type Markup } from './markup.js';
import { facts } from './parts.js';

/** A file may hold anything; more than this is not read by a person. */
const ENTRIES_MAX = 100;
const DEPTH_MAX = 4;
const TEXT_MAX_CHARS = 4000;

/** The entries of an object as names and values, with units instead of their abbreviations. */
export function valueFacts(object: object, depth = 0): Markup {
  const rows = Object.entries(object)
    .slice(0, ENTRIES_MAX)
    .map(([key, value]) => [nameOf(key), valueMarkup(key, value, depth)] as const);
  return facts(rows);
}

/** `elapsedUs` -> `elapsed`, `ownThumbprint` -> `own thumbprint` */
function nameOf(key: string): string {
  return key
    .replace(/(?<=[a-z])(?:Us|Ms|Bytes|PerSecond)$/, '')
    .replaceAll(/(?<=[a-z])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`)
    .slice(0, 100);
}

function valueMarkup(key: string, value: unknown, depth: number): Child {
  switch (typeof value) {
    case 'number':
      return numberText(key, value);
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'string':
      return value === '' ? 'empty' : textMarkup(key, value.slice(0, TEXT_MAX_CHARS));
    case 'object':
      return value === null ? 'none' : depth < DEPTH_MAX ? containerMarkup(key, value, depth + 1) : '...';
    default:
      return undefined;
  }
}

function containerMarkup(key: string, value: object, depth: number): Child {
  const [only, ...others] = Object.entries(value);
  // `mode: { kind: 'round-trips' }` says no more than its kind.
  if (only?.[0] === 'kind' && others.length === 0) return valueMarkup(key, only[1], depth);
  if (!Array.isArray(value)) return Object.keys(value).length === 0 ? 'none' : valueFacts(value, depth);
  if (value.length === 0) return 'none';
  const items = value.slice(0, ENTRIES_MAX).map((item: unknown) => valueMarkup(key, item, depth));
  const isPlain = value.every((item) => typeof item !== 'object');
  if (isPlain) return items.flatMap((item, i) => (i === 0 ? [item] : [', ', item]));
  return h(
    'ul',
    {},
    items.map((item) => h('li', {}, item)),
  );
}

function numberText(key: string, value: number): string {
  if (key.endsWith('PerSecond')) return `${value.toLocaleString('en-US')} per second`;
  if (key.endsWith('Us')) return value === 0 ? '0' : formatDuration(value);
  if (key.endsWith('Ms')) return formatDuration(value * 1000);
  if (key.endsWith('Bytes') || key.endsWith('bytes')) return formatSize(value);
  return /port$/i.test(key) ? String(value) : value.toLocaleString('en-US');
}

const MACHINE_TEXT = /thumbprint|hex|key|activityId|signature|serial|nonce|material|code|syscall|text/i;

function textMarkup(key: string, text: string): Child {
  return MACHINE_TEXT.test(key) ? h('code', {}, text) : text;
}
