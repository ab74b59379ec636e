import { createSecureContext } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { hasFloors, measureFloors } from '../../packages/ping/src/measurements/floor/measure-floors.js';
import { measureLatency } from '../../packages/ping/src/measurements/measure-latency.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { testIdentity } from '../identities.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

afterAll(allConnectionsGone);

const identity = await testIdentity('Octopus Server');
const secureContext = createSecureContext(identity.secureContextOptions);
/** For a busy machine. What is measured takes 50 ms. */
const ENOUGH_MS = 20_000;

const never = new AbortController().signal;

/** The number of sockets of this process that listen. */
function listeners(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
}

async function measured(port: number, ...args: readonly string[]): Promise<Report> {
  const parsed = await parseArguments(PING, [`127.0.0.1:${port}`, '-i', '0', ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  const options = parseRunOptions(parsed.positionals, parsed.options);
  return measureLatency({ options, identity, version: '0.0.0', stop: never, onAttempt: () => undefined });
}

describe('the floors of a run', () => {
  it('are measured of tcp, tls and rpc, and nothing listens afterwards', async () => {
    const before = listeners();
    const floors = await measureFloors(secureContext, never, ENOUGH_MS);
    expect(Object.keys(floors).sort()).toEqual(['rpc', 'tcp', 'tls']);
    for (const us of Object.values(floors)) expect(us).toSatisfy((one: number) => Number.isInteger(one) && one >= 0);
    // A handshake computes signatures.
    expect(floors.tls).toBeGreaterThan(0);
    // The system's handle is closed at the end of the turn.
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
    expect(listeners()).toBe(before);
  });

  it('are absent, without an error, in a run that is stopped before', async () => {
    expect(await measureFloors(secureContext, AbortSignal.abort())).toEqual({});
  });

  it('belong to runs with enough attempts, of round trips', () => {
    const mode = { kind: 'round-trips' } as const;
    const kinds = [{ mode }, { mode, count: 20 }, { mode, count: 19 }, { mode, count: 1 }];
    expect(kinds.map(hasFloors)).toEqual([true, true, false, false]);
  });

  it('are in the report, at the stages that have figures', async () => {
    const { port } = await tlsPeer((socket) => socket.resume(), { requestCert: true });
    const many = await measured(port, '--level', 'tls', '-c', '20');
    expect(Object.entries(many.stages).flatMap(([name, { floorUs }]) => (floorUs === undefined ? [] : [name]))).toEqual(
      ['tcp', 'tls'],
    );
    const few = await measured(port, '--level', 'tls', '-c', '2');
    expect(Object.values(few.stages).every(({ floorUs }) => floorUs === undefined)).toBe(true);
  });
});
