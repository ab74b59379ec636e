import {
  type Environment,
  type ParsedCommand,
  type ParsedOptions,
  parseRecordMax,
  UsageError,
} from 'tentacle-protocol/cli';
import { loadClientIdentity } from '../options/client-identity.js';
import { parseReportTextOptions } from '../options/report-text-options.js';
import { resolveProxy } from '../options/resolve-proxy.js';
import { parseThresholds, type Threshold } from '../options/thresholds.js';
import { ReportOutput } from './report-output.js';
import { requireOpenFiles } from '../options/require-open-files.js';
import { parseRunOptions } from '../options/run-options.js';
import type { MeasureRun } from './measure/measure-run.js';

/** `tentacle-ping HOST...`: measures one host or several. @returns the exit status. */
export async function run(
  command: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { positionals, options: parsed } = command;
  parseRecordMax(parsed);
  parseReportTextOptions(parsed);
  if (parsed.flag('csv') && parsed.flag('json'))
    throw new UsageError('--csv and --json exclude each other; use one of them');
  const thresholds = parseThresholds(parsed);
  if (positionals.length > 1 || parsed.value('targets') !== undefined || parsed.flag('all-addresses')) {
    if (parsed.value('record') !== undefined)
      throw new UsageError('--record is for one target; run it once for each target');
    const { measureManyTargets } = await import('./measure/targets.js');
    return measureManyTargets(command, thresholds, version, environment);
  }
  const options = await resolveProxy(parseRunOptions(positionals, parsed), parsed, environment);
  requireOpenFiles(options.concurrency);
  const { mode } = options;
  if ((mode.kind === 'idle' || mode.kind === 'sizes') && parsed.value('record') !== undefined)
    throw new UsageError(
      `--record writes attempts, and --${mode.kind} has none; leave it out, and keep the result with --json --output FILE`,
    );
  if (mode.kind === 'idle' || mode.kind === 'sizes') rejectOfAttempts(mode.kind, parsed, thresholds);
  const identity = await loadClientIdentity(parsed, environment);
  const output = await ReportOutput.open(parsed, version, environment);
  const settings = {
    identity,
    output,
    thresholds,
    parsed,
    version,
    environment,
  };
  try {
    return output.status(await measure({ ...settings, options }));
  } finally {
    output.close();
  }
}

/** Measures what the options request. @returns the exit status. */
async function measure({ options, ...settings }: MeasureRun): Promise<number> {
  const { mode } = options;
  switch (mode.kind) {
    case 'round-trips':
      return (await import('./measure/round-trips.js')).measureRoundTrips({ ...settings, options });
    case 'idle':
      return (await import('./measure/idle.js')).measureIdle({ ...settings, options: { ...options, mode } });
    case 'transfer':
      return (await import('./measure/transfers.js')).measureData({ ...settings, options: { ...options, mode } });
    case 'sizes':
      return (await import('./measure/sizes.js')).findSizeLimits({ ...settings, options: { ...options, mode } });
  }
}

/** Options that concern attempts have no effect on searches for a limit. @throws UsageError */
function rejectOfAttempts(mode: 'idle' | 'sizes', parsed: ParsedOptions, [threshold]: readonly Threshold[]): void {
  if (parsed.flag('csv'))
    throw new UsageError(`--csv writes attempts, and --${mode} has none; use --json, or leave it out`);
  if (threshold !== undefined)
    throw new UsageError(`--${threshold.name} concerns attempts, and --${mode} has none; leave it out`);
}
