import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { ROOT } from './program.js';

/** A package that went into a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** Its folder below the root: `node_modules/pino`. */
  readonly folder: string;
  /** SPDX expression. */
  readonly license: string;
}

const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** The packages of others among the inputs of bundles, by name. */
export async function bundledPackages(inputs: Iterable<string>): Promise<readonly BundledPackage[]> {
  const folders = new Set<string>();
  for (const input of inputs) {
    // Of nested ones, the innermost.
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const text = await readFile(new URL(`${folder}/package.json`, ROOT), 'utf8');
      const { name, version, license } = JSON.parse(text) as Pick<BundledPackage, 'name' | 'version'> & {
        license?: string;
      };
      return { name, version, license: license ?? 'unknown', folder };
    }),
  );
  return packages.sort((one, other) => compare(`${one.name} ${one.version}`, `${other.name} ${other.version}`));
}

/** The licenses of the packages and of Node.js, as one text. @param nodeLicense that of Node.js and what it contains. */
export async function licensesText(packages: readonly BundledPackage[], nodeLicense?: string): Promise<string> {
  const texts = await Promise.all(packages.map(async (each) => `${heading(each)}\n\n${await licenseOf(each)}`));
  const all = nodeLicense === undefined ? texts : [...texts, `Node.js\n\n${nodeLicense.trim()}`];
  return `${all.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function heading({ name, version, license }: BundledPackage): string {
  return `${name} ${version} (${license})`;
}

/** The texts of a package; where it has none, its license is named. */
async function licenseOf({ folder, license }: BundledPackage): Promise<string> {
  const url = new URL(`${folder}/`, ROOT);
  const files = existsSync(url) ? (await readdir(url)).filter((name) => LICENSE_FILE.test(name)).sort() : [];
  const texts = await Promise.all(files.map(async (name) => (await readFile(new URL(name, url), 'utf8')).trim()));
  return texts.length === 0 ? `License: ${license} (the package has no text of it)` : texts.join('\n\n');
}

/** By code units: the same everywhere. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
