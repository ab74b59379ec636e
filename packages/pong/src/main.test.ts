import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { call } from 'tentacle-protocol';
import { echo } from 'tentacle-protocol/diagnostics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening, Summary } from './server/summary.js';
import { introduced } from './testing/pong.test.support.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let home: string;
beforeAll(async () => (home = await mkdtemp(join(tmpdir(), 'pong-home-'))));
afterAll(() => rm(home, { recursive: true }));

/** The built command, with what it prints. */
function pong(...argv: string[]): { child: ChildProcess; firstLine: Promise<string>; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...process.env, XDG_CONFIG_HOME: home, HOME: home },
  });
  const out: string[] = [];
  const log: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => out.push(line));
  createInterface(child.stderr).on('line', (line) => log.push(line));
  const firstLine = once(lines, 'line').then(([line]) => line as string);
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, out, log }));
  return { child, firstLine, ended };
}

interface Ended {
  readonly status: number | null;
  readonly out: readonly string[];
  readonly log: readonly string[];
}

test.each(['SIGTERM', 'SIGINT'] as const)('serves, and at %s prints a summary of the same calls', async (signal) => {
  const { child, firstLine, ended } = pong('--port', '0', '--json');
  const listening = JSON.parse(await firstLine) as Listening;
  expect(listening).toMatchObject({ schema: 'tentacle-pong/listening/1' });
  expect(listening.pingCommand).toContain(`:${listening.port} --thumbprint ${listening.thumbprint}`);
  for (let i = 0; i < 3; i++) {
    const { exchange, endpoint, deadline, channel } = await introduced(listening.port);
    await call(exchange, echo, Buffer.from('hello'), endpoint, deadline);
    await exchange.end(deadline);
    channel.close();
    // So that the last one is counted before the signal arrives.
    while ((await channel.source.readSome({ purpose: 'the end', deadline }, 1)) !== undefined);
  }
  const open = await introduced(listening.port);
  child.kill(signal);
  const { status, out, log } = await ended;
  open.channel.close();
  expect(status).toBe(0);
  expect(out).toHaveLength(2);
  expect(JSON.parse(out[1] ?? '')).toMatchObject({
    schema: 'tentacle-pong/summary/1',
    tool: { name: 'tentacle-pong', version: '0.1.0' },
    port: listening.port,
    thumbprint: listening.thumbprint,
    connections: { total: 4, open: 1 },
    endings: { served: 3, stopped: 1 },
    calls: { 'ITentaclePongService.Echo': 3 },
    durations: { count: 4 },
    refused: [],
  } satisfies Partial<Record<keyof Summary, unknown>>);
  expect(log.every((line) => typeof JSON.parse(line) === 'object')).toBe(true);
  expect(log.filter((line) => line.includes('"ending":"served"'))).toHaveLength(3);
});

test('the identity is stored readable only by its owner, and found again', async () => {
  const runs = [pong('--port', '0', '--deadline', '1ms', '--json'), pong('--port', '0', '--deadline', '1ms', '--json')];
  const [one, other] = await Promise.all(runs.map(async ({ firstLine }) => JSON.parse(await firstLine) as Listening));
  expect(one?.thumbprint).toBe(other?.thumbprint);
  await Promise.all(runs.map(({ ended }) => ended));
  const { mode } = await stat(join(home, 'tentacle-pong', 'identity.pem'));
  if (platform() !== 'win32') expect(mode & 0o777).toBe(0o600);
});

test('--deadline ends it; people get text', async () => {
  const { status, out, log } = await pong('--port', '0', '--bind', '127.0.0.1', '--deadline', '50ms').ended;
  expect(status).toBe(0);
  expect(log).toEqual([]);
  const text = out.join('\n');
  expect(text).toMatch(/^tentacle-pong 0\.1\.0 is listening on port \d+, address 127\.0\.0\.1$/m);
  expect(text).toMatch(/\n {2}tentacle-ping 127\.0\.0\.1:\d+ --thumbprint [0-9A-F]{40}\n/);
  expect(text).toMatch(/^\? No connections were received\./m);
});

test('a port that is taken: one line that names the process', async () => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { status, out, log } = await pong('--port', String(port)).ended;
  server.close();
  expect({ status, out }).toEqual({ status: 1, out: [] });
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(new RegExp(`^tentacle-pong: .*\\bport ${port}\\b`));
  if (platform() === 'linux') expect(log[0]).toContain(`by process ${process.pid} (`);
});

test('an address of another host: one line that names those of this host', async () => {
  const { status, log } = await pong('--port', '0', '--bind', '192.0.2.77').ended;
  expect(status).toBe(1);
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(/^tentacle-pong: --bind 192\.0\.2\.77 .*127\.0\.0\.1/);
});

test.each([
  ['--port', '70000'],
  ['--trust', 'nonsense'],
  ['--cert', '/nowhere/at/all.pem'],
  ['--nonsense', ''],
])('%s %s is invalid: one line, status 2', async (...argv) => {
  const { status, out, log } = await pong(...argv.filter((word) => word !== '')).ended;
  expect({ status, out }).toEqual({ status: 2, out: [] });
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(/^tentacle-pong: /);
});

test('--help has examples and the exit status; --version begins with the name and the version', async () => {
  const help = await pong('--help').ended;
  expect(help.status).toBe(0);
  expect(help.out.join('\n')).toMatch(/tentacle-pong --trust[\s\S]*--port[\s\S]*Exit status: 0/);
  expect((await pong('--version').ended).out).toEqual([expect.stringMatching(/^tentacle-pong 0\.1\.0 \(/)]);
});

test('a reader that disconnects is not an error', async () => {
  const { child, firstLine, ended } = pong('--port', '0', '--json');
  await firstLine;
  child.stdout?.destroy();
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ status: 0, log: [] });
});
