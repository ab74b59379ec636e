import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeWith, linux } from '../real-components.js';
import { home, summaryOf } from './command.js';

/** Starts a program that may open so many files. */
function limited(files: number, name: 'ping' | 'pong', args: readonly string[]) {
  const script = fileURLToPath(new URL(`../../packages/${name}/bin/tentacle-${name}.js`, import.meta.url));
  const child = spawn('sh', ['-c', `ulimit -n ${files}; exec "$@"`, 'sh', process.execPath, script, ...args], {
    env: { ...process.env, XDG_CONFIG_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  const listening = async (): Promise<{ port: number; connectionsMax: number; openFilesMax: number }> => {
    while (!stdout.includes('\n')) await once(child.stdout, 'data');
    return JSON.parse(stdout) as { port: number; connectionsMax: number; openFilesMax: number };
  };
  return { child, ended, listening };
}

describeWith(linux, 'few file handles', () => {
  // Below 20 Node itself does not start.
  it.each(
    [20, 30, 60, 100].flatMap((files) => [
      ['ping', files, ['127.0.0.1:1', '-c', '1']] as const,
      ['pong', files, ['--port', '0', '--deadline', '1s']] as const,
    ]),
  )('%s with %i: one line with the command that raises the limit', async (name, files, args) => {
    const { status, stdout, stderr } = await limited(files, name, args).ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]*ulimit -n \d+[^\n]*LimitNOFILE=\d+\n$/);
    expect(stderr).toContain(String(files));
  });

  it('ping with more concurrency than there is room for: one line, before anything is sent', async () => {
    const { status, stdout, stderr } = await limited(200, 'ping', ['127.0.0.1:1', '--concurrency', '500']).ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^tentacle-ping: --concurrency: [^\n]*ulimit -n \d+[^\n]*\n$/);
  });

  it('pong lowers its limit of connections to the room there is, and accounts for each connection', async () => {
    const pong = limited(160, 'pong', ['--port', '0', '--bind', '127.0.0.1', '--json']);
    const { port, connectionsMax, openFilesMax } = await pong.listening();
    expect(openFilesMax).toBe(160);
    expect(connectionsMax).toBeLessThan(160);
    const sockets = Array.from({ length: 300 }, () =>
      connect(port, '127.0.0.1')
        .on('error', () => undefined)
        .resume(),
    );
    // Pong closes those beyond its limit, and only then does this end close the others.
    const closed = sockets.map(async (socket) => once(socket, 'close'));
    let closedByPong = 0;
    await new Promise<void>((resolve) => {
      for (const one of closed) void one.then(() => ++closedByPong === 300 - connectionsMax && resolve());
    });
    for (const socket of sockets) socket.end();
    await Promise.all(closed);
    pong.child.kill('SIGINT');
    const ended = await pong.ended;
    const { connections, endings } = summaryOf(ended);
    expect(connections.total).toBe(300);
    expect(Object.values(endings).reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(endings['too-many-connections']).toBeGreaterThanOrEqual(300 - connectionsMax);
    expect(summaryOf(ended)).not.toHaveProperty('listener.closedWithoutHandleMax');
  });
});
