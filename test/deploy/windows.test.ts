import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { ROOT } from '../project/source-files.js';

const textOf = (name: string): string => readFileSync(join(ROOT, 'deploy/windows', name), 'utf8');

/** How each host of a service is given the arguments of the program. */
const ARGUMENTS: readonly (readonly [host: string, file: string, pattern: RegExp])[] = [
  ['WinSW', 'tentacle-ping-service.xml', /<arguments>(.*)<\/arguments>/g],
  ['NSSM', 'README.md', /nssm install tentacle-ping ".*?" (.*)/g],
  ['a scheduled task', 'README.md', /-Argument '(.*?)'/g],
  ['the task for textfiles', 'README.md', /^ {4}\$arguments = '(.*?)'/gm],
];

describe('services on Windows', () => {
  it.each(ARGUMENTS)('of %s have options that exist', async (_, file, pattern) => {
    const [found, ...more] = [...textOf(file).matchAll(pattern)].map(([, written = '']) => written);
    expect(more).toEqual([]);
    const argv = [...(found ?? '').matchAll(/"(.*?)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
    expect(argv.length).toBeGreaterThan(1);
    expect((await parseArguments(PING, argv)).kind).toBe('run');
  });

  it('of WinSW are described in elements that are closed', () => {
    const names = [...textOf('tentacle-ping-service.xml').matchAll(/<(\/?)(\w+)(?:\s[^>]*?)?(\/?)>/g)];
    const open: string[] = [];
    for (const [, closing, name = '', empty] of names) {
      if (closing === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name);
    }
    expect(open).toEqual([]);
  });
});
