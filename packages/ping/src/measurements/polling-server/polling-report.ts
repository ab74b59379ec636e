import { type DurationFigures, type DurationHistogram } from 'tentacle-protocol/cli';
import { type EndedConnectionRecord, type EndingId, type Verdict } from 'tentacle-protocol/diagnostics';
import type { FailureReport } from '../../report/report.js';
import type { PollingServerOptions } from '../../options/polling-server-options.js';
import type { PollingServerContext } from './polling-server-context.js';
import type { CallRecord, RejectedPoller } from './polling-tally.js';
import { buildPollingVerdict } from './polling-verdict.js';
import type { Poller } from './subscriptions.js';

/** Everything that a polling server measured in a run. Plain JSON; every output is a function of it. */
export interface PollingReport {
  readonly schema: 'tentacle-ping/polling-report/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  /** The options in effect. */
  readonly plan: PollingServerOptions;
  /** The port that it listened on. */
  readonly port: number;
  /** The thumbprint that pollers have to trust. */
  readonly ownThumbprint: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** queued = ok + failed + cancelled, always. */
  readonly calls: {
    readonly queued: number;
    readonly ok: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  /** Number of calls per outcome: `ok` and failure ids. Canceled calls are not included. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** From when a call was queued until a poller collected it. */
  readonly collect?: DurationFigures;
  /** From when a poller collected a call to its answer. */
  readonly roundTrip?: DurationFigures;
  /** From a null message to the poller's next message: one round trip, too. */
  readonly keepAlive?: DurationFigures;
  readonly subscriptions: readonly SubscriptionReport[];
  /** Pollers that were rejected because of their certificate, the latest last. */
  readonly refused: readonly RejectedPoller[];
  readonly connections: { readonly total: number; readonly peak: number };
  /** Number of connections per ending; with those that were open when the run ended, they sum to `connections.total`. */
  readonly endings: Readonly<Partial<Record<EndingId, number>>>;
  readonly failures: readonly FailureReport[];
  readonly verdict: Verdict;
  /** The last calls, failures apart from successes. */
  readonly records: readonly CallRecord[];
  readonly recordsDropped: number;
  /** The last connections of each ending. */
  readonly visits: readonly EndedConnectionRecord[];
  readonly visitsDropped: number;
}

/** One subscription, and the machines that polled for it. */
export interface SubscriptionReport {
  readonly subscription: string;
  /** The most connections at one time. */
  readonly peak: number;
  /** How often a call was taken by another machine than the call before it. */
  readonly switches: number;
  readonly pollers: readonly Poller[];
}

export interface Times {
  readonly startedAt: string;
  readonly endedAt: string;
}

/** Returns the report of a run, from what it counted. */
export function buildPollingReport(
  server: PollingServerContext,
  port: number,
  ownThumbprint: string,
  times: Times,
): PollingReport {
  const { tally, plan, version, subscriptions } = server;
  const { ok, failed, cancelled, total, peak } = tally;
  const failures = [...tally.failures.values()].sort((a, b) => b.count - a.count);
  return {
    schema: 'tentacle-ping/polling-report/1',
    tool: { name: 'tentacle-ping', version },
    plan,
    port,
    ownThumbprint,
    ...times,
    calls: { queued: ok + failed + cancelled, ok, failed, cancelled },
    outcomes: { ...(ok === 0 ? {} : { ok }), ...Object.fromEntries(failures.map(({ id, count }) => [id, count])) },
    ...stage('collect', tally.collect),
    ...stage('roundTrip', tally.roundTrip),
    ...stage('keepAlive', tally.keepAlive),
    subscriptions: [...subscriptions.all.values()].map(({ id, peak: most, switches, pollers }) => {
      return { subscription: id, peak: most, switches, pollers: [...pollers.values()] };
    }),
    refused: [...tally.refused.values()],
    connections: { total, peak },
    endings: Object.fromEntries([...tally.endings].sort(([, a], [, b]) => b - a)),
    failures: failures.map(({ observation: _, ...failure }) => failure),
    verdict: buildPollingVerdict(server, {
      durationMs: Date.parse(times.endedAt) - Date.parse(times.startedAt),
      port,
      ownThumbprint,
    }),
    records: tally.calls.all(),
    recordsDropped: tally.calls.dropped,
    visits: tally.connections.all(),
    visitsDropped: tally.connections.dropped,
  };
}

function stage<Key extends string>(key: Key, stats: DurationHistogram): Partial<Record<Key, DurationFigures>> {
  return (stats.count === 0 ? {} : { [key]: stats.figures }) as Partial<Record<Key, DurationFigures>>;
}
