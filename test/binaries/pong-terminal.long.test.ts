import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textWidth } from 'tentacle-protocol/cli';
import { expect, it } from 'vitest';
import { describeWith } from '../real-components.js';
import { command, startPong, summaryOf } from './command.js';
import { inTerminal, pingInTerminal, python, screenOf, scriptOf, type TerminalCommand } from './terminal.js';

const WIDTHS = [40, 80, 120, 200];

/** Runs tentacle-pong in a terminal, and waits until it listens. */
async function pongInTerminal(width: number, ...args: string[]): Promise<TerminalCommand & { readonly port: number }> {
  const words = [process.execPath, scriptOf('pong'), '--port', '0', '--bind', '127.0.0.1', ...args];
  const pong = inTerminal(words, width);
  const [, port] = await pong.printed(/127\.0\.0\.1:(\d+) --thumbprint/);
  return { ...pong, port: Number(port) };
}

async function plainHttp(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
  socket.on('error', () => undefined);
  await once(socket.resume(), 'close');
}

/** Lines that are wider than the terminal. Commands and single words, such as thumbprints, are not wrapped. */
function tooWide(text: string, width: number): string[] {
  return screenOf(text).filter((line) => {
    const isCommand = /^ *(tentacle-ping|--pong-key|--trust) /.test(line);
    return textWidth(line) > width && !isCommand && line.trim().includes(' ');
  });
}

describeWith(python, 'tentacle-pong in a terminal', () => {
  it.each(WIDTHS)('%i columns: a line a connection, then the summary; no line is wider', async (width) => {
    for (const more of [[], ['--verbose']]) {
      const pong = await pongInTerminal(width, ...more);
      await command('ping', [`127.0.0.1:${pong.port}`, '-c', '3', '-i', '0', '-q']).ended;
      await plainHttp(pong.port);
      await pong.printed(/not TLS/);
      pong.signal('SIGINT');
      const { status, text } = await pong.ended;
      expect(status).toBe(0);
      expect(tooWide(text, width)).toEqual([]);
      const lines = screenOf(text);
      expect(lines.filter((line) => /^\d\d:\d\d:\d\d +127\.0\.0\.1 +served\b/.test(line)).length).toBeGreaterThan(2);
      expect(lines.some((line) => /^\d\d:\d\d:\d\d +127\.0\.0\.1 +not TLS\b/.test(line))).toBe(true);
      expect(lines.some((line) => line.startsWith('{'))).toBe(false);
      for (const stage of ['tls', 'identity', 'rpc', 'total'])
        expect(lines.some((line) => line.startsWith(`${stage} `))).toBe(true);
      // The thumbprint of a connection is a detail.
      expect(lines.some((line) => /\b[0-9A-F]{40},/.test(line))).toBe(more.length > 0);
    }
  });

  it('the status line counts, and is gone at the end', async () => {
    const pong = await pongInTerminal(80);
    await pong.printed(/\[ waiting/);
    await plainHttp(pong.port);
    await pong.printed(/\[ 0 open {3}0 served {3}1 failed {3}last \d\d:\d\d:\d\d 127\.0\.0\.1 not TLS \]/);
    pong.signal('SIGINT');
    const { text } = await pong.ended;
    expect(screenOf(text).some((line) => line.includes('['))).toBe(false);
  });

  it('keys are not read: a background job is never stopped by the terminal', async () => {
    const pong = await pongInTerminal(80);
    pong.type('?\n');
    await plainHttp(pong.port);
    await pong.printed(/not TLS/);
    pong.signal('SIGTERM');
    expect((await pong.ended).status).toBe(0);
  });

  it('--log-format json writes JSON lines there too', async () => {
    const pong = await pongInTerminal(80, '--log-format', 'json');
    await plainHttp(pong.port);
    const [line = ''] = await pong.printed(/\{.*"ending":"not-tls\.http".*\}/);
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', address: '127.0.0.1' });
    pong.signal('SIGINT');
    await pong.ended;
  });

  it.each(WIDTHS)('compare at %i columns: the report of ping with the summary of pong', async (width) => {
    const folder = mkdtempSync(join(tmpdir(), 'tentacle-ends-'));
    const [pingFile, pongFile] = [join(folder, 'ping.json'), join(folder, 'pong.json')];
    const pong = await startPong();
    const { stdout } = await command('ping', [`127.0.0.1:${pong.port}`, '-c', '12', '-i', '0', '--json', '-q']).ended;
    writeFileSync(pingFile, stdout);
    pong.process.kill('SIGTERM');
    const ended = await pong.ended;
    writeFileSync(pongFile, ended.stdout);
    expect(summaryOf(ended)).toMatchObject({
      errors: [],
      stages: { rpc: { count: 12 } },
      // The first connection also finds out what pong is.
      totals: { ping: { count: 11 } },
    });
    for (const more of [[], ['--verbose']]) {
      const { status, text } = await pingInTerminal(['compare', pingFile, pongFile, ...more], width).ended;
      expect(status).toBe(0);
      expect(tooWide(text, width)).toEqual([]);
      expect(text).toMatch(/^ok .*\(same\)\r?$/m);
      expect(text).toMatch(/^rpc +[\d.]+ +[\d.]+/m);
    }
  });
});

it('--log-format text writes text into a pipe as well', async () => {
  const pong = await startPong('--log-format', 'text');
  await plainHttp(pong.port);
  await pong.printed(/^\d\d:\d\d:\d\d {2}127\.0\.0\.1 {2,}not TLS .*HTTP GET/m);
  pong.process.kill('SIGTERM');
  const { stderr } = await pong.ended;
  expect(stderr).not.toContain('\u001b');
  expect(stderr).not.toContain('{');
});
