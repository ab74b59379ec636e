import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, transform } from 'esbuild';
import { directImports } from './direct-imports.js';
import type { Chunk } from './join-chunks.js';
import { type PackagedProgram, ROOT } from './program.js';
import { unusedParts } from './unused-parts.js';

/** The oldest Node.js that the packages support. */
const TARGET = 'node20.19';

/** In place of `import.meta.url`, which CommonJS has not. */
const BUNDLE_URL = 'bundleUrl';

/** A program in chunks, with everything that it needs except Node.js. */
export interface DividedProgram {
  /** Each with the ids of all chunks that it imports, and that those import. */
  readonly chunks: readonly (Chunk & { readonly imports: ReadonlySet<string> })[];
  /** The chunk of a module that is imported dynamically: by its path. */
  readonly idOf: (path: string) => string;
  /** Files that went into it, as paths below the root. */
  readonly inputs: readonly string[];
}

/** Bundles a program, divided where it imports dynamically. */
export async function divideProgram(
  { folder, name, apart }: PackagedProgram,
  version: string,
): Promise<DividedProgram> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: [`packages/${folder}/bin/${name}.js`, ...apart],
    outdir: fileURLToPath(new URL('dist/', ROOT)),
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    platform: 'node',
    target: TARGET,
    // Only ES modules can be divided.
    format: 'esm',
    splitting: true,
    minify: true,
    // Names of classes are shown in internal errors, and @peculiar/asn1-schema compares them.
    keepNames: true,
    legalComments: 'none',
    sourcemap: 'inline',
    metafile: true,
    write: false,
    define: { BUNDLED_VERSION: JSON.stringify(version), 'import.meta.url': BUNDLE_URL },
    plugins: [directImports, unusedParts],
    logLevel: 'warning',
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [idOfFile(path), output]));
  const chunks = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const id = idOfFile(path);
      const { code, map } = await toCommonJs(withoutBareImports(text), id);
      return { id, code, map, names: outputs.get(id)?.exports ?? [], imports: importsOf(id, outputs) };
    }),
  );
  return {
    chunks,
    idOf: (path) => {
      const [id] = [...outputs].find(([, { entryPoint }]) => entryPoint === path) ?? [];
      if (id === undefined) throw new Error(`${path} is not imported dynamically`);
      return id;
    },
    inputs: Object.keys(metafile.inputs),
  };
}

function idOfFile(path: string): string {
  return basename(path, '.js');
}

/** The chunks that a chunk imports statically, itself included. */
function importsOf(
  id: string,
  outputs: ReadonlyMap<string, Metafile['outputs'][string]>,
  found = new Set<string>(),
): ReadonlySet<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const { kind, path, external } of outputs.get(id)?.imports ?? [])
    if (kind === 'import-statement' && external !== true) importsOf(idOfFile(path), outputs, found);
  return found;
}

/** Imports of a chunk for its effects alone: modules without effects need none, and CommonJS modules run when they are used. */
const BARE_IMPORTS = /^(?:#!.*\n)?(?:import(?:[^"'()]*from)?"[^"]+";)+/;

/** The same text, in the same columns. A hashbang cannot stay within a file. */
function withoutBareImports(text: string): string {
  return text.replace(BARE_IMPORTS, (head) =>
    head.replace(/^#!.*/, '').replaceAll(/import"[^"]+";/g, (statement) => ' '.repeat(statement.length)),
  );
}

async function toCommonJs(text: string, id: string): Promise<{ readonly code: string; readonly map: string }> {
  return transform(text, {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    minify: true,
    sourcemap: 'external',
    sourcefile: `${id}.js`,
    supported: { 'dynamic-import': false },
    ...(text.includes(BUNDLE_URL) && {
      banner: `const ${BUNDLE_URL}=require("node:url").pathToFileURL(__filename).href;`,
    }),
  });
}
