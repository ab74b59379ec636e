import type { Identity } from 'tentacle-protocol';
import { runAttempts } from '../../session/run-session.js';
import type { Report } from '../../report/report.js';
import { createTlsContext } from '../../session/tls-context.js';
import type { Plan } from '../../plan.js';
import { measureRoundTrip } from '../../session/exchange.js';

/**
 * Measure many targets, so many at a time. Reports are given in the order of the plans, each as soon as it and all
 * before it are there; when the signal comes, those that were begun are reported and no other is begun.
 */
export async function measureTargets(
  plans: readonly Plan[],
  atATime: number,
  identity: Identity,
  version: string,
  onReport: (report: Report) => void,
  stop: AbortSignal,
): Promise<void> {
  // The plans differ in their targets only.
  const [first] = plans;
  const secureContext = first && createTlsContext(first, identity);
  const waiting = new Map<number, Report>();
  let begun = 0;
  let given = 0;
  const drive = async (): Promise<void> => {
    for (let index = begun++; !stop.aborted; index = begun++) {
      const plan = plans[index];
      if (plan === undefined) return;
      waiting.set(
        index,
        await runAttempts(plan, identity, version, () => undefined, stop, measureRoundTrip, secureContext),
      );
      for (let next = waiting.get(given); next !== undefined; next = waiting.get(given)) {
        waiting.delete(given++);
        onReport(next);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, plans.length) }, drive));
}
