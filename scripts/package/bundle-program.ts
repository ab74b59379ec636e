import { mkdir, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, transform, type TransformResult } from 'esbuild';
import { directImports } from './direct-imports.js';
import { type PackagedProgram, ROOT } from './program.js';
import { unusedParts } from './unused-parts.js';

/** The oldest Node.js that the packages support. */
const TARGET = 'node20.19';

/** In place of `import.meta.url`, which CommonJS has not. */
const BUNDLE_URL = 'bundleUrl';

/** A program in as few files as possible, with everything that it needs except Node.js. */
export interface Bundle {
  /** The file to start. */
  readonly entry: string;
  /** Files that went into it, as paths below the root. */
  readonly inputs: readonly string[];
}

/**
 * Bundles a program in CommonJS modules: an entry, and a chunk for each part that is loaded only where it is needed. ES modules
 * would start more slowly: Node loads them asynchronously, with a loader that is itself loaded first.
 * @param maps the folder for source maps; absent: there are none.
 */
export async function bundleModules(
  program: PackagedProgram,
  version: string,
  folder: URL,
  maps?: URL,
): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    ...optionsFor(program, version),
    // Only ES modules can be split.
    format: 'esm',
    splitting: true,
    outdir: fileURLToPath(folder),
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: 'inline',
    write: false,
  });
  for (const url of [folder, maps]) if (url !== undefined) await mkdir(new URL('chunks/', url), { recursive: true });
  // The sources' own package.json says that files are ES modules.
  await writeFile(new URL('package.json', folder), '{ "type": "commonjs" }\n');
  for (const { path, text } of outputFiles) {
    const name = relative(fileURLToPath(folder), path).replaceAll('\\', '/');
    const { code, map } = await toCommonJs(text, name);
    await writeFile(path, code, { mode: name.startsWith('chunks/') ? 0o644 : 0o755 });
    // Source maps are as large as the program: they lie apart, for whoever reads a stack.
    if (maps !== undefined) await writeFile(new URL(`${name}.map`, maps), map);
  }
  return { entry: fileURLToPath(new URL(`${program.name}.js`, folder)), inputs: Object.keys(metafile.inputs) };
}

async function toCommonJs(text: string, name: string): Promise<TransformResult> {
  return transform(text, {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    minify: true,
    sourcemap: 'external',
    sourcefile: name,
    // Chunks are loaded by `require`, also those that are loaded later.
    supported: { 'dynamic-import': false },
    ...(text.includes(BUNDLE_URL) && {
      banner: `const ${BUNDLE_URL}=require("node:url").pathToFileURL(__filename).href;`,
    }),
  });
}

/** Bundles a program as one CommonJS file, which is what a single executable can hold. */
export async function bundleFile(program: PackagedProgram, version: string, folder: URL): Promise<Bundle> {
  const file = fileURLToPath(new URL(`${program.name}.cjs`, folder));
  const { metafile } = await build({
    ...optionsFor(program, version),
    format: 'cjs',
    outfile: file,
    // Nothing lies beside an executable; what asks for its own address gets that of the executable.
    banner: { js: `const ${BUNDLE_URL} = require('node:url').pathToFileURL(process.execPath).href;` },
  });
  return { entry: file, inputs: Object.keys(metafile.inputs) };
}

function optionsFor({ folder, name }: PackagedProgram, version: string) {
  return {
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: [`packages/${folder}/bin/${name}.js`],
    bundle: true,
    platform: 'node',
    target: TARGET,
    minify: true,
    // Names of classes are shown in internal errors.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    define: { BUNDLED_VERSION: JSON.stringify(version), 'import.meta.url': BUNDLE_URL },
    plugins: [directImports, unusedParts],
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}
