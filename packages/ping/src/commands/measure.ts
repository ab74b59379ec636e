import { type Identity } from 'tentacle-protocol';
import { type Environment, type ParsedCommand, RecordFile, UsageError } from 'tentacle-protocol/cli';
import { measureLatency } from '../measurements/latency.js';
import { loadClientIdentity } from '../options/client-identity.js';
import { type RunOptions, parseRunOptions } from '../options/run-options.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { attemptLine } from '../output/attempt-line.js';
import { heading } from '../output/heading.js';
import { terminalReport } from '../output/terminal.js';
import { resolveProxy } from '../options/resolve-proxy.js';

/** `tentacle-ping HOST`: from the arguments to the printed report. @returns the exit status. */
export async function run(
  asked: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { positionals, options } = asked;
  if (positionals.length > 1 || options.value('targets') !== undefined || options.flag('all-addresses')) {
    if (options.value('record') !== undefined)
      throw new UsageError('--record is for one target; run it once for each target');
    return (await import('./measure-targets.js')).measureManyTargets(asked, version, environment);
  }
  const plan = await resolveProxy(parseRunOptions(positionals, options), options, environment);
  const identity = await loadClientIdentity(options, environment);
  const { mode } = plan;
  if (mode.kind === 'idle') {
    if (options.value('record') !== undefined)
      throw new UsageError('--record writes attempts, and --idle has none; omit one of them');
    const { measureIdle } = await import('./measure-idle.js');
    return measureIdle({ ...plan, mode }, identity, options, version, environment);
  }
  if (mode.kind === 'transfer' || mode.kind === 'sizes') {
    const { measureData } = await import('./measure-data.js');
    return measureData({ ...plan, mode }, identity, options, version, environment);
  }
  const json = options.flag('json');
  const lines = json ? environment.stderr : environment.stdout;
  const quiet = options.flag('quiet');
  const file = openRecordFile(options.value('record'), plan, identity, version, environment);
  if (!quiet) lines(heading(plan, identity.thumbprint));
  const onAttempt = (record: AttemptRecord): void => {
    file?.add({ record });
    if (!quiet) lines(attemptLine(record));
  };
  const report = await measureLatency({ plan, identity, version, onAttempt, stop: environment.stop });
  // The file already has the records, line by line.
  file?.add({ report: { ...report, records: [], recordsDropped: report.attempts.sent } });
  file?.close();
  environment.stdout(json ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}

/** Opens the file that every attempt is written to, with its first line. @throws UsageError when it cannot be written. */
function openRecordFile(
  path: string | undefined,
  { host, port, way }: RunOptions,
  { thumbprint }: Identity,
  version: string,
  environment: Environment,
): RecordFile | undefined {
  if (path === undefined) return undefined;
  const header = {
    schema: 'tentacle-ping/records/1',
    tool: { name: 'tentacle-ping', version },
    startedAt: new Date().toISOString(),
    target: { host, port },
    throughProxy: way?.proxy !== undefined,
    ownThumbprint: thumbprint,
  };
  return RecordFile.open(path, header, (text) => environment.stderr(`tentacle-ping: ${text}\n`));
}
