import { once } from 'node:events';
import { createConnection, type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ComparedEnds } from '../../packages/ping/src/report/remote-view.js';
import { command, startPong } from '../binaries/command.js';
import { reportOf } from '../binaries/report.js';

/** What the device does to a connection at a byte of what the client sends. */
type Harm = 'close' | 'reset' | 'hold-back' | 'change';

/** How the device connects to pong: with the client's port, as a NAT that keeps ports, or with one of its own. */
type Appearance = 'keeps-ports' | 'own-ports';

/** The ClientHello has fewer bytes, and the rest of the client's TLS 1.3 handshake more. */
const IN_LAST_FLIGHT = 900;

const ATTEMPTS = 8;

let stop: () => void = () => undefined;
afterEach(() => stop());

/** Starts a device in front of a port that harms every second connection, of as many as there are attempts. */
async function device(port: number, harm: Harm, appearance: Appearance): Promise<number> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const isHarmed = connections < ATTEMPTS && connections % 2 === 1;
    connections++;
    const source = appearance === 'own-ports' ? {} : { localAddress: '127.0.0.2', localPort: client.remotePort };
    const target = createConnection({ host: '127.0.0.1', port, ...source });
    for (const [here, there] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(here);
      here.on('error', () => void there.destroy());
      here.on('close', () => void there.destroy());
      here.on('end', () => void there.end());
    }
    target.on('data', (chunk: Buffer) => void client.write(chunk));
    let passed = 0;
    let isDone = !isHarmed;
    client.on('data', (chunk: Buffer) => {
      const at = IN_LAST_FLIGHT - passed;
      passed += chunk.length;
      if (isDone || at >= chunk.length) {
        if (isHarmed && isDone && harm !== 'change') return;
        target.write(chunk);
        return;
      }
      isDone = true;
      if (harm === 'change') chunk.writeUInt8(chunk.readUInt8(at) ^ 0x20, at);
      target.write(harm === 'change' ? chunk : chunk.subarray(0, at));
      if (harm === 'close') client.end();
      if (harm === 'reset') client.resetAndDestroy();
      if (harm === 'close' || harm === 'reset') target.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return (server.address() as AddressInfo).port;
}

/** Measures a pong behind the device. */
async function measured(harm: Harm, appearance: Appearance) {
  const pong = await startPong();
  const port = await device(pong.port, harm, appearance);
  // Longer than a handshake on a busy machine, and as short as the lost bytes are waited for.
  const timeout = harm === 'hold-back' ? ['-W', '2s'] : [];
  const args = [`127.0.0.1:${port}`, '-c', String(ATTEMPTS), '-i', '50ms', '--json', '-q', ...timeout];
  const { stdout } = await command('ping', args).ended;
  pong.process.kill('SIGINT');
  await pong.ended;
  const report = reportOf(stdout);
  expect(report.otherEnd?.status).toBe('compared');
  return { ...report, ends: report.otherEnd as ComparedEnds };
}

describe("a device that harms a client's last part of TLS 1.3, before pong", () => {
  it.each(['close', 'reset'] as const)('%s: the records of pong show that trust is not the cause', async (harm) => {
    const { verdict, ends } = await measured(harm, 'keeps-ports');
    expect(verdict).toMatchObject({ id: 'trust.closed-after-identity', certainty: { kind: 'conclusive' } });
    expect(verdict.next.map(({ who }) => who)).not.toContain('tentacle-admin');
    const failure = ends.failures.find(({ id }) => id === verdict.id);
    expect(failure).toMatchObject({ handshakeIncomplete: failure?.of, uncertain: 0 });
    expect(ends.cut.inHandshake).toBe(failure?.of);
    expect(ends.attempts.neverArrived).toBe(0);
  });

  it('that uses the address of this machine, with ports of its own: the attempts did arrive', async () => {
    const { verdict, ends } = await measured('close', 'own-ports');
    expect(ends.attempts.neverArrived).toBe(0);
    const failure = ends.failures.find(({ id }) => id === verdict.id);
    expect(failure).toMatchObject({ id: 'trust.closed-after-identity', handshakeIncomplete: failure?.of });
    // The records fit by time alone.
    expect(failure?.uncertain).toBe(failure?.of);
    expect(verdict.certainty).toMatchObject({ kind: 'ambiguous' });
    expect(verdict.certainty.kind === 'ambiguous' && verdict.certainty.causes).toHaveLength(2);
    expect(verdict.next.map(({ who }) => who)).not.toContain('tentacle-admin');
  });

  it('holds it back: an identity that does not arrive in time is not that of a hung peer', async () => {
    const { verdict, ends } = await measured('hold-back', 'keeps-ports');
    expect(verdict).toMatchObject({ id: 'identity.timeout', certainty: { kind: 'ambiguous' } });
    const failure = ends.failures.find(({ id }) => id === verdict.id);
    expect(failure).toMatchObject({ handshakeIncomplete: failure?.of, uncertain: 0 });
  });

  it('changes it: that bytes were changed is certain, whichever end says so', async () => {
    const { verdict, ends } = await measured('change', 'keeps-ports');
    // The alert may be lost when pong closes, so that only its record shows the reason.
    expect(['tls.bad-record', 'trust.closed-after-identity']).toContain(verdict.id);
    expect(verdict.certainty.kind).toBe('conclusive');
    const closed = ends.failures.find(({ id }) => id === 'trust.closed-after-identity');
    expect(closed?.handshakeIncomplete).toBe(closed?.of);
  });
});
