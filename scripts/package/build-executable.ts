import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeBinary, type Platform, PLATFORMS } from './node-binary.js';
import { DIST, type PackagedProgram, ROOT } from './program.js';
import { withoutSignature } from './windows-signature.js';

const run = promisify(execFile);

/** Marks Node.js binaries that hold a program (documentation of single executable applications). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const POSTJECT = fileURLToPath(new URL('node_modules/postject/dist/cli.js', ROOT));

/** Builds one executable: Node.js with the bundled program in it. @returns its path. */
export async function buildExecutable(program: PackagedProgram, platform: Platform, bundle: string): Promise<string> {
  const folder = new URL(`executables/${platform.name}/`, DIST);
  await mkdir(folder, { recursive: true });
  const path = fileURLToPath(new URL(`${program.name}${platform.extension}`, folder));
  await copyFile(await nodeBinary(platform), path);
  await chmod(path, 0o755);
  // Before the program is added: afterwards it would be damaged.
  if (platform.extension === '') await run('strip', [path]);
  else await writeFile(path, withoutSignature(await readFile(path)));
  const blob = await programBlob(program, platform, bundle);
  // A process of its own: it prints hundreds of warnings about sections without a name.
  await run(process.execPath, [POSTJECT, path, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
  return path;
}

/** The file of a program in the form that Node.js reads from its own binary. */
async function programBlob({ name }: PackagedProgram, platform: Platform, bundle: string): Promise<string> {
  const folder = new URL('blobs/', DIST);
  await mkdir(folder, { recursive: true });
  const config = fileURLToPath(new URL(`${name}-${platform.name}.json`, folder));
  const output = fileURLToPath(new URL(`${name}-${platform.name}.blob`, folder));
  const isThisPlatform = platform.name === `${process.platform}-${process.arch}`;
  const settings = {
    // Relative: the executable contains this path.
    main: basename(bundle),
    output,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // The cache of compiled code holds for the system and version that made it.
    useCodeCache: isThisPlatform,
  };
  await writeFile(config, JSON.stringify(settings));
  const [linux] = PLATFORMS;
  await run(await nodeBinary(linux), ['--experimental-sea-config', config], { cwd: dirname(bundle) });
  return output;
}
