import type { Asked } from 'tentacle-protocol';
import { runAttempts } from '../attempts.js';
import { measureLine } from '../options.js';
import { ownIdentity } from '../own-identity.js';
import { planOf } from '../plan.js';
import type { AttemptRecord } from '../record.js';
import { attemptLine } from '../reporters/attempt-line.js';
import { heading } from '../reporters/heading.js';
import { terminalReport } from '../reporters/terminal.js';
import { withProxy } from '../with-proxy.js';
import type { Command, Io } from './command.js';

/** `tentacle-ping HOST`: from arguments to a report, printed. */
export const command: Command = { commandLine: measureLine, run };

async function run(asked: Asked & { kind: 'run' }, version: string, io: Io): Promise<number> {
  const { words, given } = asked;
  if (words.length > 1 || given.one('targets') !== undefined || given.has('all-addresses'))
    return (await import('./measure-targets.js')).measureManyTargets(asked, version, io);
  const plan = await withProxy(planOf(words, given), given, io);
  const identity = await ownIdentity(given, io);
  const { mode } = plan;
  if (mode.kind === 'idle') {
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
  if (!quiet) lines(heading(plan, identity.thumbprint));
  const onAttempt = quiet ? () => undefined : (record: AttemptRecord) => lines(attemptLine(record));
  const report = await runAttempts(plan, identity, version, onAttempt, io.stop);
  io.stdout(json ? `${JSON.stringify(report)}\n` : terminalReport(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}
