import type { AddressInfo } from 'node:net';
import { UNLIMITED_TRANSFERS } from '../../packages/pong/src/options/transfer-limit-options.js';
import { openLog } from '../../packages/pong/src/output/logger.js';
import { EndingLog } from '../../packages/pong/src/server/ending-log.js';
import { Attestor } from '../../packages/pong/src/server/attestor.js';
import { LIMITS } from '../../packages/pong/src/server/limits.js';
import { ListenerMonitor } from '../../packages/pong/src/server/listener-monitor.js';
import { createPongServer } from '../../packages/pong/src/server/pong-server.js';
import { RecordStore } from '../../packages/pong/src/server/record-store.js';
import { Tally } from '../../packages/pong/src/server/tally.js';
import { TransferLimits } from '../../packages/pong/src/server/transfer-limits.js';
import { createSigningKey, type EndedConnectionRecord } from '../../packages/protocol/src/diagnostics/index.js';
import { listen, listenerContext } from '../../packages/protocol/src/index.js';
import { testIdentity } from '../identities.js';
import { waitFor } from './wait-for.js';

/** What identifies a connection at the listener. */
export interface CountedConnection {
  readonly port: number;
  /** Records of an earlier connection from that port do not count. */
  readonly sinceMs: number;
  /** The bytes that were sent to the listener before a reset; absent where it was not reset. */
  readonly bytesBeforeReset?: number;
}

/** A pong in this process, which serves many conversations at a time. */
export interface CountedPong {
  readonly port: number;
  /**
   * The records of one connection, once the first of them is there; none when it is not there in time. A connection that
   * was reset before it was accepted has no address and no port, and is known by its bytes.
   */
  recordsOf(connection: CountedConnection, withinMs: number): Promise<readonly EndedConnectionRecord[]>;
  stop(): Promise<void>;
}

/** @param limitMs how long it waits for anything: a handshake, a preamble, an identity, a call. */
export async function startCountedPong(limitMs: number): Promise<CountedPong> {
  const identity = await testIdentity('tentacle-pong');
  const stopper = new AbortController();
  const byPort = new Map<number, EndedConnectionRecord[]>();
  const listeners = new Set<() => void>();
  const store = new RecordStore();
  const output = { write: () => undefined, droppedLines: () => 0 };
  const { logger: log } = openLog(
    { logLevel: 'silent', logFormat: 'json', verbose: false },
    { openLog: () => output, stderrIsTerminal: false, width: 80, unicode: false },
  );
  const server = createPongServer({
    version: '0.0.0-test',
    secureContext: listenerContext(identity),
    attestor: new Attestor(createSigningKey(), identity),
    trusted: new Set(),
    limits: {
      ...LIMITS,
      handshakeMs: limitMs,
      preambleSilenceMs: limitMs,
      identityMs: limitMs,
      firstCallMs: limitMs,
      idleMs: limitMs,
      callMs: limitMs,
      stallMs: limitMs,
    },
    monitor: new ListenerMonitor('linux', () => undefined),
    transfers: new TransferLimits(UNLIMITED_TRANSFERS),
    log,
    endingLog: new EndingLog(log),
    tally: new Tally(),
    records: {
      query: (question, context) => store.query(question, context),
      latestFrom: () => [],
      add: (record) => {
        byPort.set(record.port, [...(byPort.get(record.port) ?? []), record]);
        for (const listener of listeners) listener();
      },
    },
    startFacts: () => [],
    stop: stopper.signal,
  });
  const listening = await listen({ port: 0, bind: '127.0.0.1' }, (socket) => server.accept(socket));
  return {
    port: (listening.address() as AddressInfo).port,
    recordsOf: async ({ port, sinceMs, bytesBeforeReset }, withinMs) => {
      const named = (): EndedConnectionRecord[] =>
        (byPort.get(port) ?? []).filter(({ startedAt }) => Date.parse(startedAt) >= sinceMs);
      const unnamed = (): EndedConnectionRecord | undefined =>
        byPort.get(0)?.find(({ bytesIn }) => bytesIn === bytesBeforeReset);
      await waitFor(() => named().length > 0 || unnamed() !== undefined, listeners, withinMs);
      const records = named();
      byPort.delete(port);
      const lost = unnamed();
      if (records.length > 0 || lost === undefined) return records;
      byPort.set(0, byPort.get(0)?.filter((one) => one !== lost) ?? []);
      return [lost];
    },
    stop: async () => {
      stopper.abort();
      listening.close();
      await server.drain();
    },
  };
}
