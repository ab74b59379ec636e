import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { command, type Ended, home } from '../binaries/command.js';
import { createLogFixture } from './log-fixture.js';

interface ParsedExplanation {
  readonly schema: string;
  readonly file?: string;
  readonly matches: readonly { readonly id: string; readonly count: number; readonly line: number }[];
  readonly unknownLines: number;
  readonly lines: number;
}

const explanationOf = ({ stdout }: Ended): ParsedExplanation => JSON.parse(stdout) as ParsedExplanation;

/** Runs `explain` with data piped into it. */
async function piped(args: readonly string[], chunks: Iterable<Uint8Array>): Promise<Ended> {
  const script = fileURLToPath(new URL('../../packages/ping/bin/tentacle-ping.js', import.meta.url));
  const child = spawn(process.execPath, [script, 'explain', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  await pipeline(Readable.from(chunks), child.stdin);
  return ended;
}

/** Large enough for many chunks of input; 50 MB are measured by hand. */
const BYTES = 6 * 1024 * 1024;

describe('tentacle-ping explain', () => {
  it('finds the messages of a large log, from a file and from a pipe, in chunks of any size', async () => {
    const log = createLogFixture(BYTES);
    const file = join(home, 'large.log');
    await pipeline(Readable.from(log.chunks()), createWriteStream(file));
    const [read, pipe, uneven] = await Promise.all([
      command('ping', ['explain', file, '--json']).ended,
      piped(['-', '--json'], createLogFixture(BYTES).chunks()),
      piped(['--json'], inUnevenChunks(createLogFixture(BYTES).chunks())),
    ]);
    expect(read).toMatchObject({ status: 0, stderr: '' });
    expect(Object.fromEntries(explanationOf(read).matches.map(({ id, count }) => [id, count]))).toEqual(
      Object.fromEntries(log.counts),
    );
    expect(explanationOf(read).unknownLines).toBe(0);
    const { file: named, ...found } = explanationOf(read);
    expect(named).toBe(file);
    expect(explanationOf(pipe)).toEqual(found);
    expect(explanationOf(uneven)).toEqual(found);
  });

  it.each([
    [['explain', 'tcp.refused'], 0, /^X .*\(tcp\.refused\)\n {2}/],
    [['explain', 'tcp.actively-refused'], 0, /^tcp\.actively-refused\n {2}.*\[tcp\.refused\]/s],
    [['explain', 'Name or service not known'], 0, /^dns\.no-such-host\n/],
    [['explain', 'Name', 'or', 'service', 'not', 'known'], 0, /^dns\.no-such-host\n/],
    [['explain', 'an', 'unknown', 'message'], 1, /\n {2}\| an unknown message\n/],
    [['explain', '--help'], 0, /--json /s],
  ])('%j', async (args, status, output) => {
    const ended = await command('ping', args).ended;
    expect(ended).toMatchObject({ status, stderr: '' });
    expect(ended.stdout).toMatch(output);
    // A command and an address are not wrapped, so that they can be copied.
    const wrapped = ended.stdout
      .split('\n')
      .filter((line) => !/^ +(?:PowerShell|Linux) {2,}|^ {12}|^https:/.test(line));
    for (const line of wrapped) expect(line.length).toBeLessThanOrEqual(81);
  });

  it.each([
    [['explain', '/no/such/file.txt'], /no such file/],
    [['explain', home], /is a folder/],
    [['explain', process.execPath], /not text/],
    [['explain', 'x', '--no-such-option'], /--no-such-option/],
  ])('%j: error of one line, exit status 2', async (args, message) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('prints no control sequence and no secret of a hostile log', async () => {
    const file = join(home, 'hostile.log');
    const line =
      '\u001b[2J\u001b]0;x\u0007 2024-03-05 10:15:20 ERROR Connection refused \u009b31m proxyPassword=canary';
    writeFileSync(file, `${line}\n\u001b[31mERROR\u0000 unknown --apiKey API-CANARYCANARY Exception\n`);
    for (const args of [
      ['explain', file],
      ['explain', file, '--json'],
    ]) {
      const { status, stdout } = await command('ping', args).ended;
      expect(status).toBe(0);
      expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
      expect(stdout).not.toMatch(/canary/i);
    }
  });

  const fifo = join(mkdtempSync(join(tmpdir(), 'explain-')), 'pipe');
  const hasFifo = spawnSync('mkfifo', [fifo]).status === 0;

  it.skipIf(!hasFifo)(`reads a named pipe${hasFifo ? '' : ' (skipped: needs mkfifo)'}`, async () => {
    const { ended } = command('ping', ['explain', fifo]);
    await writeFile(fifo, 'Connection refused\n');
    expect(await ended).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(!hasFifo)(
    `ends at Ctrl+C while no program writes to it${hasFifo ? '' : ' (skipped: needs mkfifo)'}`,
    async () => {
      const { process, ended } = command('ping', ['explain', fifo, '--json']);
      // The path is in use as soon as it is being read.
      const writer = await open(fifo, 'w');
      process.kill('SIGINT');
      expect((await ended).status).toBe(1);
      await writer.close();
    },
  );

  it('exits without an error when its output pipe is closed', async () => {
    const ended = command('ping', ['explain', 'tcp.refused']);
    ended.process.stdout?.destroy();
    expect((await ended.ended).stderr).toBe('');
  });
});

function* inUnevenChunks(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) {
    for (let at = 0, size = 1; at < chunk.length; at += size, size = 1 + ((size * 7919) % 40_009)) {
      yield chunk.subarray(at, at + size);
    }
  }
}
