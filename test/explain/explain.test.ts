import { spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { command, type Ended, home } from '../binaries/command.js';
import { madeLog } from './made-log.js';

interface Found {
  readonly schema: string;
  readonly matches: readonly { readonly id: string; readonly count: number; readonly line: number }[];
  readonly unknownLines: number;
  readonly lines: number;
}

const found = ({ stdout }: Ended): Found => JSON.parse(stdout) as Found;

/** `explain` with something piped into it. */
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

/** Large enough for many pieces of input; 50 MB are measured by hand. */
const BYTES = 6 * 1024 * 1024;

describe('tentacle-ping explain', () => {
  it('finds in a large log what is in it, from a file and from a pipe, whole or in odd pieces', async () => {
    const log = madeLog(BYTES);
    const file = join(home, 'large.log');
    await pipeline(Readable.from(log.chunks()), createWriteStream(file));
    const [read, pipe, odd] = await Promise.all([
      command('ping', ['explain', file, '--json']).ended,
      piped(['-', '--json'], madeLog(BYTES).chunks()),
      piped(['--json'], inOddPieces(madeLog(BYTES).chunks())),
    ]);
    expect(read).toMatchObject({ status: 0, stderr: '' });
    expect(Object.fromEntries(found(read).matches.map(({ id, count }) => [id, count]))).toEqual(
      Object.fromEntries(log.counts),
    );
    expect(found(read).unknownLines).toBe(0);
    expect(found(pipe)).toEqual(found(read));
    expect(found(odd)).toEqual(found(read));
  });

  it.each([
    [['explain', 'tcp.refused'], 0, /^tcp\.refused\n {3}Connection refused\./],
    [['explain', 'tcp.actively-refused'], 0, /^tcp\.actively-refused\n {3}Says: /],
    [['explain', 'Name or service not known'], 0, /^dns\.no-such-host\n/],
    [['explain', 'Name', 'or', 'service', 'not', 'known'], 0, /^dns\.no-such-host\n/],
    [['explain', 'nobody', 'knows', 'this'], 1, /^Unknown: 1 message is not known/],
    [['explain', '--help'], 0, /Exit status: 0/],
  ])('%j', async (args, status, what) => {
    const ended = await command('ping', args).ended;
    expect(ended).toMatchObject({ status, stderr: '' });
    expect(ended.stdout).toMatch(what);
    for (const line of ended.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(81);
  });

  it.each([
    [['explain', '/no/such/file.txt'], /no such file/],
    [['explain', home], /is a folder/],
    [['explain', process.execPath], /is no text/],
    [['explain', 'x', '--no-such-option'], /--no-such-option/],
  ])('%j: one line, exit status 2', async (args, what) => {
    const { status, stdout, stderr } = await command('ping', args).ended;
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(/^tentacle-ping: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('shows nothing of a hostile log that a terminal would obey, and no secret', async () => {
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

  it('ends in order when nobody reads any more', async () => {
    const ended = command('ping', ['explain', 'tcp.refused']);
    ended.process.stdout?.destroy();
    expect((await ended.ended).stderr).toBe('');
  });
});

function* inOddPieces(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) {
    for (let at = 0, size = 1; at < chunk.length; at += size, size = 1 + ((size * 7919) % 40_009)) {
      yield chunk.subarray(at, at + size);
    }
  }
}
