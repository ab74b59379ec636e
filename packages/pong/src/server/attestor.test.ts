import { randomBytes } from 'node:crypto';
import { call, CallError } from 'tentacle-protocol';
import {
  attest,
  InboundConnection,
  isSignedBy,
  verifyAttestation,
  createSigningKey,
  NONCE_BYTES,
  parseStatement,
} from 'tentacle-protocol/diagnostics';
import { expect, onTestFinished, test } from 'vitest';
import { Attestor } from './attestor.js';
import { clientIdentity, introduced, serverIdentity, startPong, tcp } from '../testing/pong.test.support.js';

const binding = { keyingMaterial: Buffer.alloc(32, 7), handshakeBound: true };

/** A connection with the facts that an attestor signs. */
async function connection(port: number): Promise<InboundConnection> {
  const socket = await tcp(port);
  onTestFinished(() => void socket.destroy());
  const inbound = new InboundConnection(socket, 'tentacle');
  inbound.record({ tlsVersion: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', clientThumbprint: null });
  return inbound;
}

async function pongOfTest() {
  const pong = await startPong();
  onTestFinished(() => pong.stop());
  return pong;
}

test('signs the facts observed of the connection', async () => {
  const { port } = await pongOfTest();
  const inbound = await connection(port);
  inbound.record({ address: 'fe80::1%eth0', localAddress: 'fe80::2%3' });
  const attestor = new Attestor(createSigningKey(), await serverIdentity());
  const nonce = randomBytes(NONCE_BYTES);
  const attestation = attestor.forConnection(inbound, () => binding)(nonce);
  if (typeof attestation === 'string' || 'retryAfterMs' in attestation) throw new Error('no attestation');
  expect(isSignedBy(attestor.publicKey, attestation.statement, attestation.signature)).toBe(true);
  expect(attestation.publicKey.toString('hex').toUpperCase()).toBe(attestor.publicKey);
  const { time, ...statement } = parseStatement(attestation.statement);
  expect(Date.parse(time)).toBeGreaterThanOrEqual(Date.parse(inbound.startedAt));
  expect(statement).toEqual({
    v: 1,
    nonce: nonce.toString('hex'),
    connectionId: inbound.connectionId,
    pongThumbprint: (await serverIdentity()).thumbprint,
    clientThumbprint: null,
    // Zones name a network interface of this machine.
    clientAddress: 'fe80::1',
    clientPort: inbound.facts.port,
    pongAddress: 'fe80::2',
    pongPort: inbound.facts.localPort,
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    handshakeBound: true,
    keyingMaterial: '07'.repeat(32),
  });
});

test('signs once per connection, and at a limited rate for each address', async () => {
  const { port } = await pongOfTest();
  const inbound = await connection(port);
  let nowUs = 5_000_000;
  const attestor = new Attestor(createSigningKey(), await serverIdentity(), () => nowUs);
  const nonce = Buffer.alloc(NONCE_BYTES);
  const another = () => attestor.forConnection(inbound, () => binding);
  const ask = (): string => {
    const result = another()(nonce);
    return typeof result === 'string' ? result : 'retryAfterMs' in result ? 'busy' : 'signed';
  };

  const once = another();
  expect(once(nonce)).toHaveProperty('signature');
  expect(once(nonce)).toBe('once-only');
  // 100 at once; a rejected request does not count.
  expect(Array.from({ length: 99 }, ask)).toEqual(Array.from({ length: 99 }, () => 'signed'));
  const late = another();
  expect(late(nonce)).toEqual({ retryAfterMs: 2 });
  // Another address has its own.
  inbound.record({ address: '192.0.2.8' });
  expect(ask()).toBe('signed');
  inbound.record({ address: '127.0.0.1' });
  nowUs += 1_900;
  expect(ask()).toBe('busy');
  // 500 per second.
  nowUs += 200;
  expect(late(nonce)).toHaveProperty('signature');
  expect(ask()).toBe('busy');
  // After any pause, no more than 100 at once.
  nowUs += 3_600_000_000;
  expect(Array.from({ length: 101 }, ask).filter((result) => result === 'signed')).toHaveLength(100);
});

test('a client receives an attestation of its own session, once', async () => {
  const pong = await pongOfTest();
  const { exchange, endpoint, deadline, channel } = await introduced(pong.port);
  const nonce = randomBytes(NONCE_BYTES);
  const { result } = await call(exchange, attest, nonce, endpoint, deadline);
  const { keyingMaterial, handshakeBound } = channel.exportChannelBinding(nonce);
  const localView = {
    nonce: nonce.toString('hex'),
    ownThumbprint: (await clientIdentity()).thumbprint,
    peerThumbprint: (await serverIdentity()).thumbprint,
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    handshakeBound,
    keyingMaterial: keyingMaterial.toString('hex'),
  };
  expect(verifyAttestation(result, localView, undefined).result).toBe('one-session');

  await exchange.takeTurn(deadline);
  const again = await call(exchange, attest, nonce, endpoint, deadline).catch((error: unknown) => error);
  expect(again).toBeInstanceOf(CallError);
  expect((again as CallError).serverError?.message).toMatch(/once/);

  // The connection still works, and another one is not affected.
  await exchange.takeTurn(deadline);
  await exchange.end(deadline);
  channel.close();
  const other = await introduced(pong.port);
  expect((await call(other.exchange, attest, nonce, other.endpoint, deadline)).result.signature).toHaveLength(64);
  other.channel.close();
});

test.each([0, 31, 33, 1000])('a nonce of %i bytes is rejected', async (length) => {
  const pong = await pongOfTest();
  const { exchange, endpoint, deadline, channel } = await introduced(pong.port);
  const error = await call(exchange, attest, Buffer.alloc(length), endpoint, deadline).catch((error: unknown) => error);
  expect((error as CallError).serverError?.message).toContain('Attest(Byte[])');
  channel.close();
});
