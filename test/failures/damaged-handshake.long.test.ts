import { describe, expect, it } from 'vitest';
import { type Diagnosis, describeFailure, type Observation } from '../../packages/protocol/src/diagnostics/index.js';
import { type From, relay } from '../peers/relay.js';
import { healthyPeer } from '../peers/service-peer.js';
import { attempt } from './attempt.js';

type Version = 'TLSv1.2' | 'TLSv1.3';
type Damage = 'close' | 'reset' | 'change';

/** A device on the path that harms one direction of each connection, from a byte on. */
interface Device {
  readonly version: Version;
  readonly from: From;
  readonly atByte: number;
  readonly damage: Damage;
}

interface Result {
  readonly id: string;
  readonly diagnosis?: Diagnosis;
  readonly observation?: Observation;
  /** Whether the connection carried so many bytes that the device did anything. */
  readonly isDamaged: boolean;
}

/** Time for each part of an attempt: a connection that waits for lost bytes is not what these tests are about. */
const WAIT_MS = 1000;

/** Runs an attempt with a healthy service behind the device. */
async function attemptThrough({ version, from, atByte, damage }: Device): Promise<Result> {
  const service = await healthyPeer({ maxVersion: version });
  let before = 0;
  let isDamaged = false;
  const device = await relay(service.port, (side, chunk, { connector, listener }) => {
    if (side !== from || (isDamaged && damage === 'change')) return chunk;
    if (isDamaged) return undefined;
    const at = atByte - before;
    before += chunk.length;
    if (at >= chunk.length) return chunk;
    isDamaged = true;
    if (damage === 'change') {
      chunk.writeUInt8(chunk.readUInt8(at) ^ 0x20, at);
      return chunk;
    }
    listener.end();
    if (damage === 'reset') connector.resetAndDestroy();
    else connector.end();
    return undefined;
  });
  const times = { timeoutMs: WAIT_MS, identityMs: WAIT_MS, callMs: WAIT_MS };
  const { observation, failure } = await attempt(device.port, times);
  if (failure === undefined || observation === undefined) return { id: 'ok', isDamaged };
  return { id: failure.id, diagnosis: describeFailure(failure.id, observation).diagnosis, observation, isDamaged };
}

/** Runs it with the damage at every `stepBytes` of the connection, up to its end. */
async function attemptAtEach(device: Omit<Device, 'atByte'>, stepBytes: number): Promise<Result[]> {
  const results: Result[] = [];
  for (let atByte = 0; ; atByte += stepBytes) {
    const result = await attemptThrough({ ...device, atByte });
    if (!result.isDamaged) return results;
    results.push(result);
  }
}

const directions = (['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) =>
  (['connector', 'listener'] as const).map((from) => ({ version, from })),
);

describe('a device on the path, before a healthy service', () => {
  it.each(directions)('that cuts $version from the $from leads to no certain diagnosis', async (direction) => {
    // Both kinds of cut over 2 to 4 KB: 20 to 40 positions, with some in each record of the handshake.
    for (const damage of ['close', 'reset'] as const)
      for (const { id, diagnosis } of await attemptAtEach({ ...direction, damage }, 101))
        expect([id, diagnosis?.kind]).toEqual([id, 'ambiguous']);
  });

  it.each(directions)('that changes $version from the $from leads to no other certain diagnosis', async (direction) => {
    for (const { id, diagnosis } of await attemptAtEach({ ...direction, damage: 'change' }, 61)) {
      expect(id).not.toBe('ok');
      if (diagnosis?.kind === 'conclusive') expect(id).toBe('tls.bad-record');
    }
  });

  it("that cuts a client's last part of TLS 1.3 is among the causes, and in TLS 1.2 the handshake fails", async () => {
    // The ClientHello has about 350 bytes, the rest of the client's handshake about 1100.
    const [cut13, cut12] = await Promise.all(
      (['TLSv1.3', 'TLSv1.2'] as const).map((version) =>
        attemptThrough({ version, from: 'connector', atByte: 700, damage: 'close' }),
      ),
    );
    expect([cut13?.id, cut12?.id]).toEqual(['trust.closed-after-identity', 'tls.closed']);
    const { observation } = cut13 ?? {};
    if (observation === undefined) throw new Error('no observation');
    const causes = (tlsVersion: Version): readonly string[] => {
      const facts = { ...observation.facts, tlsVersion };
      const { diagnosis } = describeFailure('trust.closed-after-identity', { ...observation, facts });
      return diagnosis.kind === 'ambiguous' ? diagnosis.causes : [];
    };
    expect(causes('TLSv1.3').filter((cause) => !causes('TLSv1.2').includes(cause))).toHaveLength(1);
  });
});
