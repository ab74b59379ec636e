import { createSecureContext, type SecureContext } from 'node:tls';
import { runTransfer } from '../../packages/ping/src/measurements/transfer/run-transfer.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseRunOptions, type RunOptions } from '../../packages/ping/src/options/run-options.js';
import { compareBothEnds } from '../../packages/ping/src/remote-records/compare-ends.js';
import type { AttemptMatch } from '../../packages/ping/src/remote-records/match-records.js';
import type { AttemptRecord } from '../../packages/ping/src/report/attempt-record.js';
import { closeGracefully } from '../../packages/ping/src/session/attempt.js';
import { type Exchange, measureRoundTrip } from '../../packages/ping/src/session/exchange.js';
import { Session } from '../../packages/ping/src/session/session.js';
import { Worker } from '../../packages/ping/src/session/worker.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { type EndedConnectionRecord } from '../../packages/protocol/src/diagnostics/index.js';
import { Deadline, type Direction, type Identity } from '../../packages/protocol/src/index.js';
import { testIdentity } from '../identities.js';
import { type CountedConnection, type CountedPong, startCountedPong } from './counted-pong.js';
import type { Cut } from './cut.js';
import { CuttingRelay } from './cutting-relay.js';
import type { Conversation, Patience, ReportedFailure, TlsVersion, Trial } from './trial.js';
import { orHung } from './wait-for.js';

/** Beyond its own timeout, an attempt may ask for pages and say goodbye; and this machine may be busy. */
const MARGIN_MS = 20_000;

/** What a listener reports that could accept every connection: it leaves the most to be concluded. */
const LISTENER = {
  platform: 'linux',
  listenOverflows: 0,
  listenDrops: 0,
  wasQueueFull: false,
  longestStallUs: 0,
  hadFreeHandles: true,
  leftConnections: false,
};

interface ListeningConversation {
  readonly name: string;
  readonly args: readonly string[];
  readonly attempts?: number;
  readonly transfer?: Direction;
  readonly turn: Conversation['turn'];
  readonly fromFirstCall: boolean;
}

/** Enough for several TLS records of the data alone. */
const TRANSFER_BYTES = 3000;

const CONVERSATIONS: readonly ListeningConversation[] = [
  { name: 'round trip', args: ['--level', 'echo'], turn: () => ({ stage: 'rpc', step: 0 }), fromFirstCall: false },
  {
    name: 'reuse',
    args: ['--level', 'echo', '--reuse'],
    attempts: 2,
    turn: (turn) => ({ stage: 'rpc', step: turn < 2 ? 0 : 1 }),
    fromFirstCall: true,
  },
  {
    name: 'capabilities',
    args: ['--level', 'capabilities'],
    turn: () => ({ stage: 'rpc', step: 0 }),
    fromFirstCall: true,
  },
  ...(['upload', 'download'] as const).map((transfer) => ({
    name: transfer,
    args: ['--level', 'echo'],
    transfer,
    turn: (turn: number) => ({ stage: turn < 4 ? ('rpc' as const) : ('data' as const), step: 0 }),
    fromFirstCall: true,
  })),
];

/** Conversations of ping with a listening pong, through a relay. */
export async function listeningConversations(): Promise<Conversation[]> {
  const identity = await testIdentity('Octopus Server');
  const contexts = {
    'TLSv1.2': createSecureContext({ ...identity.secureContextOptions, maxVersion: 'TLSv1.2' }),
    'TLSv1.3': createSecureContext({ ...identity.secureContextOptions, minVersion: 'TLSv1.3' }),
  };
  const pongs = new Map<number, Promise<CountedPong>>();
  const pongFor = async ({ listenerMs }: Patience): Promise<CountedPong> => {
    let pong = pongs.get(listenerMs);
    if (pong === undefined) pongs.set(listenerMs, (pong = startCountedPong(listenerMs)));
    return pong;
  };
  return Promise.all(
    CONVERSATIONS.map(async (conversation) => {
      const { name, args, attempts = 1, turn, fromFirstCall } = conversation;
      const options = await optionsOf(args);
      const exchange = conversation.transfer === undefined ? measureRoundTrip : transferring(conversation.transfer);
      return {
        name,
        caller: 'connector' as const,
        steps: attempts,
        turn,
        fromFirstCall,
        run: async (tls: TlsVersion, patience: Patience, cut?: Cut, onCut?: () => void) => {
          const pong = await pongFor(patience);
          const client = { options, identity, secureContext: contexts[tls], exchange, attempts };
          const relay = await CuttingRelay.start(pong.port, cut);
          if (onCut !== undefined) void relay.done.then(onCut);
          return runListening(client, pong, patience, relay).finally(onCut);
        },
        stop: async () => {
          for (const pong of pongs.values()) await (await pong).stop();
          pongs.clear();
        },
      };
    }),
  );
}

async function optionsOf(args: readonly string[]): Promise<RunOptions> {
  const parsed = await parseArguments(PING, ['127.0.0.1', ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  return parseRunOptions(parsed.positionals, parsed.options);
}

function transferring(direction: Direction): Exchange {
  return async (session, connection, trace, deadline) => {
    await measureRoundTrip(session, connection, trace, deadline);
    const { timeoutUs } = session.options;
    await connection.exchange.takeTurn(Deadline.inUs(timeoutUs));
    const request = { direction, sizeBytes: TRANSFER_BYTES };
    await runTransfer(connection, request, { trace, stallUs: timeoutUs, onEnd: () => undefined });
    connection.calls++;
  };
}

interface Client {
  readonly options: RunOptions;
  readonly identity: Identity;
  readonly secureContext: SecureContext;
  readonly exchange: Exchange;
  readonly attempts: number;
}

async function runListening(
  client: Client,
  pong: CountedPong,
  patience: Patience,
  relay: CuttingRelay,
): Promise<Trial> {
  const sinceMs = Date.now();
  const { identity, secureContext, exchange, attempts } = client;
  const options = { ...client.options, port: relay.port, timeoutUs: patience.timeoutMs * 1000 };
  const stop = new AbortController();
  const session = new Session({ options, identity, secureContext, version: '0.0.0-test', stop: stop.signal });
  const worker = new Worker();
  const records: AttemptRecord[] = [];
  const attemptAll = async (): Promise<void> => {
    for (let number = 1; number <= attempts; number++) {
      const { record } = await session.attempt({ worker, scheduled: { number, isLate: false }, exchange });
      records.push(record);
      if (record.outcome !== 'ok') return;
    }
    const kept = worker.takeConnection();
    if (kept !== undefined) await closeGracefully(kept);
  };
  const identify = (port: number): CountedConnection => ({
    port,
    sinceMs,
    ...(relay.cut?.kind === 'reset' ? { bytesBeforeReset: relay.forwardedToListener } : {}),
  });
  const ended = await orHung(attemptAll(), 2 * patience.timeoutMs + MARGIN_MS);
  const remote =
    relay.listenerPort === undefined
      ? []
      : await pong.recordsOf(identify(relay.listenerPort), 3 * patience.listenerMs + MARGIN_MS);
  stop.abort();
  return {
    relay,
    succeeded: records.filter(({ outcome }) => outcome === 'ok').length,
    failures: failuresOf(session, records, remote),
    records: remote,
    ...(ended === 'hung'
      ? { hung: 'an attempt' }
      : remote.length === 0
        ? { hung: 'the connection at the listener' }
        : {}),
  };
}

/** The verdicts of the run, without and with the record of the other end. */
function failuresOf(
  session: Session,
  attempts: readonly AttemptRecord[],
  remote: readonly EndedConnectionRecord[],
): ReportedFailure[] {
  const failure = attempts.find((attempt) => attempt.failure !== undefined)?.failure;
  const [record] = remote;
  if (failure === undefined || record === undefined) return [];
  const { verdict } = session.report();
  const otherEnd = compareWith(attempts, record);
  const both = session.report({ otherEnd });
  const [evidence] = otherEnd.failures;
  return [
    {
      by: 'connector',
      id: failure.id,
      shownAt: failure.shownAt,
      code: failure.evidence.code,
      diagnosis: verdict.certainty,
      compared: both.verdict.certainty,
      ...(evidence === undefined ? {} : { evidence }),
    },
  ];
}

/** Compares both ends as at the end of a run: the clocks are the same, and the port identifies the record. */
function compareWith(attempts: readonly AttemptRecord[], record: EndedConnectionRecord) {
  const matches = new Map<number, AttemptMatch>(
    attempts.map(({ number }, index) => [
      number,
      index === 0 ? { kind: 'arrived', record, by: 'port' } : { kind: 'reused' },
    ]),
  );
  const ownThumbprint = attempts.find(({ failure }) => failure)?.failure?.evidence.ownThumbprint ?? '';
  return compareBothEnds({
    how: 'asked',
    pongVersion: '0.0.0-test',
    clock: { differenceUs: 0, uncertaintyUs: 1000, takenAt: attempts[0]?.startedAt ?? '' },
    footprint: { throughProxy: false, thumbprints: [ownThumbprint] },
    ownThumbprint,
    attempts,
    unrecorded: { answered: 0, answeredReused: 0, others: 0 },
    isAnsweredByPong: false,
    matches,
    remoteRecords: [record],
    reached: ['127.0.0.1'],
    stalls: [],
    listener: LISTENER,
  });
}
