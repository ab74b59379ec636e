import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { PONG } from '../../packages/pong/src/options/definition.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { wordsOf } from '../steps/printed-commands.js';
import { filesBelow, ROOT } from './source-files.js';

/** Those that are generated have the commands of tables that have tests of their own. */
const documents = [
  'README.md',
  ...filesBelow('docs', /\.md$/).filter((path) => !readFileSync(join(ROOT, path), 'utf8').startsWith('<!--')),
  ...filesBelow('packages', /^README\.md$/),
];

/** A command as a line of a block, or as the whole of a quotation. */
const COMMAND = /(?:^ {4}(?:\$ )?(?:sudo )?|`)(?:npx )?(tentacle-p[io]ng(?:\.cmd)?(?: [^`\n]*)?)(?:`|$)/gm;

/** Values in place of the words that stand for them. */
const PLACES: Readonly<Record<string, string>> = {
  'HOST[:PORT]': 'web01:10933',
  'HOST:PORT': 'web01:10933',
  'ADDRESS:443': '192.0.2.10:443',
  STAGE: 'rpc',
  TIME: '10s',
  SIZE: '1MB',
  KEY: 'A'.repeat(64),
  THUMBPRINT: 'A'.repeat(40),
  X: 'A'.repeat(40),
  'A16C...': 'A'.repeat(40),
  '15F3...': 'A'.repeat(64),
};

/** Without a comment, a redirection, the rest of a pipe, and the file of --defaults, which would be read. */
function withoutShell(command: string): string {
  return command
    .replace(/\s+#.*$/, '')
    .replace(/\s+[|>].*$/, '')
    .replace(/ --defaults \S+/, '')
    .replace(/\.cmd\b/, '');
}

function commandsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(COMMAND)].map(([, command = '']) => withoutShell(command));
}

async function problemOf(command: string): Promise<string | undefined> {
  const [name, ...argv] = wordsOf(command).map((word) => PLACES[word] ?? word);
  return parseArguments(name === 'tentacle-ping' ? PING : PONG, argv).then(
    () => undefined,
    (error: unknown) => `${command}: ${String(error)}`,
  );
}

describe('commands in documents', () => {
  it.each(documents)('of %s have only options that exist', async (document) => {
    const problems = await Promise.all(commandsIn(document).map(problemOf));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('are found, and an unknown option in them too', async () => {
    expect(commandsIn('README.md').length).toBeGreaterThan(10);
    expect(await problemOf('tentacle-ping web01 --cuont 3')).toMatch(/--count/);
  });
});
