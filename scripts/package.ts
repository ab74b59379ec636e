import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ArchiveFile, writeArchive } from './package/archive.js';
import { billOfMaterials } from './package/bill-of-materials.js';
import { buildExecutable } from './package/build-executable.js';
import { bundleFile, bundleModules } from './package/bundle-program.js';
import { documentPages, pictures, singleDocument } from './package/documents.js';
import { nodeLicense, PLATFORMS } from './package/node-binary.js';
import { packTarball } from './package/npm-tarball.js';
import { DIST, type PackagedProgram, PROGRAMS, ROOT } from './package/program.js';
import { bundledPackages, licensesText } from './package/third-party-licenses.js';

// `npm run package`: everything that is handed out, in dist/.
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
const { version } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as { version: string };
const documents: ArchiveFile[] = [
  ...(await documentPages()).map(({ path, html }) => ({ path, from: { text: html } })),
  ...(await pictures()).map(({ path, svg }) => ({ path, from: { text: svg } })),
];
const files = [await writeText('tentacle-documentation.html', await singleDocument())];
for (const program of PROGRAMS) files.push(...(await packageProgram(program)));
await writeText('SHA256SUMS', await checksums(files));
for (const file of files) process.stdout.write(`${String((await stat(file)).size).padStart(11)}  ${basename(file)}\n`);

/** @returns the paths of all files of a program. */
async function packageProgram(program: PackagedProgram): Promise<readonly string[]> {
  const { name } = program;
  const modules = new URL(`npm/${name}/`, DIST);
  const { inputs } = await bundleModules(program, version, modules, new URL(`maps/${name}/`, DIST));
  const packages = await bundledPackages(inputs);
  const tarball = await packTarball(program, modules, await licensesText(packages));
  const bill = await writeText(`${name}-${version}.cdx.json`, billOfMaterials(program, version, packages));
  const { entry } = await bundleFile(program, version, new URL('bundles/', DIST));
  const licenses = await licensesText(packages, await nodeLicense());
  const archives: string[] = [];
  for (const platform of PLATFORMS) {
    const executable = await buildExecutable(program, platform, entry);
    const kind = platform.extension === '.exe' ? 'zip' : 'tar.gz';
    archives.push(
      await writeArchive(`${name}-${version}-${platform.name}`, kind, [
        { path: basename(executable), from: { file: executable } },
        { path: 'LICENSE.txt', from: { file: fileURLToPath(new URL('LICENSE', ROOT)) } },
        { path: 'THIRD-PARTY-LICENSES.txt', from: { text: licenses } },
        ...(kind === 'zip' ? [] : [manualPage(program)]),
        ...documents,
      ]),
    );
  }
  return [tarball, bill, ...archives];
}

function manualPage({ folder, name }: PackagedProgram): ArchiveFile {
  const path = `man/${name}.1`;
  return { path, from: { file: fileURLToPath(new URL(`packages/${folder}/${path}`, ROOT)) } };
}

async function writeText(name: string, text: string): Promise<string> {
  const url = new URL(name, DIST);
  await writeFile(url, text);
  return fileURLToPath(url);
}

/** In the format of `sha256sum --check`. */
async function checksums(paths: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    paths.map(
      async (path) =>
        `${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}  ${basename(path)}\n`,
    ),
  );
  return lines.join('');
}
