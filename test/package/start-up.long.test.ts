import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPong } from '../../packages/pong/src/testing/pong.test.support.js';
import { bundleModules } from '../../scripts/dist/package/bundle-program.js';
import { PROGRAMS } from '../../scripts/dist/package/program.js';
import { emptyFolder } from './built-packages.js';

/** Prints, at the end of a process, which of its files were loaded. */
const LIST_FILES = `process.on('exit', () => process.stderr.write('\\nfiles ' + JSON.stringify(Object.keys(require.cache))));`;

/** What no usual start needs: to read ambiguous arguments, create certificates, write pages, check hosts, read YAML. */
const RARE = /selfsigned|yargs|node-forge|tweetnacl|pako|prom-client|yaml|\/check\/|html\/|pages\/|known-messages\//;

/** The parts of a bundle, and what each holds. */
let folder: string;
let list: string;
beforeAll(async () => {
  folder = emptyFolder();
  list = join(folder, 'list-files.cjs');
  writeFileSync(list, LIST_FILES);
  for (const program of PROGRAMS)
    await bundleModules(
      program,
      '0.0.0',
      pathToFileURL(`${join(folder, program.name)}/`),
      pathToFileURL(`${join(folder, 'maps', program.name)}/`),
    );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The files that a start of a bundle loads, without `.js`. */
async function filesOf(name: string, ...args: readonly string[]): Promise<string[]> {
  const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C', XDG_CONFIG_HOME: join(folder, 'config') };
  const entry = join(folder, name, `${name}.js`);
  const { stderr } = await promisify(execFile)(process.execPath, ['-r', list, entry, ...args], { env });
  const files = JSON.parse(stderr.slice(stderr.lastIndexOf('files ') + 'files '.length)) as string[];
  return files.filter((file) => file !== list).map((file) => basename(file, '.js'));
}

/** The modules from which files of a bundle were made, by its source maps. */
function modulesIn(name: string, files: readonly string[]): string[] {
  const maps = join(folder, 'maps', name);
  return files.flatMap((file) => {
    const map = join(maps, readdirSync(maps).includes(`${file}.js.map`) ? '' : 'chunks', `${file}.js.map`);
    const { sections } = JSON.parse(readFileSync(map, 'utf8')) as { sections: { map: { sources: string[] } }[] };
    return sections.flatMap((section) => section.map.sources);
  });
}

describe.each(PROGRAMS.map(({ name }) => name))('a start of %s', (name) => {
  it.each(['--version', '--help'])('for %s loads what every start loads, and no catalogue', async (option) => {
    const files = await filesOf(name, option);
    expect(files.toSorted()).toEqual(['main', name]);
    const modules = modulesIn(name, files);
    expect(modules.length).toBeGreaterThan(20);
    expect(modules.filter((module) => RARE.test(module) || /diagnostics\/(?!checks\/check)/.test(module))).toEqual([]);
  });
});

describe('a start of tentacle-ping', () => {
  it('that explains a failure loads no catalogue but that of failures', async () => {
    const modules = modulesIn('tentacle-ping', await filesOf('tentacle-ping', 'explain', 'tcp.refused'));
    expect(modules.some((module) => module.endsWith('diagnostics/catalogue.ts'))).toBe(true);
    expect(
      modules.filter((module) => RARE.test(module) || /diagnostics\/endings\/|hdr-histogram/.test(module)),
    ).toEqual([]);
  });

  it('for one attempt that succeeds loads nothing that explains failures', async () => {
    const pong = await startPong();
    const target = `127.0.0.1:${pong.port}`;
    // The first one creates the identity.
    await filesOf('tentacle-ping', target, '-c', '1');
    const files = await filesOf('tentacle-ping', target, '-c', '1');
    await pong.stop();
    const modules = modulesIn('tentacle-ping', files);
    expect(modules.some((module) => module.endsWith('session/attempt.ts'))).toBe(true);
    expect(modules.filter((module) => RARE.test(module))).toEqual([]);
    expect(
      modules.filter((module) => /diagnostics\/(?:catalogue|failures\/(?:tcp|tls|dns|rpc))\.ts/.test(module)),
    ).toEqual([]);
    expect(files.length).toBeLessThan(10);
  });
});
