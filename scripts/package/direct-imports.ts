import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { ROOT } from './program.js';

const PROTOCOL = fileURLToPath(new URL('packages/protocol/', ROOT));

/** Where a name of an entry of tentacle-protocol is defined. */
interface Origin {
  readonly name: string;
  readonly file: string;
}

const IMPORT = /^import \{([^}]*)\} from '(tentacle-protocol[^']*)';$/gm;
const REEXPORT = /^export \{([^}]*)\} from '([^']*)';$/gm;

/**
 * Imports the modules behind the entries of tentacle-protocol, not the entries. To divide a program into chunks, esbuild
 * asks which files an import reaches, and through an entry it reaches everything that any part of the program uses.
 */
export const directImports: Plugin = {
  name: 'direct-imports',
  setup: (build) => {
    const entries = readEntries();
    build.onLoad({ filter: /[\\/]packages[\\/]p[io]ng[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      // On as many lines as before, so that source maps hold.
      const contents = text.replaceAll(IMPORT, (statement, names: string, entry: string) => {
        const lines = '\n'.repeat(statement.split('\n').length - 1);
        return importsOf(names, entries.get(entry), entry).join(' ') + lines;
      });
      return { contents, loader: 'js' };
    });
  },
};

/** By name of the entry: its names, and where they are defined. */
function readEntries(): ReadonlyMap<string, ReadonlyMap<string, Origin>> {
  const { exports } = JSON.parse(readFileSync(resolve(PROTOCOL, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, { readonly default: string }>>;
  };
  return new Map(
    Object.entries(exports).map(([entry, { default: file }]) => [
      entry.replace('.', 'tentacle-protocol'),
      namesIn(resolve(PROTOCOL, file)),
    ]),
  );
}

function namesIn(file: string): ReadonlyMap<string, Origin> {
  const found = new Map<string, Origin>();
  for (const [, names = '', from = ''] of readFileSync(file, 'utf8').matchAll(REEXPORT))
    for (const [name, as] of pairs(names)) found.set(as, { name, file: resolve(dirname(file), from) });
  return found;
}

function importsOf(names: string, origins: ReadonlyMap<string, Origin> | undefined, entry: string): string[] {
  return pairs(names).map(([name, as]) => {
    const origin = origins?.get(name);
    const from = origin?.file ?? entry;
    return `import { ${origin?.name ?? name} as ${as} } from ${JSON.stringify(from)};`;
  });
}

/** `a, b as c` by name: what is exported, and what it is called here. */
function pairs(names: string): (readonly [name: string, as: string])[] {
  return names
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = part, as = name] = part.split(' as ');
      return [name, as];
    });
}
