import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/** The TLS defaults in an OpenSSL configuration, as far as they are set. */
export interface OpensslSettings {
  readonly minProtocol?: string;
  readonly maxProtocol?: string;
  /** The number behind `@SECLEVEL=` in CipherString. */
  readonly level?: number;
  /** The files that were read, the main one first. */
  readonly files: readonly string[];
  /** Files that are included and could not be read, with the system's code. */
  readonly unread: readonly string[];
}

/** Files of distributions are 12 KB; a larger one is not a configuration. */
const FILE_MAX_BYTES = 1024 * 1024;

/** Includes in includes; OpenSSL itself stops at ten. */
const DEPTH_MAX = 10;

/** Lines by section, in their order, with all includes in their places. */
type Sections = Map<string, Map<string, string>>;

interface Reading {
  readonly root: string;
  readonly sections: Sections;
  readonly files: string[];
  readonly unread: string[];
}

/**
 * Reads the TLS defaults of an OpenSSL configuration: `openssl_conf` names a section, its `ssl_conf` another one, its
 * `system_default` the one with the settings.
 * @param root the prefix of every path. @throws the system's error where the main file cannot be read.
 */
export async function readOpensslSettings(file: string, root = ''): Promise<OpensslSettings> {
  const reading: Reading = { root, sections: new Map(), files: [], unread: [] };
  await readInto(reading, file, '', 0);
  const { sections, files, unread } = reading;
  const valueOf = (section: string | undefined, name: string): string | undefined =>
    section === undefined ? undefined : sections.get(section)?.get(name);
  const init = valueOf('', 'openssl_conf');
  const defaults = valueOf(valueOf(init, 'ssl_conf'), 'system_default');
  const either = (name: string): string | undefined => valueOf(defaults, `TLS.${name}`) ?? valueOf(defaults, name);
  const minProtocol = either('MinProtocol');
  const maxProtocol = either('MaxProtocol');
  const level = /@SECLEVEL=(\d)/.exec(valueOf(defaults, 'CipherString') ?? '')?.[1];
  return {
    ...(minProtocol === undefined ? {} : { minProtocol }),
    ...(maxProtocol === undefined ? {} : { maxProtocol }),
    ...(level === undefined ? {} : { level: Number(level) }),
    files,
    unread,
  };
}

/** @returns the section that the file ends in, in which the including file goes on. */
async function readInto(reading: Reading, file: string, section: string, depth: number): Promise<string> {
  const text = await readFile(`${reading.root}${file}`, 'latin1');
  reading.files.push(file);
  if (text.length > FILE_MAX_BYTES) return section;
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

/** Reads a file, or all configuration files of a folder; what is missing is left out, as OpenSSL does. */
async function includeFiles(reading: Reading, path: string, section: string, depth: number): Promise<string> {
  const names = await readdir(`${reading.root}${path}`).catch(() => undefined);
  const files =
    names === undefined ? [path] : names.filter((name) => /\.(cnf|conf)$/.test(name)).map((name) => join(path, name));
  let current = section;
  for (const file of files) {
    try {
      current = await readInto(reading, file, current, depth);
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') reading.unread.push(`${file} (${code})`);
    }
  }
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
