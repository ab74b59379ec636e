import { readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { omitUndefined } from '../../plain-data/omit-undefined.js';
import type { UnreadPlace } from '../configuration/configuration.js';
import { hostPath, readHostFile } from '../configuration/host-file.js';
import type { Host } from '../host.js';

/** The TLS defaults in an OpenSSL configuration, as far as they are set. */
export interface OpensslSettings {
  readonly minProtocol?: string;
  readonly maxProtocol?: string;
  /** The number behind `@SECLEVEL=` in CipherString. */
  readonly level?: number;
  /** The files that were read, the main one first. */
  readonly files: readonly string[];
  /** Files that are included and could not be read. */
  readonly unread: readonly UnreadPlace[];
}

/** Files of distributions are 12 KB; a larger one is not a configuration. */
const FILE_MAX_BYTES = 1024 * 1024;

/** Includes in includes; OpenSSL itself stops at ten. */
const DEPTH_MAX = 10;

/** Lines by section, in their order, with all includes in their places. */
type Sections = Map<string, Map<string, string>>;

interface Reading {
  readonly host: Host;
  readonly sections: Sections;
  readonly files: string[];
  readonly unread: UnreadPlace[];
}

/**
 * Reads the TLS defaults of an OpenSSL configuration: `openssl_conf` names a section, its `ssl_conf` another one, its
 * `system_default` the one with the settings.
 * @returns the main file where it cannot be read.
 */
export async function readOpensslSettings(host: Host, file: string): Promise<OpensslSettings | UnreadPlace> {
  const reading: Reading = { host, sections: new Map(), files: [], unread: [] };
  await readInto(reading, file, '', 0);
  const { sections, files, unread } = reading;
  if (files.length === 0) return unread[0] ?? { path: file, why: 'missing' };
  const valueOf = (section: string | undefined, name: string): string | undefined =>
    section === undefined ? undefined : sections.get(section)?.get(name);
  const init = valueOf('', 'openssl_conf');
  const defaults = valueOf(valueOf(init, 'ssl_conf'), 'system_default');
  const either = (name: string): string | undefined => valueOf(defaults, `TLS.${name}`) ?? valueOf(defaults, name);
  const level = /@SECLEVEL=(\d)/.exec(valueOf(defaults, 'CipherString') ?? '')?.[1];
  return {
    ...omitUndefined({
      minProtocol: either('MinProtocol'),
      maxProtocol: either('MaxProtocol'),
      level: level === undefined ? undefined : Number(level),
    }),
    files,
    unread,
  };
}

/**
 * Reads a file; one that is missing is left out, as OpenSSL does.
 * @returns the section that the file ends in, in which the including file goes on.
 */
async function readInto(reading: Reading, file: string, section: string, depth: number): Promise<string> {
  const read = await readHostFile(reading.host, file, FILE_MAX_BYTES);
  if (read.kind === 'unread') {
    if (read.place.why !== 'missing') reading.unread.push(read.place);
    return section;
  }
  const text = read.bytes.toString('latin1');
  reading.files.push(file);
  let current = section;
  for (const raw of joinLines(text)) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    const include = /^\.include\s*=?\s*(.+)$/.exec(line)?.[1];
    const header = /^\[\s*([^\]]*?)\s*\]$/.exec(line)?.[1];
    const [, name = '', value = ''] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (include !== undefined) {
      if (depth < DEPTH_MAX) current = await includeFiles(reading, resolvePath(include, file), current, depth + 1);
    } else if (header !== undefined) current = header;
    else if (name !== '') sectionOf(reading.sections, current).set(name, unquote(value));
  }
  return current;
}

function sectionOf(sections: Sections, name: string): Map<string, string> {
  const section = sections.get(name) ?? new Map<string, string>();
  sections.set(name, section);
  return section;
}

/** Reads a file, or all configuration files of a folder. */
async function includeFiles(reading: Reading, path: string, section: string, depth: number): Promise<string> {
  const names = await readdir(hostPath(reading.host, path)).catch(() => undefined);
  const files =
    names === undefined ? [path] : names.filter((name) => /\.(cnf|conf)$/.test(name)).map((name) => join(path, name));
  let current = section;
  for (const file of files) current = await readInto(reading, file, current, depth);
  return current;
}

function resolvePath(path: string, from: string): string {
  const bare = unquote(path);
  return isAbsolute(bare) ? bare : join(dirname(from), bare);
}

/** Lines, where a backslash at the end joins the next one. */
function joinLines(text: string): string[] {
  return text.replaceAll(/\\\r?\n/g, '').split(/\r?\n/);
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
