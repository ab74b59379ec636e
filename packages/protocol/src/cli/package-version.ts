import { readFileSync } from 'node:fs';

/** The version, in a program that was bundled: no package.json lies beside it. */
declare const BUNDLED_VERSION: string | undefined;

/** The version in a package.json. */
export function packageVersion(packageJson: URL): string {
  if (typeof BUNDLED_VERSION === 'string') return BUNDLED_VERSION;
  return (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;
}
