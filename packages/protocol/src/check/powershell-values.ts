import { quote } from '../text/sanitize.js';

/** An object of ConvertTo-Json; undefined for anything else. */
export function readObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The objects of an array. Windows PowerShell writes an array of one element as that element. */
export function readArray(value: unknown): readonly Record<string, unknown>[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map(readObject).filter((item) => item !== undefined);
}

export function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A text on one line, of at most 100 characters; undefined for an empty one. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? quote(value).slice(1, -1) : undefined;
}

/** Texts of a value that is one, several or none. */
export function readTexts(value: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items
    .map((item) => readText(typeof item === 'number' ? String(item) : item))
    .filter((text) => text !== undefined);
}
