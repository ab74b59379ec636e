import {
  type CertificateFacts,
  type Evidence,
  type FailureId,
  failureVerdict,
  type Stage,
  STAGES,
  type Target,
  type Verdict,
} from 'tentacle-protocol';
import type { Durations, DurationStats } from '../durations.js';
import type { RegistrationCheck } from './registration.js';
import type { PollingContext } from './polling-context.js';
import type { FailureCount, PollTally } from './poll-tally.js';

/** What is printed when polling begins. Plain JSON. */
export interface Polling {
  readonly schema: 'tentacle-pong/polling/1';
  readonly server: Target;
  readonly proxy?: Target;
  readonly subscription: string;
  readonly connections: number;
  /** Ours: the one that the server has to trust. */
  readonly thumbprint: string;
}

/** What came of polling. Plain JSON. */
export interface PollReport extends Omit<Polling, 'schema'> {
  readonly schema: 'tentacle-pong/poll-report/1';
  readonly tool: { readonly name: 'tentacle-pong'; readonly version: string };
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** tried = failed + stopped, always. */
  readonly tries: {
    readonly tried: number;
    /** The server took our identity. */
    readonly taken: number;
    readonly failed: number;
    /** In order, or being made, when the run ended. */
    readonly stopped: number;
    /** The most connections that were taken at one time. */
    readonly peak: number;
  };
  /** How many connections failed so. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Stages that at least one connection passed. Trust takes no time of its own. */
  readonly stages: Readonly<Partial<Record<Stage, Durations>>>;
  /** How long connections polled, from the identities to their end. */
  readonly polling?: Durations;
  /** Calls that were answered, by `service.method`. */
  readonly calls: Readonly<Record<string, number>>;
  /** From a call's arrival to its answer. */
  readonly answering?: Durations;
  /** From one message of the server to the null message after it: 30 s where there is no work. */
  readonly keepAlives?: Durations;
  readonly peer: {
    readonly address?: string;
    readonly thumbprint?: string;
    readonly tlsVersion?: string;
    readonly cipher?: string;
    readonly certificate?: CertificateFacts;
  };
  /** Absent when TLS never came about. */
  readonly registration?: RegistrationCheck;
  readonly failures: readonly {
    readonly id: FailureId;
    readonly count: number;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly evidence: Evidence;
  }[];
  readonly verdict: PollVerdict;
}

/** As ping's verdicts. `ok`: taken, and nothing failed. */
export type PollVerdict = Omit<Verdict, 'id'> & { readonly id: FailureId | 'ok' | 'nothing-measured' };

export function describePolling({ plan, proxy, subscription, thumbprint }: PollingContext): Polling {
  return {
    schema: 'tentacle-pong/polling/1',
    server: plan.server,
    ...(proxy === undefined ? {} : { proxy: { host: proxy.host, port: proxy.port } }),
    subscription,
    connections: plan.connections,
    thumbprint,
  };
}

export function buildPollReport(
  context: PollingContext,
  registration: RegistrationCheck | undefined,
  times: { readonly startedAt: string; readonly endedAt: string },
): PollReport {
  const { tally, version } = context;
  const { tried, taken, failed, stopped, peak, address, tlsVersion, cipher, certificate } = tally;
  const failures = [...tally.failures.values()].sort((a, b) => b.count - a.count);
  return {
    ...describePolling(context),
    schema: 'tentacle-pong/poll-report/1',
    tool: { name: 'tentacle-pong', version },
    ...times,
    tries: { tried, taken, failed, stopped, peak },
    outcomes: Object.fromEntries(failures.map(({ id, count }) => [id, count])),
    stages: Object.fromEntries(
      STAGES.flatMap((stage) => {
        const stats = tally.stages.get(stage);
        return stats === undefined ? [] : [[stage, stats.figures]];
      }),
    ),
    ...figures('polling', tally.polling),
    calls: Object.fromEntries([...tally.calls].sort(([, a], [, b]) => b - a)),
    ...figures('answering', tally.answering),
    ...figures('keepAlives', tally.keepAlives),
    peer: {
      ...(address === undefined ? {} : { address }),
      ...(certificate === undefined ? {} : { thumbprint: certificate.thumbprint, certificate }),
      ...(tlsVersion === undefined ? {} : { tlsVersion }),
      ...(cipher === undefined ? {} : { cipher }),
    },
    ...(registration === undefined ? {} : { registration }),
    failures: failures.map(({ sighting: _, ...failure }) => failure),
    verdict: verdictOf(tally, failures),
  };
}

function figures<Key extends string>(key: Key, stats: DurationStats): Partial<Record<Key, Durations>> {
  const made = stats.figures;
  return (made.count === 0 ? {} : { [key]: made }) as Partial<Record<Key, Durations>>;
}

/** The headline: the most frequent failure; else that the server takes us. */
function verdictOf(tally: PollTally, [first]: readonly FailureCount[]): PollVerdict {
  const { tried, taken, failed } = tally;
  if (first !== undefined) {
    const counts = { sent: tried, ok: tried - failed, failed };
    return failureVerdict(first.id, first.sighting, first.count, counts);
  }
  const sure = { kind: 'sure' } as const;
  if (taken === 0)
    return {
      id: 'nothing-measured',
      title: 'Nothing came of it yet',
      means: 'The run was stopped before a first connection had come about or failed, so nothing is known of the way.',
      certainty: { kind: 'unknown' },
      next: [{ who: 'you', action: 'Run again and let it go on for longer.' }],
    };
  const calls = [...tally.calls.values()].reduce((sum, count) => sum + count, 0);
  const messages = calls + tally.keepAlives.figures.count;
  return {
    id: 'ok',
    title: 'The server takes us as a poller',
    means:
      messages === 0
        ? 'Connections came about and were kept open; no message came yet. A server that has no work says so each 30 s.'
        : `Connections came about and none broke. Over them came ${number(calls, 'call')} and ${number(messages - calls, 'keep-alive')}.`,
    certainty: sure,
    next: [],
  };
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
