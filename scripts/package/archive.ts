import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { zipSync } from 'fflate';
import { DIST } from './program.js';

/** The time of each file in an archive: that of no build, so that two builds are equal. Zip files begin in 1980. */
const MODIFIED = new Date('2020-01-01T00:00:00Z');

/** A file of an archive: a copy of another one, or a text. */
export interface ArchiveFile {
  readonly path: string;
  readonly from: { readonly file: string } | { readonly text: string };
}

/** Writes an archive with one folder of the same name. @returns its path. */
export async function writeArchive(
  name: string,
  kind: 'tar.gz' | 'zip',
  files: readonly ArchiveFile[],
): Promise<string> {
  const staging = fileURLToPath(new URL('staging/', DIST));
  const folder = join(staging, name);
  for (const { path, from } of files) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    if ('file' in from) await cp(from.file, to);
    else await writeFile(to, from.text);
  }
  const archive = fileURLToPath(new URL(`${name}.${kind}`, DIST));
  if (kind === 'zip') await writeZip(folder, archive);
  else await writeTar(folder, archive);
  await rm(staging, { recursive: true });
  return archive;
}

/** GNU tar, because modes must be kept. The gzip header of zlib has no time. */
async function writeTar(folder: string, archive: string): Promise<void> {
  const tar = `${archive}.tar`;
  const fixed = ['--sort=name', `--mtime=@${MODIFIED.getTime() / 1000}`, '--owner=0', '--group=0', '--numeric-owner'];
  const args = [...fixed, '--mode=u+rwX,go=rX', '--format=ustar', '-cf', tar, '-C', dirname(folder), basename(folder)];
  await promisify(execFile)('tar', args);
  await pipeline(createReadStream(tar), createGzip({ level: 9 }), createWriteStream(archive));
  await rm(tar);
}

async function writeZip(folder: string, archive: string): Promise<void> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const entries: Record<string, Uint8Array> = {};
  for (const name of names) entries[`${basename(folder)}/${name.slice(folder.length + 1)}`] = await readFile(name);
  // fflate writes local time; the same in each time zone.
  const mtime = new Date(MODIFIED.getTime() + MODIFIED.getTimezoneOffset() * 60_000);
  await writeFile(archive, zipSync(entries, { level: 9, mtime }));
}
