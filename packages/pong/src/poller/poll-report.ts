import {
  CallError,
  type CertificateFacts,
  type ConnectionFacts,
  ConnectionTrace,
  type Stage,
  STAGES,
} from 'tentacle-protocol';
import { type Target, type DurationFigures, type DurationHistogram, omitUndefined } from 'tentacle-protocol/cli';
import {
  counted,
  type Evidence,
  type FailureId,
  failureOf,
  failureVerdict,
  observe,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import type { PollFindings } from './poll.js';
import type { PolledServer, RegistrationCheck } from './registration.js';
import { initialFacts, type PollingContext } from './polling-context.js';
import type { FailureCount, PollTally } from './poll-tally.js';

/** What is printed when polling begins. Plain JSON. */
export interface Polling {
  readonly schema: 'tentacle-pong/polling/1';
  readonly server: Target;
  readonly proxy?: Target;
  readonly subscription: string;
  readonly connections: number;
  /** The thumbprint of this Tentacle's certificate, which the server must trust. */
  readonly thumbprint: string;
}

/** The result of a polling run. Plain JSON. */
export interface PollReport extends Omit<Polling, 'schema'> {
  readonly schema: 'tentacle-pong/poll-report/1';
  readonly tool: { readonly name: 'tentacle-pong'; readonly version: string };
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** Connections; tried = failed + stopped, always. */
  readonly tries: {
    readonly tried: number;
    /** The server accepted the identity. */
    readonly taken: number;
    readonly failed: number;
    /** Working, or being established, when the run ended. */
    readonly stopped: number;
    /** The most that were accepted at one time. */
    readonly peak: number;
  };
  /** Number of connections per failure id. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Stages that at least one connection completed. Trust takes no time of its own. */
  readonly stages: Readonly<Partial<Record<Stage, DurationFigures>>>;
  /** How long connections polled, from the identities to their end. */
  readonly polling?: DurationFigures;
  /** Calls that were answered, by `service.method`. */
  readonly calls: Readonly<Record<string, number>>;
  /** From a call's arrival to its answer. */
  readonly answering?: DurationFigures;
  /** From one message of the server to the null message after it: 30 s without work. */
  readonly keepAlives?: DurationFigures;
  readonly peer: {
    readonly address?: string;
    readonly thumbprint?: string;
    readonly tlsVersion?: string;
    readonly cipher?: string;
    readonly certificate?: CertificateFacts;
  };
  /** Absent when TLS was never established. */
  readonly registration?: RegistrationCheck;
  /** The servers that answered repeated checks. A poller collects work only from those that its connections reached. */
  readonly servers?: readonly PolledServer[];
  readonly failures: readonly {
    readonly id: FailureId;
    readonly count: number;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly evidence: Evidence;
  }[];
  readonly verdict: PollVerdict;
}

/** A verdict like ping's. `ok`: accepted, and nothing failed. */
export type PollVerdict = Omit<Verdict, 'id'> & { readonly id: FailureId | 'ok' | 'nothing-measured' };

export function describePolling({ plan, proxy, subscription, thumbprint }: PollingContext): Polling {
  return {
    schema: 'tentacle-pong/polling/1',
    server: plan.server,
    ...omitUndefined({ proxy: proxy && { host: proxy.host, port: proxy.port } }),
    subscription,
    connections: plan.connections,
    thumbprint,
  };
}

export function buildPollReport(
  context: PollingContext,
  { registration, servers }: PollFindings,
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
    peer: omitUndefined({ address, thumbprint: certificate?.thumbprint, certificate, tlsVersion, cipher }),
    ...omitUndefined({ registration, servers }),
    failures: failures.map(({ observation: _, ...failure }) => failure),
    verdict: buildVerdict(context, failures, servers ?? []),
  };
}

function figures<Key extends string>(key: Key, stats: DurationHistogram): Partial<Record<Key, DurationFigures>> {
  const durations = stats.figures;
  return (durations.count === 0 ? {} : { [key]: durations }) as Partial<Record<Key, DurationFigures>>;
}

/** Nodes of one installation show the same certificate and page, so that others behind a balancer stay unseen. */
const ONE_NODE = 'If several nodes share this address, this holds only for those that these connections reached.';

/** Several servers answer: work that another one has is not collected. */
function severalServersVerdict(context: PollingContext, servers: readonly PolledServer[]): PollVerdict {
  const { tried, failed } = context.tally;
  const trace = new ConnectionTrace({ ...initialFacts(context), servers });
  trace.enterStage('rpc');
  const observation = observe(new CallError('SEVERAL_SERVERS'), trace);
  return failureVerdict(failureOf(observation).id, observation, tried, { sent: tried, ok: tried - failed, failed });
}

/** A server requests a certificate of each poller: what terminates TLS here is not the server that accepted. */
function uncertifiedVerdict({ tally: { tried, failed } }: PollingContext, facts: ConnectionFacts): PollVerdict {
  const trace = new ConnectionTrace(facts);
  trace.enterStage('rpc');
  const code = 'CERTIFICATE_NOT_REQUESTED';
  const observation = observe(Object.assign(new Error(code), { code }), trace);
  return failureVerdict(failureOf(observation).id, observation, tried, { sent: tried, ok: tried - failed, failed });
}

/** The headline: the most frequent failure; otherwise that the server accepts this poller. */
function buildVerdict(
  context: PollingContext,
  [first]: readonly FailureCount[],
  servers: readonly PolledServer[],
): PollVerdict {
  const { tally } = context;
  const { tried, taken, failed } = tally;
  if (first !== undefined) {
    const counts = { sent: tried, ok: tried - failed, failed };
    const verdict = failureVerdict(first.id, first.observation, first, counts);
    // What is proven explains more than a failure with several causes.
    if (tally.uncertified !== undefined && verdict.certainty.kind !== 'conclusive')
      return uncertifiedVerdict(context, tally.uncertified);
    return { ...verdict, means: `${verdict.means}${carriedText(tally)}` };
  }
  if (taken === 0)
    return {
      id: 'nothing-measured',
      title: 'No result yet',
      means:
        'The run was stopped before the first connection was established or failed. Nothing is known about the path.',
      certainty: { kind: 'unknown' },
      next: [{ who: 'you', action: 'Run the command again and let it run longer.' }],
    };
  if (tally.uncertified !== undefined) return uncertifiedVerdict(context, tally.uncertified);
  if (servers.length > 1) return severalServersVerdict(context, servers);
  const { calls, keepAlives } = messagesOf(tally);
  const messages = calls + keepAlives;
  return {
    id: 'ok',
    title: 'The server accepts this poller',
    means:
      messages === 0
        ? `All connections stayed up. No message has been received yet: a server without work sends one each 30 s. ${ONE_NODE}`
        : `All connections stayed up. They carried ${counted(calls, 'call')} and ${counted(keepAlives, 'keep-alive')}. ${ONE_NODE}`,
    // It states what was seen of the node that was reached, and says so.
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

function messagesOf({ calls, keepAlives }: PollTally): { calls: number; keepAlives: number } {
  return {
    calls: [...calls.values()].reduce((sum, answered) => sum + answered, 0),
    keepAlives: keepAlives.figures.count,
  };
}

/** What worked beside the failures, in a sentence: a connection that was accepted and then lost counts among them. */
function carriedText(tally: PollTally): string {
  if (tally.taken === 0) return '';
  const { calls, keepAlives } = messagesOf(tally);
  return ` The server accepted ${tally.taken} of ${counted(tally.tried, 'connection')}, which carried ${counted(calls, 'call')} and ${counted(keepAlives, 'keep-alive')}.`;
}
