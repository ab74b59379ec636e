import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { catalogue, commandHelp, logLines, parseArguments, UsageError } from 'tentacle-protocol';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../explain/explanation.js';
import { explainCommand, PING } from '../options.js';
import { run as runCommand } from './explain.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-explain-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** In place of what is piped in. */
const TERMINAL = 'a terminal';

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], piped = ''): Promise<Ran> {
  const command = await parseArguments(PING, ['explain', ...args]);
  if (command.kind !== 'run') throw new Error('nothing to run');
  let stdout = '';
  let stderr = '';
  const chunks = async function* (): AsyncGenerator<Buffer> {
    if (piped === TERMINAL) throw new Error('a terminal is not read');
    yield await Promise.resolve(Buffer.from(piped));
  };
  const status = await runCommand(command, '1', {
    stdout: (text) => (stdout += text),
    stderr: (text) => (stderr += text),
    stderrIsTerminal: false,
    stdin: Object.assign(chunks(), piped === TERMINAL ? { isTTY: true } : {}),
    width: 80,
    platform: 'linux',
    env: {},
    home: folder,
    stop: new AbortController().signal,
  });
  return { status, stdout, stderr };
}

const json = async (args: readonly string[], piped?: string): Promise<Explanation> =>
  JSON.parse((await run([...args, '--json'], piped)).stdout) as Explanation;

/** For people: ASCII, and no wider than the narrowest console, but for commands, which stand whole. */
function expectReadable(text: string): void {
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  for (const line of text.split('\n')) {
    if (line.length > 80) expect(line).toMatch(/^ {8}(?:Windows: |Linux: {3})?\S+/);
  }
}

describe('an id', () => {
  it.each(catalogue.map(({ id, title }) => [id, title]))('%s prints that failure', async (id, title) => {
    const { status, stdout } = await run([id]);
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${id} ${title}.`);
    expectReadable(stdout);
    expect((await json([id])).matches).toMatchObject([{ id, line: 0, count: 0 }]);
  });

  it.each(logLines.map(({ id }) => [id]))('%s prints that message', async (id) => {
    const { status, stdout } = await run([id]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${id}\\n   Says: `));
    expect(stdout).toMatch(/ {3}Next:\n {5}1\. /);
    expectReadable(stdout);
    const { matches, unknownLines, schema } = await json([id]);
    expect([schema, unknownLines]).toEqual(['tentacle-ping/explanation/1', 0]);
    expect(matches).toMatchObject([{ id, line: 0 }]);
  });

  it('that nobody knows is unknown text', async () => {
    const { status, stdout } = await run(['tcp.nonsense']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^Unknown: 1 message is not known/);
  });
});

describe('a message', () => {
  const refused =
    "An error occurred when sending a request to 'https://web01:10934/', before the request could begin: Connection refused";

  it.each([[[refused]], [refused.split(' ')]])('%j is taken as one text', async (words) => {
    const { status, stdout } = await run(words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tcp\.actively-refused\n/);
    expect(stdout).toContain('tentacle-ping diagnose web01:10934\n');
    expect(stdout).toContain('[tcp.refused]');
    expectReadable(stdout);
  });

  it('may begin with a dash, and have several lines', async () => {
    const trace =
      '---> System.Net.Sockets.SocketException (111): Connection refused\n   at System.Net.Sockets.Socket.Connect(EndPoint remoteEP)';
    expect((await run(['--', trace])).stdout).toMatch(/^tcp\.actively-refused\n/);
  });

  it('that nobody knows says so, and what to do', async () => {
    const { status, stdout } = await run(['the', 'dog', 'ate', 'it\u2026', '\u001b[31m']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/Unknown: 1 message is not known to this tool:\n {3}line 1:\n {3}\| the dog ate it\?\n/);
    expect(stdout).toMatch(/tentacle-ping diagnose/);
    expectReadable(stdout);
    expect(await json(['the dog'])).toMatchObject({ matches: [], unknownLines: 1 });
    expect((await run([''])).stdout).toMatch(/^There was nothing to read/);
  });

  it('as JSON has id, line, text, causes and next', async () => {
    const { matches, unknownLines } = await json([refused]);
    expect(unknownLines).toBe(0);
    expect(matches).toMatchObject([{ id: 'tcp.actively-refused', line: 1, text: refused, count: 1 }]);
    expect(matches[0]?.causes).toContainEqual(expect.objectContaining({ failure: 'tcp.refused' }));
    expect(matches[0]?.next[1]).toMatchObject({ who: 'you', windows: 'tentacle-ping diagnose web01:10934' });
  });
});

describe('a file', () => {
  const log =
    '2024-03-05 10:15:20.1234   4508     27 ERROR  no shared cipher\n2024-03-05 10:15:21.1234   4508     27 ERROR  Connection refused password=canary\n'.repeat(
      2,
    ) +
    '2024-03-05 10:15:22.1234   4508     27  WARN  something else\n2024-03-05 10:15:23.1234   4508     27 ERROR  Connection refused\n';

  it('is read, the most frequent first, unknown ones counted', async () => {
    const { status, stdout } = await run([file('server.txt', log)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/server\.txt:\s6\slines\sread,\s5\sknown\smessages\sfound,\sof\s2\skinds\./);
    expect(stdout.indexOf('1. tcp.actively-refused\n   3 times, first in line 2')).toBeGreaterThan(0);
    expect(stdout.indexOf('2. tls.no-shared-cipher\n   2 times, first in line 1')).toBeGreaterThan(0);
    expect(stdout).toMatch(/Unknown: 1 message is not known to this tool but looks/);
    expect(stdout).not.toMatch(/canary/);
    expectReadable(stdout);
  });

  it('in UTF-16, as PowerShell writes it, is read too', async () => {
    const { matches } = await json([
      file('utf16.log', Buffer.from(`\ufeff${log.replaceAll('\n', '\r\n')}`, 'utf16le')),
    ]);
    expect(matches.map(({ id, count }) => [id, count])).toEqual([
      ['tcp.actively-refused', 3],
      ['tls.no-shared-cipher', 2],
    ]);
  });

  it('with nothing known in it says so', async () => {
    const { status, stdout } = await run([file('fine.log', '2024-03-05 10:15:20.1234 INFO fine\n'.repeat(3))]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/fine\.log:\s3\slines\sread,\snothing\sknown\sfound\./);
    expect(stdout).toMatch(/No message here is known, and none looks like an error/);
    expectReadable(stdout);
  });

  mkdirSync(join(folder, 'logs.d'));
  it.each([
    [['/no/such/file'], /"\/no\/such\/file": there is no such file/],
    [['nosuch.log'], /there is no such file/],
    [['C:\\Octopus\\Logs\\OctopusTentacle.txt'], /there is no such file/],
    [['./x y'], /there is no such file/],
    [[folder], /is a folder/],
    [[join(folder, 'logs.d')], /is a folder/],
    [[file('log.gz', gzipSync(log))], /packed by gzip; unpack it first/],
    [[file('noise.bin', Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 131) % 256)))], /is no text/],
    [[file('a.txt', 'a'), file('b.txt', 'b')], /one file at a time/],
  ])('%j cannot be read: one line', async (args, what) => {
    const error = await run(args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(what);
    expect((error as UsageError).message).not.toMatch(/\n/);
  });

  it.each(['https://web01:10933/', 'No route to host / x', 'x'.repeat(5000), '// what', 'tls 1.2'])(
    '%s is no file name',
    async (word) => {
      expect((await run([word])).status).toBeLessThan(2);
    },
  );
});

describe('standard input', () => {
  it.each([[['-']], [[]]])('is read with %j', async (args) => {
    const { status, stdout } = await run(args, 'No such host is known\n');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^standard input: 1 line read, 1 known message found, of 1 kind\./);
  });

  it('that is empty has nothing known', async () => {
    expect(await run([])).toMatchObject({ status: 1, stdout: expect.stringMatching(/nothing to read/) as string });
  });

  it('that is a terminal is not waited for: usage', async () => {
    const { status, stdout, stderr } = await run([], TERMINAL);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(`${commandHelp(PING, explainCommand, 80)}\n`);
  });
});
