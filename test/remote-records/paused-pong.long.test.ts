import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { itWith, linux } from '../real-components.js';

/** As many as Node's queue of new connections holds (backlog 511), and one more, which Linux allows. */
const QUEUE = 512;

itWith(
  linux,
  'a pong that is paused while its queue overflows: the network is not blamed',
  async () => {
    // When pong goes on, the dead connections of the queue must not take the places of ping's attempts.
    const pong = await startPong('--max-unidentified-per-address', '1000');
    const ping = command('ping', [`127.0.0.1:${pong.port}`, '-c', '9', '-i', '700ms', '-W', '600ms', '--json']);
    const sockets: Socket[] = [];
    try {
      await ping.printed(/^ +2 {2}ok/m);
      pong.process.kill('SIGSTOP');
      for (let n = 0; n < QUEUE; n++) {
        const socket = connect(pong.port, '127.0.0.1').on('error', () => undefined);
        sockets.push(socket);
        // The attempts of ping take places in the queue, too.
        await Promise.race([once(socket, 'connect'), ping.printed(/tcp\.timeout/)]);
      }
      await ping.printed(/^ +7 {2}/m);
    } finally {
      for (const socket of sockets) socket.destroy();
      pong.process.kill('SIGCONT');
    }
    const report = reportOf((await ping.ended).stdout);
    pong.process.kill('SIGTERM');
    await pong.ended;
    expect(report.outcomes['tcp.timeout']).toBeGreaterThan(0);
    const { failures, listener } = report.otherEnd as ComparedEnds;
    expect(listener).toMatchObject({ platform: 'linux', wasQueueFull: true });
    expect(listener?.listenOverflows).toBeGreaterThan(0);
    expect(listener?.longestStallUs).toBeGreaterThan(1_000_000);
    for (const { of, queueOverflowed, notRunning } of failures) expect(queueOverflowed + notRunning).toBe(of);
    expect(report.verdict.certainty.kind).toBe('conclusive');
    expect(report.verdict.means).toContain(String(listener?.listenOverflows));
  },
  60_000,
);
