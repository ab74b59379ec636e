import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { command, home, startPong } from './command.js';

const FULL = '/dev/full';
const hasFull = existsSync(FULL);

/** Runs a program whose stdout or stderr is a file on a full disk. */
async function onFullDisk(name: 'ping' | 'pong', args: readonly string[], full: 'stdout' | 'stderr') {
  const script = fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
  const disk = openSync(FULL, 'w');
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: home },
    stdio: ['ignore', full === 'stdout' ? disk : 'pipe', full === 'stderr' ? disk : 'pipe'],
  });
  closeSync(disk);
  let text = '';
  (child.stdout ?? child.stderr)?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { status, text };
}

describe.skipIf(!hasFull)(`a full disk${hasFull ? '' : ' (skipped: needs /dev/full)'}`, () => {
  it.each([
    ['ping', ['--version'], /^tentacle-ping \d/m],
    ['ping', ['--help'], /^Usage: tentacle-ping/m],
    ['ping', ['explain', 'tcp.refused'], /\(tcp\.refused\)$/m],
    ['ping', ['localhost:1', '-c', '2', '-i', '0'], /2 attempts, 0 ok, 2 failed[\s\S]*tcp\.refused/],
    ['ping', ['localhost:1', '-c', '1', '-q', '--json'], /^\{"schema":"tentacle-ping\/report\/1".*\}$/m],
    ['pong', ['--port', '0', '--deadline', '1ms'], /is listening on port/],
    ['pong', ['--help'], /^Usage: tentacle-pong/m],
  ] as const)('for the results of %s %j: one line says so, and they are on stderr', async (name, args, results) => {
    const { status, text } = await onFullDisk(name, args, 'stdout');
    expect(status).toBe(1);
    expect(text.match(new RegExp(`^tentacle-${name}: .*the disk is full.*$`, 'gm'))).toHaveLength(1);
    expect(text).toMatch(results);
    expect(text).not.toMatch(/ENOSPC|\n {4}at /);
  });

  it('for the progress only: the results are complete', async () => {
    const { text } = await onFullDisk('ping', ['localhost:1', '-c', '2', '-i', '0', '--json'], 'stderr');
    expect(JSON.parse(text)).toMatchObject({ attempts: { sent: 2, failed: 2 } });
  });

  it.each(['ping', 'pong'] as const)('for --record of %s: one line, before anything starts', async (name) => {
    const target = name === 'ping' ? ['localhost:1'] : ['--port', '0'];
    const { status, stdout, stderr } = await command(name, [...target, '--record', FULL]).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-p[io]ng: --record: .*the disk is full[^\n]*\n$/);
  });
});

describe('a reader that has gone', () => {
  it.each([
    ['ping', ['localhost:1', '-i', '0']],
    ['ping', ['explain', 'tcp.refused']],
    ['pong', ['--help', 'all']],
  ] as const)('of %s %j is not an error', async (name, args) => {
    const running = command(name, args);
    running.process.stdout?.destroy();
    expect((await running.ended).stderr).toBe('');
  });
});

describe('--record', () => {
  it('writes every attempt of a transfer, and its report', async () => {
    const pong = await startPong('--bind', '127.0.0.1');
    const file = join(home, 'transfer.ndjson');
    const args = [`127.0.0.1:${pong.port}`, '--upload', '10KB', '--download', '10KB', '-c', '2', '-i', '0', '-q'];
    const { status } = await command('ping', [...args, '--record', file]).ended;
    pong.process.kill();
    await pong.ended;
    expect(status).toBe(0);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const [header, first, second, report] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(header).toMatchObject({ schema: 'tentacle-ping/records/1' });
    expect(first).toMatchObject({ record: { number: 1, outcome: 'ok' } });
    expect(second).toMatchObject({ record: { number: 2, outcome: 'ok' } });
    expect(report).toMatchObject({ report: { attempts: { sent: 2 } } });
  });

  it.each([
    [['localhost:1', '--sizes'], '--sizes'],
    [['localhost:1', '--idle', '1s'], '--idle'],
    [['localhost:1', 'localhost:2'], 'one target'],
    [['localhost', '--all-addresses'], 'one target'],
  ])('%j, which has no attempts to record: one line, exit status 2', async (args, part) => {
    const file = join(home, 'refused.ndjson');
    const { status, stdout, stderr } = await command('ping', [...args, '--record', file]).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: --record [^\n]+\n$/);
    expect(stderr).toContain(part);
    expect(existsSync(file)).toBe(false);
  });
});
