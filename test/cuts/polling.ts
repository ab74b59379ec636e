import { createSecureContext } from 'node:tls';
import type { PollingReport } from '../../packages/ping/src/measurements/polling-server/polling-report.js';
import { POLLING_SERVER_LIMITS } from '../../packages/ping/src/measurements/polling-server/polling-server-limits.js';
import type { CallRecord } from '../../packages/ping/src/measurements/polling-server/polling-tally.js';
import { runPollingServer } from '../../packages/ping/src/measurements/polling-server/run-polling-server.js';
import { ConcurrentConnections } from '../../packages/pong/src/poller/concurrent-connections.js';
import { pollOnce } from '../../packages/pong/src/poller/poll-once.js';
import type { PollObservation, PollResult } from '../../packages/pong/src/poller/poll-result.js';
import type { PollingContext } from '../../packages/pong/src/poller/polling-context.js';
import { PollTally } from '../../packages/pong/src/poller/poll-tally.js';
import { describeFailure } from '../../packages/protocol/src/diagnostics/index.js';
import { testIdentity } from '../identities.js';
import { OBSERVER } from '../polling/in-process.js';
import type { Cut } from './cut.js';
import { CuttingRelay } from './cutting-relay.js';
import type { Conversation, Patience, ReportedFailure, TlsVersion, Trial } from './trial.js';
import { orHung, waitFor } from './wait-for.js';

/** As for attempts that connect. */
const MARGIN_MS = 20_000;

/** Longer than any conversation: the only call is the first. */
const NEVER_US = 3_600_000_000;

/** A conversation of a polling pong with a listening ping, through a relay: one call, with those that identify the poller. */
export async function pollingConversation(): Promise<Conversation> {
  const identity = await testIdentity('tentacle-ping');
  const own = await testIdentity('tentacle-pong');
  const contexts = {
    'TLSv1.2': createSecureContext({ ...own.secureContextOptions, maxVersion: 'TLSv1.2' }),
    'TLSv1.3': createSecureContext({ ...own.secureContextOptions, minVersion: 'TLSv1.3' }),
  };

  const run = async (
    tls: TlsVersion,
    { timeoutMs, listenerMs }: Patience,
    cut?: Cut,
    onCut?: () => void,
  ): Promise<Trial> => {
    const listeners = new Set<() => void>();
    const changed = (): void => listeners.forEach((listener) => listener());
    let port = 0;
    let hasEnded = false;
    const calls: CallRecord[] = [];
    const observer = {
      onListening: (one: number) => {
        port = one;
        changed();
      },
      onCallCompleted: (record: CallRecord) => {
        calls.push(record);
        changed();
      },
      onMessage: (line: string) => {
        // The first connection with an ending is explained; one that polled is closed.
        hasEnded ||= line.startsWith('! ') || line.startsWith('- ');
        changed();
      },
    };
    const stopServer = new AbortController();
    const plan = {
      port: 0,
      bind: '127.0.0.1',
      trust: [],
      subscription: 'poll://golden/',
      intervalUs: NEVER_US,
      collectTimeoutUs: NEVER_US,
      timeoutUs: timeoutMs * 1000,
      // A server notices at its next message that its poller is gone.
      keepAliveUs: listenerMs * 1000,
    };
    const limits = {
      ...POLLING_SERVER_LIMITS,
      handshakeMs: listenerMs,
      preambleSilenceMs: listenerMs,
      identityMs: listenerMs,
      stepMs: listenerMs,
    };
    const serving = runPollingServer(plan, identity, observer, {
      version: '0.0.0-test',
      stop: stopServer.signal,
      limits,
    });
    await waitFor(() => port !== 0, listeners, MARGIN_MS);

    const relay = await CuttingRelay.start(port, cut);
    if (onCut !== undefined) void relay.done.then(onCut);
    const stopPoller = new AbortController();
    const poller: PollingContext = {
      version: '0.0.0-test',
      plan: {
        server: { host: '127.0.0.1', port: relay.port },
        connections: 1,
        timeoutUs: timeoutMs * 1000,
        logLevel: 'silent',
        logFormat: 'json',
        verbose: false,
        json: true,
      },
      subscription: plan.subscription,
      proxy: undefined,
      secureContext: contexts[tls],
      thumbprint: own.thumbprint,
      log: { info: () => undefined, warn: () => undefined, debug: () => undefined },
      tally: new PollTally(),
      stop: stopPoller.signal,
    };
    const pollingObserver = { ...OBSERVER, connections: new ConcurrentConnections() };
    const polling = orHung(pollOnce(poller, pollingObserver, timeoutMs), 4 * listenerMs + MARGIN_MS);
    // A poller that is served would wait for more calls. Where its connection fails, the call stays in the queue.
    void waitFor(() => calls[0]?.outcome === 'ok', listeners, 8 * listenerMs + MARGIN_MS).then(() =>
      stopPoller.abort(),
    );
    const result = await polling;
    onCut?.();
    const hasRecord = await waitFor(() => hasEnded, listeners, 3 * listenerMs + MARGIN_MS);
    stopServer.abort();
    const report = await orHung(serving, MARGIN_MS);
    const isHung = result === 'hung' || !hasRecord || report === 'hung';
    return {
      relay,
      succeeded: calls.filter(({ outcome }) => outcome === 'ok').length,
      failures: [...failureOfPoller(result), ...(report === 'hung' ? [] : failuresOfServer(report))],
      records: report === 'hung' ? [] : report.visits,
      ...(isHung ? { hung: result === 'hung' ? 'the poller' : hasRecord ? 'the server' : 'the connection' } : {}),
    };
  };

  return {
    name: 'polling',
    caller: 'listener',
    steps: 1,
    turn: () => ({ stage: 'rpc', step: 0 }),
    fromFirstCall: false,
    run,
    stop: () => Promise.resolve(),
  };
}

function failureOfPoller(result: (PollResult & PollObservation) | 'hung'): ReportedFailure[] {
  if (result === 'hung' || result.failure === undefined || result.observation === undefined) return [];
  const { id, shownAt, evidence } = result.failure;
  const { diagnosis } = describeFailure(id, result.observation);
  return [{ by: 'connector', id, shownAt, code: evidence.code, diagnosis }];
}

function failuresOfServer({ failures, verdict }: PollingReport): ReportedFailure[] {
  return failures.map(({ id, evidence }) => ({
    by: 'listener',
    id,
    shownAt: 'rpc',
    code: evidence.code,
    diagnosis: verdict.certainty,
  }));
}
