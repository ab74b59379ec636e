import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DIST, type PackagedProgram, ROOT } from './program.js';

/** Packs a bundled program, so that npm installs it from one file and without network. @returns its path. */
export async function packTarball(program: PackagedProgram, folder: URL, licenses: string): Promise<string> {
  const source = new URL(`packages/${program.folder}/`, ROOT);
  const manifest = JSON.parse(await readFile(new URL('package.json', source), 'utf8')) as Record<string, unknown>;
  const { dependencies: _, devDependencies: __, scripts: ___, files: ____, ...kept } = manifest;
  await mkdir(folder, { recursive: true });
  await cp(new URL('README.md', source), new URL('README.md', folder));
  await cp(new URL('LICENSE', ROOT), new URL('LICENSE', folder));
  await cp(new URL(`man/${program.name}.1`, source), new URL(`man/${program.name}.1`, folder));
  await writeFile(new URL('THIRD-PARTY-LICENSES.txt', folder), licenses);
  const packed = { ...kept, type: 'commonjs', bin: { [program.name]: `${program.name}.js` } };
  await writeFile(new URL('package.json', folder), `${JSON.stringify(packed, undefined, 2)}\n`);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', fileURLToPath(DIST), fileURLToPath(folder)];
  const { stdout } = await promisify(execFile)('npm', args);
  const file = new RegExp(`${program.name}-[\\w.-]+\\.tgz`).exec(stdout)?.[0];
  if (file === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  const path = fileURLToPath(new URL(file.replace('.tgz', '-npm.tgz'), DIST));
  await rename(fileURLToPath(new URL(file, DIST)), path);
  return path;
}
