import { CallError, type ConnectionFacts, ConnectionTrace } from 'tentacle-protocol';
import {
  classify,
  durationText,
  type Counts,
  type EndedConnectionRecord,
  type EndingId,
  failureVerdict,
  type Observation,
  observe,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { nothingMeasuredVerdict } from '../../report/run-verdicts.js';
import type { PollingServerContext } from './polling-server-context.js';
import type { PollingTally, RejectedPoller } from './polling-tally.js';
import type { Poller, Subscription } from './subscriptions.js';

/** What a run was, apart from what it counted. */
interface PollingRun {
  readonly durationMs: number;
  readonly port: number;
  readonly ownThumbprint: string;
}

/**
 * The headline of a run, the first that applies: only rejected pollers; only clients that were silent after TLS; the most frequent failure; a subscription that
 * machines share; no poller; pollers without a certificate; lost connections; or that polling works.
 */
export function buildPollingVerdict(server: PollingServerContext, run: PollingRun): Verdict {
  const { durationMs, port, ownThumbprint } = run;
  const { tally, subscriptions } = server;
  const { ok, failed, cancelled } = tally;
  const counts: Counts = { sent: ok + failed + cancelled, ok, failed };
  const all = [...subscriptions.all.values()];
  const failure = (error: unknown, facts: Partial<ConnectionFacts>, elapsedUs = 0): Verdict => {
    const observation = observePolling(error, { port, timeoutUs: durationMs * 1000, ...facts }, elapsedUs);
    // It concerns the whole run, so not a share of its calls.
    return failureVerdict(classify(observation).id, observation, counts.sent, counts);
  };

  if (!all.some(({ pollers }) => pollers.size > 0)) {
    const latestRefused = [...tally.refused.values()].at(-1);
    if (latestRefused !== undefined) return failure(...refusal(latestRefused, [...tally.refused.values()]));
    const silent = silentClients(tally.connections.all());
    if (silent.length > 0)
      return failure(new CallError('SILENT_CLIENT'), { ownThumbprint, pollers: silent }, durationMs * 1000);
    if (failed === 0) return failure(new CallError('NO_POLLER'), {}, durationMs * 1000);
  }
  const [worst] = [...tally.failures.values()].sort((a, b) => b.count - a.count);
  if (worst !== undefined) {
    const facts = { ...worst.observation.facts, ...otherSubscriptions(all, worst.observation.facts.subscription) };
    return failureVerdict(worst.id, { ...worst.observation, facts }, worst, counts);
  }
  const shared = all.find(({ isShared }) => isShared);
  if (shared !== undefined) {
    const pollers = [...shared.pollers.values()].map(identify);
    return failure(new CallError('SUBSCRIPTION_SHARED'), { subscription: shared.id, pollers });
  }
  if (ok === 0) return nothingMeasuredVerdict();
  const uncertified = all.flatMap(({ pollers }) => [...pollers.values()]).filter((one) => one.thumbprint === null);
  if (uncertified.length > 0) {
    const facts = { pollers: uncertified.slice(0, NAMED_MAX).map(identify), ...peerKindOf(uncertified) };
    return failure(Object.assign(new Error(SERVED), { code: SERVED }), facts);
  }
  const lost = lostConnections(tally);
  if (lost.lostAfterUs.length >= LOSSES_MIN) return failure(new CallError('CONNECTIONS_LOST'), lost);
  return {
    id: 'ok',
    title: 'Polling works',
    means: `${ok === 1 ? '1 call was collected and answered.' : `All ${ok} completed calls were collected and answered.`}${lossText(lost.lostAfterUs)}`,
    // It states what was measured: calls that were answered, to pollers with a certificate. It says nothing about later.
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

/** Endings of clients that completed TLS and then sent nothing. */
const SILENT_ENDINGS: readonly string[] = [
  'trust.silent-client',
  'tls.reset-after',
  'probe.tls',
] satisfies readonly EndingId[];

/** The ending of a client that identified itself as one that calls Tentacles. */
const CLIENT_ENDING: EndingId = 'poll.client';

/** The code of pollers that were served without a certificate. */
const SERVED = 'SERVED_WITHOUT_CERTIFICATE';

/** One loss is a poller that was stopped. A second one shows that connections do not last. */
const LOSSES_MIN = 2;

/** How many are named: a machine that polls, or a few. */
const NAMED_MAX = 5;

/** Endings of polling connections that ended without END. */
const LOST_ENDINGS: readonly string[] = ['poll.lost', 'poll.silent'] satisfies readonly EndingId[];

/** Returns how long each lost connection had carried no message, and their subscription. */
function lostConnections({ connections }: PollingTally): Required<Pick<ConnectionFacts, 'lostAfterUs'>> {
  const lost = connections.all().filter(({ ending }) => LOST_ENDINGS.includes(ending));
  const [subscription] = lost.flatMap((record) => record.subscription ?? []);
  return { lostAfterUs: lost.map(({ idleUs = 0 }) => idleUs), ...omitUndefined({ subscription }) };
}

/** A sentence about a single loss, which the verdict does not change for; empty without one. */
function lossText([idleUs]: readonly number[]): string {
  return idleUs === undefined
    ? ''
    : ` 1 connection ended without END, ${durationText(idleUs)} after its last message: its poller was stopped, or a device in between cut it.`;
}

/** The subscriptions that were polled in place of one that was not. */
function otherSubscriptions(
  all: readonly Subscription[],
  id: string | undefined,
): Pick<ConnectionFacts, 'otherSubscriptions'> {
  const polled = all.filter(({ pollers }) => pollers.size > 0);
  if (id === undefined || polled.length === 0 || polled.some((one) => one.id === id)) return {};
  const named = polled.slice(0, NAMED_MAX).map((one) => {
    const [poller] = one.pollers.values();
    return { subscription: one.id, address: poller?.address ?? 'unknown' };
  });
  return { otherSubscriptions: named };
}

/** What all of them answered as; nothing where they differ, or where one was not identified. */
function peerKindOf(pollers: readonly Poller[]): Pick<ConnectionFacts, 'peerKind'> {
  const kinds = new Set(pollers.map(({ peer }) => peer?.kind));
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined ? { peerKind: kind } : {};
}

/**
 * Clients that completed TLS with a certificate and then sent nothing, the latest first. Health checks and browsers have no
 * certificate, and a client that calls Tentacles, as tentacle-ping does, identifies itself as one on other connections.
 */
function silentClients(ended: readonly EndedConnectionRecord[]): { address: string; thumbprint: string }[] {
  const silent = new Map<string, { address: string; thumbprint: string }>();
  for (const { ending, address, clientThumbprint: thumbprint } of ended.toReversed()) {
    if (thumbprint && SILENT_ENDINGS.includes(ending)) silent.set(`${address} ${thumbprint}`, { address, thumbprint });
  }
  for (const { ending, address, clientThumbprint } of ended)
    if (ending === CLIENT_ENDING) silent.delete(`${address} ${clientThumbprint ?? ''}`);
  return [...silent.values()].slice(0, NAMED_MAX);
}

/** The error for the latest rejected poller, and all pollers that were rejected for the same reason, latest first. */
function refusal(latest: RejectedPoller, refused: readonly RejectedPoller[]): [Error, Partial<ConnectionFacts>] {
  const code = latest.thumbprint === null ? 'REFUSED_NO_CERTIFICATE' : 'REFUSED_THUMBPRINT';
  const alike = refused.filter(({ thumbprint }) => (thumbprint === null) === (latest.thumbprint === null));
  return [Object.assign(new Error(code), { code }), { pollers: alike.reverse().map(identify) }];
}

function identify({ address, thumbprint }: { readonly address: string; readonly thumbprint: string | null }) {
  return { address, thumbprint };
}

function observePolling(
  error: unknown,
  facts: Partial<ConnectionFacts> & Pick<ConnectionFacts, 'port' | 'timeoutUs'>,
  elapsedUs: number,
): Observation {
  const trace = new ConnectionTrace({ host: facts.pollers?.[0]?.address ?? 'unknown', peerRole: 'poller', ...facts });
  trace.enterStage('rpc');
  const { signature, facts: observed } = observe(error, trace);
  return { signature: { ...signature, elapsedUs }, facts: observed };
}
