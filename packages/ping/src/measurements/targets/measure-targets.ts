import type { Identity } from 'tentacle-protocol';
import type { RunOptions } from '../../options/run-options.js';
import type { Report } from '../../report/report.js';
import type { LiveSession } from '../../session/session.js';
import { createTlsContext } from '../../session/tls-context.js';
import { measureLatency } from '../measure-latency.js';

/** Which targets to measure. */
export interface TargetsSettings {
  /** The options of each target; they differ in their targets only. */
  readonly targets: readonly RunOptions[];
  readonly concurrency: number;
  readonly identity: Identity;
  readonly version: string;
  /** @param index that of the target. */
  readonly onReport: (report: Report, index: number) => void;
  readonly onSession?: (session: LiveSession, index: number) => void;
  readonly stop: AbortSignal;
}

/**
 * Measures many targets, several at a time. Reports are handed over in the order in which they are complete. After the
 * signal, targets that were begun are reported and no other is begun.
 */
export async function measureTargets(settings: TargetsSettings): Promise<void> {
  const { targets, concurrency, identity, version, onReport, onSession, stop } = settings;
  const [first] = targets;
  if (first === undefined) return;
  const secureContext = createTlsContext(first, identity);
  let begun = 0;
  const work = async (): Promise<void> => {
    for (let index = begun++; !stop.aborted; index = begun++) {
      const options = targets[index];
      if (options === undefined) return;
      const report = await measureLatency({
        options,
        identity,
        version,
        stop,
        secureContext,
        // Of a target that works, a connection and several calls for what neither the table nor a verdict uses.
        remoteRecords: 'of-failures',
        onAttempt: () => undefined,
        onSession: (session) => onSession?.(session, index),
      });
      onReport(report, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, targets.length) }, work));
}
