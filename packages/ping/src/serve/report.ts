import type { EndingId, Verdict, DurationFigures, DurationHistogram } from 'tentacle-protocol';
import type { FailureReport } from '../report/report.js';
import type { House } from './house.js';
import type { ServePlan } from './plan.js';
import type { Poller } from './subscriptions.js';
import type { CallRecord, RefusedPoller, VisitRecord } from './tally.js';
import { pollingVerdict } from './verdict.js';

/** Everything that a run measured which listened for pollers. Plain JSON; every output is a function of it. */
export interface PollingReport {
  readonly schema: 'tentacle-ping/polling-report/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  /** The options as they were understood. */
  readonly plan: ServePlan;
  /** That was listened on. */
  readonly port: number;
  /** The one that pollers have to trust. */
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
  /** How many calls ended so: `ok` and failure ids. Cancelled ones are not in it. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** From when a call was queued until a poller took it. */
  readonly collect?: DurationFigures;
  /** From when a poller took a call to its answer. */
  readonly roundTrip?: DurationFigures;
  /** From a null message to the poller's next word: one round trip too. */
  readonly keepAlive?: DurationFigures;
  readonly subscriptions: readonly SubscriptionReport[];
  /** Who was refused for his certificate, the latest last. */
  readonly refused: readonly RefusedPoller[];
  readonly connections: { readonly total: number; readonly peak: number };
  /** How many connections ended so; together with those that were open when the run ended, `connections.total`. */
  readonly endings: Readonly<Partial<Record<EndingId, number>>>;
  readonly failures: readonly FailureReport[];
  readonly verdict: Verdict;
  /** The last calls, failures apart from successes. */
  readonly records: readonly CallRecord[];
  readonly recordsDropped: number;
  /** The last connections of each ending. */
  readonly visits: readonly VisitRecord[];
  readonly visitsDropped: number;
}

/** One subscription, and who polled for it. */
export interface SubscriptionReport {
  readonly subscription: string;
  /** The most connections at one time. */
  readonly peak: number;
  /** How often a call was taken by another machine than the one before it. */
  readonly switches: number;
  readonly pollers: readonly Poller[];
}

export interface Times {
  readonly startedAt: string;
  readonly endedAt: string;
}

/** The report of a run, from what was counted and who came. */
export function pollingReportOf(house: House, port: number, ownThumbprint: string, times: Times): PollingReport {
  const { tally, plan, version, subscriptions } = house;
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
    failures: failures.map(({ sighting: _, ...failure }) => failure),
    verdict: pollingVerdict(house, Date.parse(times.endedAt) - Date.parse(times.startedAt), port),
    records: tally.calls.all(),
    recordsDropped: tally.calls.dropped,
    visits: tally.visits.all(),
    visitsDropped: tally.visits.dropped,
  };
}

function stage<Key extends string>(key: Key, stats: DurationHistogram): Partial<Record<Key, DurationFigures>> {
  return (stats.count === 0 ? {} : { [key]: stats.figures }) as Partial<Record<Key, DurationFigures>>;
}
