import {
  classify,
  type Counts,
  type ConnectionFacts,
  failureVerdict,
  nothingMeasured,
  PollError,
  type Sighting,
  sight,
  ConnectionTrace,
  type Verdict,
} from 'tentacle-protocol';
import type { House } from './house.js';

/**
 * The headline: who was kept out, where nobody else came; the most frequent failure; machines that share a
 * subscription; that nobody came; or that all is well.
 */
export function pollingVerdict(house: House, spanMs: number, port: number): Verdict {
  const { tally, subscriptions } = house;
  const { ok, failed, cancelled } = tally;
  const counts: Counts = { sent: ok + failed + cancelled, ok, failed };
  const all = [...subscriptions.all.values()];
  const found = (error: unknown, facts: Partial<ConnectionFacts>, elapsedUs = 0): Verdict => {
    const sighting = sightingOf(error, { port, timeoutUs: spanMs * 1000, ...facts }, elapsedUs);
    // Of the whole run, and so of no share of its calls.
    return failureVerdict(classify(sighting).id, sighting, counts.sent, counts);
  };

  if (!all.some(({ pollers }) => pollers.size > 0)) {
    const refused = [...tally.refused.values()].reverse();
    const [last] = refused;
    if (last === undefined && failed === 0) return found(new PollError('NOBODY_POLLED'), {}, spanMs * 1000);
    if (last !== undefined) {
      const code = last.thumbprint === null ? 'REFUSED_NO_CERTIFICATE' : 'REFUSED_THUMBPRINT';
      const pollers = refused.filter(({ thumbprint }) => (thumbprint === null) === (last.thumbprint === null));
      return found(Object.assign(new Error(code), { code }), { pollers: pollers.map(nameOf) });
    }
  }
  const [first] = [...tally.failures.values()].sort((a, b) => b.count - a.count);
  if (first !== undefined) return failureVerdict(first.id, first.sighting, first.count, counts);
  const shared = all.find(({ isShared }) => isShared);
  if (shared !== undefined) {
    const pollers = [...shared.pollers.values()].map(nameOf);
    return found(new PollError('SUBSCRIPTION_SHARED'), { subscription: shared.id, pollers });
  }
  if (ok === 0) return nothingMeasured();
  return {
    id: 'ok',
    title: 'Polling works',
    means: `All ${ok} calls that ended were collected and answered.`,
    certainty: { kind: 'sure' },
    next: [],
  };
}

function nameOf({ address, thumbprint }: { readonly address: string; readonly thumbprint: string | null }) {
  return { address, thumbprint };
}

function sightingOf(
  error: unknown,
  facts: Partial<ConnectionFacts> & Pick<ConnectionFacts, 'port' | 'timeoutUs'>,
  elapsedUs: number,
): Sighting {
  const trace = new ConnectionTrace({ host: facts.pollers?.[0]?.address ?? 'nobody', peerRole: 'poller', ...facts });
  trace.enterStage('rpc');
  const { symptom, facts: seen } = sight(error, trace);
  return { symptom: { ...symptom, elapsedUs }, facts: seen };
}
