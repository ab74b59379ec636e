import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EndsComparison } from '../../packages/ping/src/compare/ends-comparison.js';
import { command, startPong, summaryOf } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

const directory = mkdtempSync(join(tmpdir(), 'tentacle-full-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A client that has identified itself and calls nothing, until the end of the test: tries until pong has a place for it. */
async function holder(port: number, localAddress = '127.0.0.1'): Promise<TLSSocket> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port, localAddress, rejectUnauthorized: false } as ConnectionOptions);
    const isHeld = await new Promise<boolean>((resolve) => {
      // Its answer: the identity.
      socket.once('data', () => resolve(true));
      socket.once('close', () => resolve(false));
      socket.on('error', () => undefined);
      socket.write('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n');
    });
    if (!isHeld) continue;
    onTestFinished(() => void socket.destroy());
    return socket;
  }
}

/** So that a holder keeps its place on a busy machine. */
const PATIENT = ['--first-call-timeout', '10m'];

const LIMIT = 'limit.connections-per-address';

describe('a pong whose limit for one address is reached', () => {
  it('refuses that address alone, which ping cannot tell from other closes, and names a full pong among the causes', async () => {
    const pong = await startPong('--max-connections-per-address', '2', '--log-level', 'debug', ...PATIENT);
    const [line] = await pong.printed(/\{.*"limits":\{.*\}/);
    const inForce = { connectionsMax: 10_000, connectionsPerAddressMax: 2, firstCallMs: 600_000, identityMs: 60_000 };
    expect(JSON.parse(line)).toMatchObject({ level: 'debug', limits: inForce });
    const target = `127.0.0.1:${pong.port}`;
    const held = [await holder(pong.port), await holder(pong.port)];
    const refused = await command('ping', [target, '-c', '3', '-i', '10ms', '--json']).ended;
    const { verdict } = reportOf(refused.stdout);
    expect(refused.status).toBe(1);
    expect(['tls.closed', 'tls.reset']).toContain(verdict.id);
    expect(verdict.certainty.kind).toBe('ambiguous');
    expect(verdict.next.map(({ windows = '' }) => windows)).toContain(
      `Get-NetTCPConnection -LocalPort ${pong.port} | Group-Object RemoteAddress`,
    );

    for (const socket of held) socket.destroy();
    await holder(pong.port, '127.0.0.2');
    await holder(pong.port, '127.0.0.2');
    const served = await command('ping', [target, '-c', '3', '-i', '10ms', '--json']).ended;
    expect(reportOf(served.stdout).verdict.id).toBe('ok');

    pong.process.kill('SIGTERM');
    const summary = summaryOf(await pong.ended);
    expect(summary.endings[LIMIT]).toBeGreaterThanOrEqual(3);
    expect(summary).toMatchObject({ limits: inForce });
  });

  it('is named as the one cause by its records, whether they are fetched or compared as files', async () => {
    const [pingFile, pongFile] = [join(directory, 'ping.ndjson'), join(directory, 'pong.ndjson')];
    const pong = await startPong('--max-connections-per-address', '4', '--record', pongFile, ...PATIENT);
    const args = [`127.0.0.1:${pong.port}`, '-i', '20ms', '--record', pingFile];
    const ping = command('ping', args);
    await ping.printed(/^ +3 {2}ok\b/m);
    const held = await Promise.all(Array.from({ length: 4 }, async () => holder(pong.port)));
    await ping.printed(/ tls\.(closed|reset) [\s\S]* tls\.(closed|reset) /);
    for (const socket of held) socket.destroy();
    await ping.printed(/ tls\.(closed|reset) .*\n.* ok\b/);
    ping.process.kill('SIGINT');
    expect((await ping.ended).stdout).toContain(LIMIT);

    pong.process.kill('SIGTERM');
    await pong.ended;
    const { stdout } = await command('ping', ['compare', pingFile, pongFile, '--json']).ended;
    const { otherEnd, failures } = JSON.parse(stdout) as EndsComparison;
    for (const { of, limitReached, endings } of otherEnd.failures) {
      expect(limitReached).toBe(of);
      expect(endings.map(({ ending }) => ending)).toEqual([LIMIT]);
    }
    expect(failures.length).toBeGreaterThan(0);
    for (const { certainty } of failures) expect(certainty.kind).toBe('conclusive');
  });
});
