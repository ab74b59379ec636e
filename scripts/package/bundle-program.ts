import { mkdir, rename } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { DIST, type PackagedProgram, ROOT } from './program.js';

/** The oldest Node.js that the packages support. */
const TARGET = 'node20.19';

/** What CommonJS modules expect in an ES module. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** A program in as few files as possible, with everything that it needs except Node.js. */
export interface Bundle {
  /** The file to start. */
  readonly entry: string;
  /** Files that went into it, as paths below the root. */
  readonly inputs: readonly string[];
}

/** Bundles a program as ES modules: an entry, and a chunk for each part that is loaded only where it is needed. */
export async function bundleModules(program: PackagedProgram, version: string, folder: URL): Promise<Bundle> {
  const { metafile } = await build({
    ...optionsFor(program, version),
    format: 'esm',
    splitting: true,
    outdir: fileURLToPath(folder),
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
  });
  await moveMaps(program, folder, metafile);
  return { entry: fileURLToPath(new URL(`${program.name}.js`, folder)), inputs: Object.keys(metafile.inputs) };
}

/** Bundles a program as one CommonJS file, which is what a single executable can hold. */
export async function bundleFile(program: PackagedProgram, version: string, folder: URL): Promise<Bundle> {
  const file = fileURLToPath(new URL(`${program.name}.cjs`, folder));
  const { metafile } = await build({
    ...optionsFor(program, version),
    format: 'cjs',
    outfile: file,
    // Nothing lies beside an executable; what asks for its own address gets that of the executable.
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(process.execPath).href;" },
    define: { BUNDLED_VERSION: JSON.stringify(version), 'import.meta.url': 'bundleUrl' },
    sourcemap: false,
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
    sourcemap: 'external',
    metafile: true,
    define: { BUNDLED_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}

/** Source maps are as large as the program: they lie apart, for whoever reads a stack. */
async function moveMaps({ name }: PackagedProgram, folder: URL, { outputs }: Metafile): Promise<void> {
  const maps = new URL(`maps/${name}/`, DIST);
  await mkdir(new URL('chunks/', maps), { recursive: true });
  for (const output of Object.keys(outputs).filter((path) => path.endsWith('.map'))) {
    const path = fileURLToPath(new URL(output, ROOT));
    const below = path.slice(fileURLToPath(folder).length);
    await rename(path, fileURLToPath(new URL(below, maps)));
  }
}
