import { readFileSync } from 'node:fs';

/** This package's version, from its own package.json. */
export function ownVersion(): string {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return own.version;
}
