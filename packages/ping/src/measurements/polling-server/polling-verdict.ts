import { CallError, type ConnectionFacts, ConnectionTrace } from 'tentacle-protocol';
import {
  classify,
  type Counts,
  failureVerdict,
  type Observation,
  observe,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import { nothingMeasuredVerdict } from '../../report/run-verdicts.js';
import type { PollingServerContext } from './polling-server-context.js';
import type { RejectedPoller } from './polling-tally.js';

/**
 * The headline of a run, the first that applies: only rejected pollers; the most frequent failure; a subscription that
 * machines share; no poller; or that polling works.
 */
export function buildPollingVerdict(server: PollingServerContext, durationMs: number, port: number): Verdict {
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
    if (failed === 0) return failure(new CallError('NO_POLLER'), {}, durationMs * 1000);
  }
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count);
  if (first !== undefined) return failureVerdict(first.id, first.observation, first.count, counts);
  const shared = all.find(({ isShared }) => isShared);
  if (shared !== undefined) {
    const pollers = [...shared.pollers.values()].map(identify);
    return failure(new CallError('SUBSCRIPTION_SHARED'), { subscription: shared.id, pollers });
  }
  if (ok === 0) return nothingMeasuredVerdict();
  return {
    id: 'ok',
    title: 'Polling works',
    means: ok === 1 ? '1 call was collected and answered.' : `All ${ok} completed calls were collected and answered.`,
    certainty: { kind: 'conclusive' },
    next: [],
  };
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
