import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { home, startPong, summaryOf } from './command.js';

/** A pipe holds 64 KiB, and 1 MiB waits: more than that is dropped. A line has about 500 characters. */
const CONNECTIONS = 4000;

/** With at least 64 bytes, more is not waited for. */
const REQUEST = `GET / HTTP/1.0\r\nHost: ${'x'.repeat(64)}\r\n\r\n`;

function start(name: 'ping' | 'pong', args: readonly string[], stderr: 'pipe' | number = 'pipe') {
  const script = fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: home },
    stdio: ['ignore', 'pipe', stderr],
  });
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', (status) => resolve(status));
  });
  return { child, ended, stdout: () => stdout };
}

/** The stream of a pipe, which a child has that was started with one. */
function streamOf(stream: Readable | null): Readable {
  if (stream === null) throw new Error('not a pipe');
  return stream;
}

async function listeningPort({ child, stdout }: { child: ChildProcess; stdout: () => string }): Promise<number> {
  for (;;) {
    const port = /"port":(\d+)/.exec(stdout())?.[1];
    if (port !== undefined) return Number(port);
    await once(streamOf(child.stdout), 'data');
  }
}

/** A connection that sends HTTP, and is closed for it. */
async function connectOnce(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => socket.end(REQUEST));
  socket.on('error', () => undefined).resume();
  await once(socket, 'close');
}

async function connectMany(port: number, count: number): Promise<void> {
  const width = 50;
  for (let done = 0; done < count; done += width)
    await Promise.all(Array.from({ length: width }, async () => connectOnce(port)));
}

describe('a stderr that is not read', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'pong serves on, counts every connection, and ends at %s with its summary',
    async (signal) => {
      const pong = start('pong', ['--port', '0', '--bind', '127.0.0.1', '--json', '--log-level', 'debug']);
      pong.child.stderr?.pause();
      await connectMany(await listeningPort(pong), CONNECTIONS);
      pong.child.kill(signal);
      expect(await pong.ended).toBe(0);
      const summary = summaryOf({ status: 0, stdout: pong.stdout(), stderr: '' });
      expect(summary.connections.total).toBe(CONNECTIONS);
      expect((summary as unknown as { logLinesDropped: number }).logLinesDropped).toBeGreaterThan(0);
    },
    60_000,
  );

  it('one line says how many are missing, once it is read', async () => {
    const pong = start('pong', ['--port', '0', '--bind', '127.0.0.1', '--json', '--log-level', 'debug']);
    pong.child.stderr?.pause();
    const port = await listeningPort(pong);
    await connectMany(port, CONNECTIONS);
    let log = '';
    pong.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    pong.child.stderr?.resume();
    while (!log.includes('droppedLines')) await once(streamOf(pong.child.stderr), 'data');
    pong.child.kill('SIGINT');
    await once(pong.child, 'close');
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { droppedLines?: number; ending?: string });
    const dropped = lines.reduce((sum, line) => sum + (line.droppedLines ?? 0), 0);
    expect(dropped).toBeGreaterThan(0);
    expect(lines.filter(({ ending }) => ending === 'not-tls.http').length + dropped).toBeGreaterThanOrEqual(
      CONNECTIONS,
    );
  }, 60_000);

  it('ping ends at SIGINT with its report', async () => {
    const pong = await startPong('--bind', '127.0.0.1', '--log-level', 'debug');
    let calls = 0;
    const ping = start('ping', [`127.0.0.1:${pong.port}`, '--reuse', '-i', '0', '--json']);
    ping.child.stderr?.pause();
    // More lines than a pipe holds.
    while (calls < 3000) {
      const [text] = (await once(streamOf(pong.process.stderr), 'data')) as [string];
      calls += text.split('"msg":"call"').length - 1;
    }
    ping.child.kill('SIGINT');
    expect(await ping.ended).toBe(0);
    expect(JSON.parse(ping.stdout())).toMatchObject({ attempts: { failed: 0 } });
    pong.process.kill();
    await pong.ended;
  }, 60_000);
});

const hasFull = existsSync('/dev/full');

it.skipIf(!hasFull)(
  `pong with its log on a full disk serves on${hasFull ? '' : ' (skipped: needs /dev/full)'}`,
  async () => {
    const disk = openSync('/dev/full', 'w');
    const pong = start('pong', ['--port', '0', '--bind', '127.0.0.1', '--json'], disk);
    closeSync(disk);
    await connectMany(await listeningPort(pong), 50);
    pong.child.kill('SIGINT');
    expect(await pong.ended).toBe(0);
    const summary = summaryOf({ status: 0, stdout: pong.stdout(), stderr: '' });
    expect(summary.connections.total).toBe(50);
  },
);

it('pong with a full file of --record serves on, and its summary counts what the file lacks', async () => {
  const file = join(home, 'limited.ndjson');
  const args = ['--port', '0', '--bind', '127.0.0.1', '--json', '--record', file, '--record-max', '20KB'];
  const pong = start('pong', args);
  pong.child.stderr?.resume();
  await connectMany(await listeningPort(pong), 100);
  pong.child.kill('SIGINT');
  expect(await pong.ended).toBe(0);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const { summary } = JSON.parse(lines.at(-1) ?? '') as { summary: { recordsLeftOut: number } };
  // The first line is the header, the last one the summary.
  expect(lines.length - 2 + summary.recordsLeftOut).toBe(100);
  expect(summary.recordsLeftOut).toBeGreaterThan(0);
});
