import { maskUnsafeLines } from '../text/sanitize.js';
import { withoutStyles } from '../text/style.js';

/** HTML text. Only {@link h} creates it, so that a text of a peer or a file cannot be mistaken for it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What an element contains. Texts are escaped; `undefined` is left out. */
export type Child = Markup | string | number | undefined | readonly Child[];

const ELEMENTS = [
  ...['a', 'article', 'code', 'dd', 'details', 'div', 'dl', 'dt', 'footer', 'h1', 'h2', 'h3', 'h4', 'header', 'li'],
  ...['main', 'nav', 'ol', 'p', 'pre', 'section', 'small', 'span', 'strong', 'summary', 'time', 'ul'],
  ...['table', 'caption', 'tbody', 'td', 'th', 'thead', 'tr'],
  ...['svg', 'circle', 'desc', 'g', 'line', 'path', 'rect', 'text', 'title'],
] as const;

/** The elements that a page may contain: none runs a script, loads anything or sends anything. */
export type ElementName = (typeof ELEMENTS)[number];

const ATTRIBUTES = [
  ...['class', 'id', 'href', 'lang', 'role', 'tabindex', 'scope', 'colspan', 'open', 'datetime', 'dir', 'title'],
  ...['aria-hidden', 'aria-label', 'aria-labelledby', 'data-outcome'],
  ...['viewBox', 'width', 'height', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'rx', 'd', 'text-anchor'],
  ...['preserveAspectRatio', 'transform', 'focusable'],
] as const;

/** Attributes without a script, a style or an address: `href` leads to an anchor of the same page, or to a path of the same server. */
export type Attributes = Readonly<Partial<Record<(typeof ATTRIBUTES)[number], string | number | true | undefined>>>;

const KNOWN_ELEMENTS: ReadonlySet<string> = new Set(ELEMENTS);
const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set(ATTRIBUTES);

/**
 * An address within the page or, on a page that tentacle-ping serves, a path of the same server, with parameters as
 * URLSearchParams writes them: no character of them begins an address of another server.
 */
const INTERNAL_LINK = /^(?:#[\w-]+|probes\/\d+|\.\/|config|metrics|polling|(?:probe)?\?[\w.*+%&=-]+)$/;

/** An element. Every text and attribute value is escaped. @throws TypeError for an element or attribute that no page has. */
export function h(name: ElementName, attributes: Attributes, ...children: readonly Child[]): Markup {
  if (!KNOWN_ELEMENTS.has(name)) throw new TypeError('no such element');
  return new Markup(`<${name}${attributesText(attributes)}>${childrenText(children)}</${name}>`);
}

/** Elements one after the other, without one around them. */
export function fragment(...children: readonly Child[]): Markup {
  return new Markup(childrenText(children));
}

/** A text as HTML, without characters that act on its display: control characters, bidirectional and invisible ones. */
export function escapeHtml(text: string): string {
  return maskUnsafeLines(withoutStyles(text))
    .replaceAll(HALF_CHARACTER, '?')
    .replaceAll(/[&<>"']/g, (one) => ENTITIES[one] ?? '');
}

/** A UTF-16 surrogate without the other one, which is not a character. */
const HALF_CHARACTER = /\p{Cs}/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (value === undefined) return '';
      if (!KNOWN_ATTRIBUTES.has(name)) throw new TypeError('no such attribute');
      if (name === 'href' && !INTERNAL_LINK.test(String(value))) throw new TypeError('a link leads out of the page');
      return value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
    })
    .join('');
}

function childrenText(children: readonly Child[]): string {
  return children
    .map((child) => {
      if (child === undefined) return '';
      if (child instanceof Markup) return child.text;
      return isList(child) ? childrenText(child) : escapeHtml(String(child));
    })
    .join('');
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}
