import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Component } from '../components.js';

/** Where `npm run package` puts what is handed out. */
export const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** The packages themselves, which take minutes to build and which tests do not build. */
export const builtPackages: Component = {
  name: 'packages',
  missing: existsSync(join(DIST, 'SHA256SUMS')) ? undefined : '"npm run package" was not run',
};

/** The file of a package whose name has a version in it. */
export function packageFile(pattern: RegExp): string {
  const file = readdirSync(DIST).find((name) => pattern.test(name));
  if (file === undefined) throw new Error(`dist/ has no file like ${pattern}`);
  return join(DIST, file);
}

/** An empty folder. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tentacle-package-'));
}
