import { type Asked, type Identity, RecordFile, UsageError } from 'tentacle-protocol';
import { measureLatency } from '../measurements/latency.js';
import { ownIdentity } from '../own-identity.js';
import { type Plan, planOf } from '../plan.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { attemptLine } from '../reporters/attempt-line.js';
import { heading } from '../reporters/heading.js';
import { terminalReport } from '../reporters/terminal.js';
import { withProxy } from '../with-proxy.js';
import type { Io } from './command.js';

/** `tentacle-ping HOST`: from the arguments to the printed report. @returns the exit status. */
export async function run(asked: Asked & { kind: 'run' }, version: string, io: Io): Promise<number> {
  const { words, given } = asked;
  if (words.length > 1 || given.one('targets') !== undefined || given.has('all-addresses')) {
    if (given.one('record') !== undefined)
      throw new UsageError('--record is for one target; run it once for each target');
    return (await import('./measure-targets.js')).measureManyTargets(asked, version, io);
  }
  const plan = await withProxy(planOf(words, given), given, io);
  const identity = await ownIdentity(given, io);
  const { mode } = plan;
  if (mode.kind === 'idle') {
    if (given.one('record') !== undefined)
      throw new UsageError('--record writes attempts, and --idle has none; omit one of them');
    const { measureIdle } = await import('./measure-idle.js');
    return measureIdle({ ...plan, mode }, identity, given, version, io);
  }
  if (mode.kind === 'transfer' || mode.kind === 'sizes') {
    const { measureData } = await import('./measure-data.js');
    return measureData({ ...plan, mode }, identity, given, version, io);
  }
  const json = given.has('json');
  const lines = json ? io.stderr : io.stdout;
  const quiet = given.has('quiet');
  const file = openRecordFile(given.one('record'), plan, identity, version, io);
  if (!quiet) lines(heading(plan, identity.thumbprint));
  const onAttempt = (record: AttemptRecord): void => {
    file?.add({ record });
    if (!quiet) lines(attemptLine(record));
  };
  const report = await measureLatency({ plan, identity, version, onAttempt, stop: io.stop });
  // The file already has the records, line by line.
  file?.add({ report: { ...report, records: [], recordsDropped: report.attempts.sent } });
  file?.close();
  io.stdout(json ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}

/** Opens the file that every attempt is written to, with its first line. @throws UsageError when it cannot be written. */
function openRecordFile(
  path: string | undefined,
  { host, port, way }: Plan,
  { thumbprint }: Identity,
  version: string,
  io: Io,
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
  return RecordFile.open(path, header, (text) => io.stderr(`tentacle-ping: ${text}\n`));
}
