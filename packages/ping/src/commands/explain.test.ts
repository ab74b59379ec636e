import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandHelp, parseArguments, UsageError, withoutStyles } from 'tentacle-protocol/cli';
import { catalogue, describeMessage, endings, knownMessage, knownMessages } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../explain/explanation.js';
import { explainCommand, PING } from '../options/definitions.js';
import { explanationText, messageText } from '../output/explanation-text.js';
import { run as runCommand } from './explain.js';

const folder = mkdtempSync(join(tmpdir(), 'tentacle-explain-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** Value of `piped` for a standard input that is a terminal. */
const TERMINAL = 'a terminal';

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output of a terminal without UTF-8. */
const FORMAT = { width: 80, unicode: false };

async function run(args: readonly string[], piped = '', unicode = false): Promise<Ran> {
  const command = await parseArguments(PING, ['explain', ...args]);
  if (command.kind !== 'run') throw new Error('nothing to run');
  let stdout = '';
  let stderr = '';
  const chunks = async function* (): AsyncGenerator<Buffer> {
    if (piped === TERMINAL) throw new Error('a terminal must not be read');
    yield await Promise.resolve(Buffer.from(piped));
  };
  const status = await runCommand(command, '1', {
    stdout: (text) => (stdout += withoutStyles(text)),
    stderr: (text) => (stderr += text),
    openLog: () => ({ write: () => undefined, droppedLines: () => 0 }),
    stderrIsTerminal: false,
    unicode,
    stdin: Object.assign(chunks(), piped === TERMINAL ? { isTTY: true } : {}),
    width: 80,
    platform: 'linux',
    runtime: 'Node',
    env: {},
    home: folder,
    stop: new AbortController().signal,
  });
  return { status, stdout: withoutStyles(stdout), stderr: withoutStyles(stderr) };
}

const json = async (args: readonly string[], piped?: string): Promise<Explanation> =>
  JSON.parse((await run([...args, '--json'], piped)).stdout) as Explanation;

/** Expects ASCII text no wider than 80 columns, except commands, which are not wrapped. */
function expectReadable(text: string): void {
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  for (const line of text.split('\n')) {
    if (line.length > 80) expect(line).toMatch(/^(?: {5}(?:PowerShell {2}|Linux {7}| {12})?\S|https:\S+$)/);
  }
}

const unwrapped = (text: string): string => text.replaceAll(/\s+/g, ' ');
/** Without whitespace and bullets, because a long word may be broken anywhere. */
const squeezed = (text: string): string => text.replaceAll(/\s+/g, '');

describe('an id', () => {
  it.each(catalogue.map(({ id, title }) => [id, title]))('%s prints the failure', async (id, title) => {
    const { status, stdout } = await run([id]);
    expect(status).toBe(0);
    expect(unwrapped(stdout)).toContain(`X ${title} (${id})`);
    expectReadable(stdout);
    expect((await json([id])).matches).toMatchObject([{ id, line: 0, count: 0 }]);
  });

  it.each(knownMessages.map(({ id }) => [id]))('%s prints the message', async (id) => {
    const { status, stdout } = await run([id]);
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(id);
    const row = knownMessage(id);
    if (row === undefined) throw new Error('no such row');
    const { means, causes, next } = describeMessage(row);
    for (const text of [row.text, means, ...causes.map((cause) => cause.text)])
      expect(squeezed(stdout).toLowerCase()).toContain(squeezed(text).toLowerCase());
    for (const { action, windows = '' } of next) {
      expect(unwrapped(stdout)).toContain(action);
      // A long one continues behind a pipe, on a line of its own.
      const unbroken = stdout.replaceAll(/\|\n +/g, '| ');
      for (const command of windows.split('\n')) expect(unbroken).toContain(command);
    }
    expectReadable(stdout);
    const { matches, unknownLines, schema } = await json([id]);
    expect([schema, unknownLines]).toEqual(['tentacle-ping/explanation/1', 0]);
    expect(matches).toMatchObject([{ id, line: 0 }]);
  });

  it('that is misspelled is an error with the closest id, whichever table it is in', async () => {
    await expect(run(['tcp.refusd'])).rejects.toThrow(/tcp\.refused\?$/);
    await expect(run(['tcp.activly-refused', '--json'])).rejects.toThrow(/tcp\.actively-refused\?$/);
    await expect(run(['tcp.refused', 'tcp.timeout'])).rejects.toThrow(UsageError);
  });

  it('of an ending prints it', async () => {
    const { status, stdout } = await run(['preamble.cut']);
    expect(status).toBe(0);
    expectReadable(stdout);
    expect((await json(['preamble.cut'])).matches).toMatchObject([{ id: 'preamble.cut', line: 0 }]);
  });

  it('that resembles no known id is an unknown message', async () => {
    const { status, stdout } = await run(['something.else-entirely']);
    expect(status).toBe(1);
    expect(stdout).toBe(withoutStyles(messageText(await json(['something.else-entirely']), FORMAT)));
    for (const { id } of [...catalogue, ...knownMessages]) expect(stdout).not.toContain(id);
  });

  it('is never suggested for a known message', async () => {
    expect((await run(['ECONNREFUSED'])).stdout).toMatch(/^tcp\.actively-refused\n/);
  });
});

describe('a message', () => {
  const refused =
    "An error occurred when sending a request to 'https://web01:10934/', before the request could begin: Connection refused";

  it.each([[[refused]], [refused.split(' ')]])('%j is read as one text', async (words) => {
    const { status, stdout } = await run(words);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tcp\.actively-refused\n/);
    expect(stdout).toContain('tentacle-ping diagnose web01:10934\n');
    expect(stdout).toContain('[tcp.refused]');
    expectReadable(stdout);
  });

  it('may begin with a dash and have several lines', async () => {
    const trace =
      '---> System.Net.Sockets.SocketException (111): Connection refused\n   at System.Net.Sockets.Socket.Connect(EndPoint remoteEP)';
    expect((await run(['--', trace])).stdout).toMatch(/^tcp\.actively-refused\n/);
  });

  it('that is not known is quoted, with the command that helps', async () => {
    const { status, stdout } = await run(['the', 'dog', 'ate', 'it\u2026', '\u001b[31m']);
    expect(status).toBe(1);
    expect(stdout).toContain('  | the dog ate it?\n');
    expect(stdout).toMatch(/^ {2}tentacle-ping diagnose HOST:PORT$/m);
    expectReadable(stdout);
    expect(await json(['the dog'])).toMatchObject({ matches: [], unknownLines: 1 });
    expect((await run([''])).stdout).toBe(withoutStyles(messageText(await json(['']), FORMAT)));
    expect(await json([''])).toMatchObject({ matches: [], lines: 0 });
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

  it('is read; the most frequent messages are first, unknown ones are counted', async () => {
    const name = file('server.txt', log);
    const { status, stdout } = await run([name]);
    expect(status).toBe(0);
    const explanation = await json([name]);
    expect(explanation).toMatchObject({
      lines: 6,
      matches: [
        { id: 'tcp.actively-refused', count: 3, line: 2 },
        { id: 'tls.no-shared-cipher', count: 2, line: 1 },
      ],
      unknownLines: 1,
      unknownExamples: [{ line: 5 }],
    });
    expect(stdout).toBe(withoutStyles(explanationText(explanation, name, FORMAT, false)));
    expect(unwrapped(stdout)).toMatch(
      /server\.txt: 6 .* X 5 known messages of 2 kinds\. .*tcp\.actively-refused \(3 times\)/,
    );
    expect(stdout).toMatch(/^X tcp\.actively-refused 3 \D+ 2, 2024-03-05 10:15:21 to 10:15:23\n/m);
    expect(stdout).toMatch(/^X tls\.no-shared-cipher 2 \D+ 1, 2024-03-05 10:15:20\n/m);
    expect(stdout).toMatch(/\n\? 1 \D+\n {2}line 5:\n/);
    expect(stdout).not.toMatch(/canary/);
    expectReadable(stdout);
  });

  it('in UTF-16, as PowerShell writes it, is read', async () => {
    const { matches } = await json([
      file('utf16.log', Buffer.from(`\ufeff${log.replaceAll('\n', '\r\n')}`, 'utf16le')),
    ]);
    expect(matches.map(({ id, count }) => [id, count])).toEqual([
      ['tcp.actively-refused', 3],
      ['tls.no-shared-cipher', 2],
    ]);
  });

  it('without known messages has status 1 and no match', async () => {
    const name = file('fine.log', '2024-03-05 10:15:20.1234 INFO fine\n'.repeat(3));
    const { status, stdout } = await run([name]);
    expect(status).toBe(1);
    const explanation = await json([name]);
    expect(explanation).toMatchObject({ lines: 3, matches: [], unknownLines: 0 });
    expect(stdout).toBe(withoutStyles(explanationText(explanation, name, FORMAT, false)));
    expectReadable(stdout);
  });

  mkdirSync(join(folder, 'logs.d'));
  it.each([
    [['/no/such/file'], /"\/no\/such\/file": no such file/],
    [['nosuch.log'], /no such file/],
    [['C:\\Octopus\\Logs\\OctopusTentacle.txt'], /no such file/],
    [['./x y'], /no such file/],
    [[folder], /folder/],
    [[join(folder, 'logs.d')], /logs\.d".*folder/],
    [[file('log.gz', gzipSync(log))], /gzip; unpack/],
    [
      [file('noise.bin', Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 131) % 256)))],
      /noise\.bin" is not text/,
    ],
    [[file('a.txt', 'a'), file('b.txt', 'b')], /cat FILE FILE/],
  ])('%j cannot be read: error of one line', async (args, message) => {
    const error = await run(args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(message);
    expect((error as UsageError).message).not.toMatch(/\n/);
  });

  it.each(['https://web01:10933/', 'No route to host / x', 'x'.repeat(5000), '// what', 'tls 1.2'])(
    '%s is not a file name',
    async (word) => {
      expect((await run([word])).status).toBeLessThan(2);
    },
  );
});

describe('standard input', () => {
  it.each([[['-']], [[]]])('is read with %j', async (args) => {
    const { status, stdout } = await run(args, 'No such host is known\n');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^standard input: 1 .*\n\nX dns\.no-such-host 1 /);
  });

  it('keeps letters beyond ASCII on a UTF-8 terminal, without control characters', async () => {
    const line =
      'Es konnte keine Verbindung \u00fc \u202e\u200b\u001b[31mhergestellt\u0007 werden, \u6771\u4eac: Connection refused';
    const utf8 = await run([line], '', true);
    const ascii = await run(['hello \u00fc \u6771\u4eac'], '', false);
    const unknown = await run(['hello \u00fc \u202e\u6771\u4eac'], '', true);
    expect(utf8.status).toBe(0);
    expect(ascii.stdout).toContain('  | hello ? ??\n');
    expect(unknown.stdout).toContain('  | hello \u00fc \u6771\u4eac\n');
    // A wide letter takes two columns.
    const wide = await run(['\u6771'.repeat(100)], '', true);
    expect(wide.stdout).toContain(`  | ${'\u6771'.repeat(38)}\n  | ${'\u6771'.repeat(38)}\n`);
  });

  it('that is empty has no match', async () => {
    const empty = { matches: [], unknownLines: 0, lines: 0 };
    expect(await json([])).toMatchObject(empty);
    expect(await run([])).toMatchObject({
      status: 1,
      stdout: withoutStyles(explanationText(await json([]), 'standard input', FORMAT, false)),
    });
  });

  it('that is a terminal is not read: usage', async () => {
    const { status, stdout, stderr } = await run([], TERMINAL);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(`${commandHelp(PING, explainCommand, 80)}\n`);
  });
});

describe('the page of --html', () => {
  const out = join(folder, 'explained.html');
  const REFUSED = 'https://web01.corp.example:10933/  Connection refused 198.51.100.7:10933';
  const HOSTILE = '"><img src=x onerror=alert(1)>\u202e failed for CORP\\alice';
  const log = file(
    'OctopusServer.txt',
    `2026-01-01 10:00:00.1  1  2  ERROR  ${REFUSED}\n2026-01-01 10:00:01.1  1  2  ERROR  ${HOSTILE}\n`,
  );

  it('has the verdict first, each message, who takes the steps, and the ids', async () => {
    const { status, stdout } = await run([log, '--html', out]);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toContain(out);
    const page = readFileSync(out, 'utf8');
    expect(page.indexOf('class="verdict bad"')).toBeLessThan(page.indexOf('<section id='));
    expect(page).toContain('class="who"');
    expect(page).toContain('id="id-tcp-refused"');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toMatch(/<img|\u202e/);
  });

  it('and JSON have no host, address or account with --redact', async () => {
    const { stdout } = await run([log, '--html', out, '--json', '--redact']);
    const page = readFileSync(out, 'utf8');
    for (const text of [stdout, page])
      expect(text).not.toMatch(/web01|corp\.example|198\.51|alice|OctopusServer\.txt/i);
    for (const name of ['host-1', 'address-1', 'user-1', 'path-1']) expect(page).toContain(name);
  });

  it.each([['tcp.refused'], ['tcp.actively-refused'], [endings[0]?.id ?? ''], ['nothing that is known']])(
    'of %s is written',
    async (text) => {
      await run([text, '--html', out]);
      expect(readFileSync(out, 'utf8')).toContain('class="verdict');
    },
  );

  it('does not replace the log, and is removed where the log cannot be read', async () => {
    await expect(run([log, '--html', log])).rejects.toThrow(UsageError);
    const missing = join(folder, 'none.html');
    await expect(run([join(folder, 'none.txt'), '--html', missing])).rejects.toThrow(UsageError);
    expect(existsSync(missing)).toBe(false);
    await expect(run([log, '--redact'])).rejects.toThrow(UsageError);
  });
});
