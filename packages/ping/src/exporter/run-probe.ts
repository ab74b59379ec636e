import type { Environment, Target } from 'tentacle-protocol/cli';
import type { RunOptions } from '../options/run-options.js';
import type { Report } from '../report/report.js';
import { runAttempts } from '../session/run-attempts.js';
import { Session } from '../session/session.js';
import { probeOptions, type ProbeModule } from './load-modules.js';

/** One probe, when it has its turn. */
export interface ProbeRun {
  readonly module: ProbeModule;
  readonly target: Target;
  /** What is left of the time of its scrape. */
  readonly leftUs: number;
  readonly version: string;
  readonly environment: Pick<Environment, 'env'>;
  readonly stop: AbortSignal;
}

/**
 * For how long a probe whose attempt has reached its time limit may still find out why: by the peer's page, for example.
 * Half of the time by which it ends before Prometheus' limit.
 */
const AFTERMATH_US = 250_000;

/** Runs one attempt, or the search of the module. Whatever happens, there is a report. @throws UsageError for options of this target. */
export async function runProbe({ module, target, leftUs, version, environment, stop }: ProbeRun): Promise<Report> {
  const options = within(await probeOptions(module, target, environment), leftUs);
  const { identity, secureContext } = module;
  const settings = { identity, secureContext, version, stop };
  const { mode } = options;
  // Searches are loaded for modules that have one.
  if (mode.kind === 'idle') {
    const { measureIdleTimeout } = await import('../measurements/idle/measure-idle.js');
    return measureIdleTimeout({ ...settings, options: { ...options, mode }, onProgress: () => undefined });
  }
  if (mode.kind === 'sizes') {
    const { measureSizes } = await import('../measurements/sizes/measure-sizes.js');
    return measureSizes({ ...settings, options: { ...options, mode }, onTried: () => undefined });
  }
  const session = new Session({ ...settings, options });
  // Not what the other end recorded: that takes connections of its own.
  return session.report(await runAttempts(session, { onAttempt: () => undefined }));
}

/** The options with no more time than is left; an attempt that reaches its limit still has a failure. */
function within(options: RunOptions, leftUs: number): RunOptions {
  const timeoutUs = Math.max(1, Math.min(options.timeoutUs, leftUs));
  // A search has many attempts, and ends with what it has found by then.
  const allUs = options.mode.kind === 'round-trips' ? timeoutUs : Math.max(1, leftUs);
  return { ...options, timeoutUs, deadlineUs: allUs + AFTERMATH_US };
}
