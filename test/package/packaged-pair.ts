import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { emptyFolder } from './built-packages.js';
import { expectMetrics } from './packaged-exporter.js';

/** A line that every server logs when nothing listens at a Tentacle. */
const LOG_LINE = 'No connection could be made because the target machine actively refused it. 192.0.2.10:10933';

/** How a program is started: the command before its arguments. */
export type Start = readonly [file: string, ...args: string[]];

/** The output and the exit status of a program. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in an empty environment, as on a host where nothing else is installed. */
export async function run([file, ...first]: Start, args: readonly string[], home: string): Promise<Run> {
  const child = spawn(file, [...first, ...args], { env: cleanEnvironment(home), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { status, ...output };
}

function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C', XDG_CONFIG_HOME: join(home, 'config') };
}

/** A ClientHello of more than one packet is lost on some paths that carry those of Octopus. */
export async function expectSmallClientHello(ping: Start): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sizes: number[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    // A record has a header of 5 bytes, which ends with its length.
    socket.once('data', (chunk) => {
      sizes.push(5 + chunk.readUInt16BE(3));
      socket.destroy();
    });
  });
  const { port } = server.address() as AddressInfo;
  await run(ping, [`127.0.0.1:${port}`, '--count', '1', '--timeout', '5s'], emptyFolder());
  server.close();
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThan(1000);
}

/** Starts pong, runs every kind of command of ping against it, and stops it. */
export async function expectPairToWork(ping: Start, pong: Start): Promise<void> {
  const home = emptyFolder();
  const [file, ...first] = pong;
  const server = spawn(file, [...first, '--port', '0', '--json'], { env: cleanEnvironment(home) });
  try {
    const { port } = await firstLine(server.stdout);
    const target = `127.0.0.1:${port}`;
    const html = join(home, 'report.html');
    const json = join(home, 'report.json');
    const measured = await run(ping, [target, '--count', '3', '--interval', '0', '--json', '--output', json], home);
    expect([measured.status, measured.stderr]).toMatchObject([0, expect.not.stringContaining('internal')]);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ verdict: { id: 'ok' }, attempts: { ok: 3 } });
    expect((await run(ping, ['report', json, '--html', html], home)).status).toBe(0);
    expect(readFileSync(html, 'utf8')).toContain('</html>');
    const diagnosed = await run(ping, ['diagnose', target, '--json'], home);
    expect(JSON.parse(diagnosed.stdout)).toMatchObject({ verdict: { id: 'ok' } });
    expect((await run(ping, ['explain', 'tcp.refused'], home)).status).toBe(0);
    expect(JSON.parse((await run(ping, ['explain', LOG_LINE, '--json'], home)).stdout)).toMatchObject({ lines: 1 });
    const checked = await run(pong, ['check', '--only', 'addresses', '--json'], home);
    expect(JSON.parse(checked.stdout)).toMatchObject({ schema: 'tentacle-pong/check/1' });
    const refused = await run(ping, ['127.0.0.1:1', '--count', '1', '--json'], home);
    expect(JSON.parse(refused.stdout)).toMatchObject({ verdict: { id: 'tcp.refused' } });
    await expectMetrics(ping, pong, cleanEnvironment(home), home);
    const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    server.kill('SIGKILL');
  }
}

/** What pong prints once it listens. */
async function firstLine(stdout: NodeJS.ReadableStream): Promise<{ readonly port: number }> {
  let text = '';
  const line = await new Promise<string>((resolve, reject) => {
    stdout.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    stdout.on('end', () => reject(new Error(`pong ended: ${text}`)));
  });
  return JSON.parse(line) as { port: number };
}
