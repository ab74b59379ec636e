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

/** A chunk, and the ids of those that it imports statically. */
export interface ImportingChunk extends Chunk {
  readonly imports: readonly string[];
}

/** A program in chunks, with everything that it needs except Node.js. */
export interface DividedProgram {
  readonly chunks: readonly ImportingChunk[];
  /** The chunk of a module that is started, imported dynamically, or to which the program is divided: by its path. */
  readonly idOf: (path: string) => string;
  /** Files that went into it, as paths below the root. */
  readonly inputs: readonly string[];
}

/** Bundles a program, divided where it imports dynamically. */
export async function divideProgram(
  { folder, name, apart, split }: PackagedProgram,
  version: string,
): Promise<DividedProgram> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: [`packages/${folder}/bin/${name}.js`, ...Object.values(apart).flat(), ...split],
    outdir: fileURLToPath(new URL('dist/', ROOT)),
    entryNames: '[name]-[hash]',
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
      return { id, code, map, names: outputs.get(id)?.exports ?? [], imports: importsOf(outputs.get(id)) };
    }),
  );
  return {
    chunks,
    idOf: (path) => {
      // Where other chunks import it too, the chunk that begins with it only passes on what is in another.
      const all = [...outputs];
      const [id] =
        all.find(([, { inputs }]) => (inputs[path]?.bytesInOutput ?? 0) > 0) ??
        all.find(([, { entryPoint }]) => entryPoint === path) ??
        [];
      if (id === undefined) throw new Error(`no chunk has ${path}`);
      return id;
    },
    inputs: Object.keys(metafile.inputs),
  };
}

function idOfFile(path: string): string {
  return basename(path, '.js');
}

function importsOf(output: Metafile['outputs'][string] | undefined): string[] {
  const chunks = output?.imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true) ?? [];
  return chunks.map(({ path }) => idOfFile(path));
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
