import type { Identity } from 'tentacle-protocol';
import type { RunOptions } from '../../options/run-options.js';
import type { Report } from '../../report/report.js';
import { createTlsContext } from '../../session/tls-context.js';
import { measureLatency } from '../measure-latency.js';

/** Which targets to measure. */
export interface TargetsSettings {
  /** The options of each target; they differ in their targets only. */
  readonly targets: readonly RunOptions[];
  readonly concurrency: number;
  readonly identity: Identity;
  readonly version: string;
  readonly onReport: (report: Report) => void;
  readonly stop: AbortSignal;
}

/**
 * Measures many targets, several at a time. Reports are handed over in the order of the targets, each as soon as it and
 * all before it are complete. After the signal, targets that were begun are reported and no other is begun.
 */
export async function measureTargets(settings: TargetsSettings): Promise<void> {
  const { targets, concurrency, identity, version, onReport, stop } = settings;
  const [first] = targets;
  if (first === undefined) return;
  const secureContext = createTlsContext(first, identity);
  const complete = new Map<number, Report>();
  let begun = 0;
  let reported = 0;
  const work = async (): Promise<void> => {
    for (let index = begun++; !stop.aborted; index = begun++) {
      const options = targets[index];
      if (options === undefined) return;
      const session = { options, identity, version, stop, secureContext };
      complete.set(index, await measureLatency({ ...session, onAttempt: () => undefined }));
      for (let next = complete.get(reported); next !== undefined; next = complete.get(reported)) {
        complete.delete(reported++);
        onReport(next);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, work));
}
