import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { measureLatency } from '../../packages/ping/src/measurements/measure-latency.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { startPong } from '../../packages/pong/src/testing/pong.test.support.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { attest, createSigningKey, NONCE_BYTES } from '../../packages/protocol/src/diagnostics/index.js';
import {
  call,
  CallError,
  ClientExchange,
  ConnectionTrace,
  Deadline,
  exchangeIdentityAsConnector,
  socketChannel,
} from '../../packages/protocol/src/index.js';
import { testIdentity } from '../identities.js';
import { attestingPeer } from '../peers/attesting-peer.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';

afterAll(allConnectionsGone);

const identity = await testIdentity('Octopus Server');

async function measured(port: number, ...args: readonly string[]): Promise<Report> {
  const parsed = await parseArguments(PING, [`127.0.0.1:${port}`, '-c', '1', '-i', '0', ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  return measureLatency({
    options: parseRunOptions(parsed.positionals, parsed.options),
    identity,
    version: '0.0.0',
    stop: new AbortController().signal,
    onAttempt: () => undefined,
  });
}

/** Requests an attestation from an address of this machine. */
async function requestAttestation(localAddress: string, port: number): Promise<void> {
  const raw = connect({ host: '127.0.0.1', port, localAddress });
  const secure = connectTls({ socket: raw, rejectUnauthorized: false });
  await once(secure, 'secureConnect');
  const channel = socketChannel(secure, raw);
  const deadline = Deadline.inMs(30_000);
  const trace = new ConnectionTrace({ host: '127.0.0.1', port, timeoutUs: deadline.spanUs });
  try {
    await exchangeIdentityAsConnector(channel, { role: 'MX-CLIENT' }, trace, deadline);
    const endpoint = { baseUri: `https://127.0.0.1:${port}/`, remoteThumbprint: '' };
    await call(
      new ClientExchange(channel, 'listening', 2 ** 20),
      attest,
      Buffer.alloc(NONCE_BYTES),
      endpoint,
      deadline,
    );
  } catch (error) {
    // It was refused.
    if (!(error instanceof CallError)) throw error;
  } finally {
    channel.close();
  }
}

it('runs with --pong-key succeed while strangers request as many attestations as they can', async () => {
  const pong = await startPong();
  onTestFinished(async () => pong.stop());
  const key = (await measured(pong.port)).attestation?.publicKey ?? '';
  const requested = new Map<string, number>();
  let isOver = false;
  const flood = async (address: string): Promise<void> => {
    while (!isOver) {
      await requestAttestation(address, pong.port);
      requested.set(address, (requested.get(address) ?? 0) + 1);
    }
  };
  const strangers = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
  const floods = strangers.map(flood);
  // Handshakes limit them more than their share of attestations.
  while (requested.size < strangers.length) await new Promise((resolve) => setImmediate(resolve));
  const results: unknown[] = [];
  for (let run = 0; run < 20; run++) {
    const { attestation, verdict } = await measured(pong.port, '--pong-key', key);
    results.push(`${verdict.id}: ${attestation?.result ?? 'none'}`);
  }
  isOver = true;
  await Promise.all(floods);
  expect(new Set(results)).toEqual(new Set(['ok: one-session']));
}, 120_000);

it('a busy pong is asked again', async () => {
  const key = createSigningKey();
  let requests = 0;
  const { port } = await attestingPeer((nonce) => {
    if (++requests < 4) return 'busy';
    const publicKey = Buffer.from(key.publicKey, 'hex');
    return { statement: nonce, signature: key.sign(nonce), publicKey, certificate: Buffer.alloc(0) };
  });
  // What the fourth answer signs is not a statement.
  expect((await measured(port)).attestation).toMatchObject({ result: 'not-valid' });
  expect(requests).toBe(4);
});

it('a pong that stays busy is asked five times, and the failure says so', async () => {
  let requests = 0;
  const { port } = await attestingPeer(() => {
    requests++;
    return 'busy';
  });
  const { attestation, verdict } = await measured(port, '--pong-key', 'A'.repeat(64));
  expect(attestation).toMatchObject({ result: 'none', why: 'busy', tries: 5 });
  expect(requests).toBe(5);
  expect(verdict).toMatchObject({ id: 'attestation.missing' });
});
