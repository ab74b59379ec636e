import { afterAll, describe, expect, it } from 'vitest';
import { command, startPong, summaryOf } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';
import { originalPing, originalPong } from '../peers/legacy-pair.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

afterAll(allConnectionsGone);

const ANSWER = `HTTP/1.0 200 OK\r\nContent-Length: 10240\r\n\r\n${'A'.repeat(10_240)}\r\n`;

describe('the original TentaclePing against pong', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'receives the original 10 KiB, in %s, with data and without',
    async (version) => {
      const pong = await startPong();
      expect(await originalPing(pong.port, version)).toBe(ANSWER);
      // The original's data: 2 MiB in one line.
      expect(await originalPing(pong.port, version, 2 * 1024 * 1024)).toBe(ANSWER);
      pong.process.kill('SIGTERM');
      expect(summaryOf(await pong.ended).endings).toEqual({ 'original-ping': 2 });
    },
  );

  it.each(['TLSv1', 'TLSv1.1'] as const)(
    'in %s gets no answer unless --tls-min allows it, and pong logs the reason',
    async (version) => {
      const pong = await startPong();
      await expect(originalPing(pong.port, version)).rejects.toThrow(/protocol version/i);
      pong.process.kill('SIGTERM');
      const ended = await pong.ended;
      expect(summaryOf(ended).endings).toEqual({ 'tls.version': 1 });
      expect(ended.stderr).toContain('--tls-min 1.0');

      const old = await startPong('--tls-min', '1.0');
      expect(await originalPing(old.port, version)).toBe(ANSWER);
      // Clients with a newer TLS version still use it.
      expect(await originalPing(old.port, 'TLSv1.3')).toBe(ANSWER);
      old.process.kill('SIGTERM');
      expect(summaryOf(await old.ended).endings).toEqual({ 'original-ping': 2 });
    },
  );

  it('gets no answer in TLS 1.2 from a pong that accepts 1.3 only', async () => {
    const pong = await startPong('--tls-min', '1.3');
    await expect(originalPing(pong.port, 'TLSv1.2')).rejects.toThrow(/protocol version/i);
    expect(await originalPing(pong.port, 'TLSv1.3')).toBe(ANSWER);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });
});

describe('ping against the original TentaclePong', () => {
  const ping = async (port: number, ...args: string[]) => {
    const { status, stdout } = await command('ping', [`127.0.0.1:${port}`, '-c', '3', '-i', '0', '--json', ...args])
      .ended;
    return { status, report: reportOf(stdout) };
  };

  it.each([
    ['TLSv1.3', 'close-notify', []],
    ['TLSv1.2', 'close-notify', []],
    ['TLSv1.3', 'tcp-only', []],
    ['TLSv1.2', 'tcp-only', []],
    ['TLSv1', 'close-notify', ['--tls-min', '1.0']],
    ['TLSv1', 'tcp-only', ['--tls-min', '1.0']],
    ['TLSv1.3', 'close-notify', ['--reuse']],
    ['TLSv1.3', 'close-notify', ['--concurrency', '3']],
  ] as const)('is measured and identified: %s, closed %s, %j', async (version, closeMode, args) => {
    const { port } = await originalPong(version, closeMode);
    const { status, report } = await ping(port, ...args);
    expect(report.outcomes).toEqual({ ok: 3 });
    expect(report).toMatchObject({
      level: 'original',
      peer: { kind: 'legacy-pong', tlsVersion: version },
      verdict: { id: 'ok' },
    });
    expect(report.levelReason).toContain('TentaclePong');
    expect(report.stages.rpc?.count).toBe(3);
    expect(report.stages).not.toHaveProperty('identity');
    expect(report).not.toHaveProperty('attestation');
    expect(report.records.filter(({ peerProbeUs }) => peerProbeUs !== undefined).length).toBeGreaterThanOrEqual(1);
    expect(status).toBe(0);
  });

  it('with TLS 1.0 only is reported by its version', async () => {
    const { port } = await originalPong('TLSv1');
    const { status, report } = await ping(port);
    expect(report.outcomes).toEqual({ 'tls.version': 3 });
    expect(status).toBe(1);
  });

  it('at a level that it does not reach is identity.legacy-pong', async () => {
    const { port } = await originalPong('TLSv1.3');
    const { status, report } = await ping(port, '--level', 'identity');
    expect(report.outcomes).toEqual({ 'identity.legacy-pong': 3 });
    expect(status).toBe(1);
  });

  it('is not confused with another page, as the original TentaclePing did', async () => {
    let connections = 0;
    // A proxy that blocks from the third connection on.
    const { port } = await tlsPeer((socket) => {
      connections++;
      const isBlocked = connections > 2;
      const answer = isBlocked ? 'HTTP/1.1 403 Forbidden\r\n\r\nno' : ANSWER;
      socket.once('data', () => socket.end(answer));
    });
    const { status, report } = await ping(port);
    expect(report.outcomes).toEqual({ ok: 1, 'rpc.malformed-response': 2 });
    expect(status).toBe(3);
  });
});
