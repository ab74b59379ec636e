import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../real-components.js';
import { command, startPong } from './command.js';
import { inTerminal, pingInTerminal, python, screenOf, scriptOf } from './terminal.js';

/** A line that is rewritten, wherever it begins. */
const STATUS = /\[ [^\]]* \]/;

/** Accepts connections and never answers. */
class SilentListener {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#sockets.add(socket.on('error', () => undefined)));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

describeWith(python, 'on a terminal', () => {
  const silent = new SilentListener();
  let silentTarget = '';
  let pong: Awaited<ReturnType<typeof startPong>>;
  let target = '';

  beforeAll(async () => {
    silentTarget = await silent.start();
    pong = await startPong('--bind', '127.0.0.1');
    target = `127.0.0.1:${pong.port}`;
  });

  afterAll(async () => {
    silent.stop();
    pong.process.kill();
    await pong.ended;
  });

  it('a run shows its counts, times and what remains, and leaves nothing of it behind', async () => {
    const run = pingInTerminal([target, '-c', '4', '-i', '400ms']);
    await run.printed(/\[ 2\/4 {3}2 ok {3}0 failed {3}p50 [\d.]+ {3}max [\d.]+ ms .*left \]/);
    const { status, text } = await run.ended;
    expect(status).toBe(0);
    expect(screenOf(text).filter((line) => STATUS.test(line))).toEqual([]);
  });

  it('a run shows the failure that happened last', async () => {
    const run = pingInTerminal(['localhost:1', '-i', '300ms']);
    await run.printed(/\[ \d+ {3}0 ok {3}\d+ failed {3}last tcp\.refused/);
    run.type('\u0003');
    expect((await run.ended).status).toBe(1);
  });

  it('a run shows the stage in which something waits', async () => {
    const run = pingInTerminal([silentTarget, '-c', '1', '-W', '4s']);
    await run.printed(/\[ 0\/1 .*tls: waiting for \d s/);
    expect((await run.ended).status).toBe(1);
  });

  it('nothing of it is in a pipe', async () => {
    const { stdout, stderr } = await command('ping', [silentTarget, '-c', '1', '-W', '2s', '--json']).ended;
    for (const text of [stdout, stderr]) expect(text).not.toMatch(/waiting for|\r/);
  });

  it('a run survives a stop, other widths, and a width of 0', async () => {
    const run = pingInTerminal([target, '-i', '100ms']);
    await run.printed(/\[ \d+ /);
    run.signal('SIGSTOP');
    run.signal('SIGCONT');
    for (const [columns, pattern] of [
      [20, /\r\[ [^\r]{1,17}\r/],
      [0, /left|next/],
      [200, /p50/],
    ] as const) {
      run.resize(columns);
      await run.printed(pattern);
    }
    run.type('\u0003');
    expect((await run.ended).status).toBe(0);
  });

  it('a narrower terminal, which wraps the status line, is cleared below its beginning', async () => {
    const run = pingInTerminal([target, '-i', '100ms']);
    await run.printed(/\[ \d+ .*p50/);
    run.resize(40);
    await run.printed(new RegExp(String.raw`\r${'\u001b'}\[J`));
    run.type('\u0003');
    expect((await run.ended).status).toBe(0);
  });

  it('Ctrl+Z leaves nothing of the status line behind, and a shell continues the run', async () => {
    const shell = inTerminal(['sh', '-i']);
    shell.type(`"${process.execPath}" "${scriptOf('ping')}" ${target} -i 100ms\n`);
    await shell.printed(/\[ \d+ .*p50/);
    shell.type('\u001a');
    await shell.printed(/Stopped/);
    shell.type('fg\n');
    await shell.printed(/Stopped[^]*fg[^]*\[ \d+ .*p50/);
    shell.type('\u0003');
    await shell.printed(/Peer: tentacle-pong/);
    shell.type('exit\n');
    const { text } = await shell.ended;
    expect(screenOf(text).filter((line) => STATUS.test(line) || / left \]|\^Z/.test(line))).toEqual([]);
  });

  it('Ctrl+Z where no shell could continue it is ignored', async () => {
    const run = pingInTerminal([target, '-c', '8', '-i', '200ms']);
    await run.printed(/\[ \d+\/8/);
    run.type('\u001a');
    const { status, text } = await run.ended;
    expect(status).toBe(0);
    expect(text).toMatch(/8 attempts, 8 ok/);
  });

  it.each([20, 40, 80, 200])('the status line fits into %i columns', async (columns) => {
    const run = pingInTerminal([silentTarget, '-c', '1', '-W', '2s', '-q'], columns);
    await run.printed(/\[ 0\/1/);
    const { text } = await run.ended;
    const lines = text.split(/[\r\n]/).filter((line) => line.startsWith('[ '));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.length).toBeLessThan(columns);
  });

  it('a reader of stdout that has gone ends the run', async () => {
    const script = `"${process.execPath}" "${scriptOf('ping')}" ${target} -i 50ms | head -1`;
    const { status, text } = await inTerminal(['sh', '-c', script]).ended;
    expect(status).toBe(0);
    expect(screenOf(text).filter((line) => line !== '')).toHaveLength(1);
  });

  it('a closed stderr is not an error', async () => {
    const script = `"${process.execPath}" "${scriptOf('ping')}" ${target} -c 2 -i 300ms 2>&-`;
    const { status, text } = await inTerminal(['sh', '-c', script]).ended;
    expect(status).toBe(0);
    expect(text).not.toMatch(STATUS);
  });

  it('a terminal that is closed ends the run', async () => {
    const run = pingInTerminal([target, '-i', '100ms']);
    await run.printed(/\[ \d+ /);
    run.hangUp();
    // By the signal of the terminal, and not by a crash.
    expect((await run.ended).status).toBe((256 - constants.signals.SIGHUP) % 256);
  });

  it('targets are listed as they end, with how many are running', async () => {
    const run = pingInTerminal([silentTarget, target, '-W', '3s']);
    await run.printed(/\[ 1\/2 targets {3}1 ok {3}0 failed {3}1 running/);
    await run.printed(/127\.0\.0\.1:\d+ tls: waiting for/);
    const { status, text } = await run.ended;
    expect(status).toBe(3);
    const rows = screenOf(text).flatMap((line) => /^(?:ok|X) +(127\S+) .*\d\/\d/.exec(line)?.[1] ?? []);
    expect(rows).toEqual([target, silentTarget]);
  });

  it('a transfer shows a bar, a rate and what remains', async () => {
    const run = pingInTerminal([target, '--upload', '200MB', '-q'], 120);
    await run.printed(/\[ upload {3}#*-+ {3}\d+% .* of 200 MB {3}[\d.]+ MB\/s {3}\d+ s left \]/);
    run.type('\u0003');
    await run.ended;
  });

  it('a search for the idle timeout shows how many connections are idle', async () => {
    const run = pingInTerminal([target, '--idle', '1s..20s', '-q'], 120);
    await run.printed(/\[ \d+ idle {3}\d+ survived {3}0 failed {3}#*-+ {3}next ends in \d+ s {3}\d+ s left \]/);
    run.type('\u0003');
    await run.ended;
  });

  it('a search for size limits shows the size that is tried, and which of how many', async () => {
    const run = pingInTerminal([target, '--sizes', '50MB,100MB', '-q'], 120);
    await run.printed(/\[ upload [\d,.]+ MB.* [12]\/2/);
    run.type('\u0003');
    await run.ended;
  });

  it('a diagnosis shows the step that is running', async () => {
    const run = pingInTerminal(['diagnose', silentTarget, '-W', '3s']);
    await run.printed(/\[ tls[a-z-]*: waiting for \d s \]/);
    run.type('\u0003');
    await run.ended;
  });

  it('a wait for pollers shows that no client polls', async () => {
    const run = pingInTerminal(['listen', '0', '--bind', '127.0.0.1', '-c', '1']);
    await run.printed(/\[ 0\/1 calls .*no client polls: waiting for \d s/);
    run.type('\u0003');
    await run.ended;
  });

  it('explain shows how much it has read', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'tentacle-live-')), 'log.txt');
    writeFileSync(log, 'No such host is known\n'.repeat(1000));
    const script = `(cat "${log}"; exec sleep 60) | "${process.execPath}" "${scriptOf('ping')}" explain -`;
    const run = inTerminal(['sh', '-c', script]);
    await run.printed(/\[ 22,000 B read {3}input: waiting for \d s \]/);
    run.type('\u0003');
    expect((await run.ended).text).toContain('1,000');
  });
});
