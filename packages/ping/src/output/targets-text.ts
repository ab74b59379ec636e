import { count, ms, type Screen, verdictText, wrap } from 'tentacle-protocol/cli';
import { type FailureId, failureDefinition } from 'tentacle-protocol/diagnostics';
import type { TargetLine, TargetsReport } from '../measurements/targets/targets-report.js';

/** How many targets are named with a verdict; all of them are in the table. */
const NAMED_MAX = 8;

/** The table's head. @param widest the longest name of a target, in characters. */
export function targetsHead(widest: number): string {
  return `${'target'.padEnd(widest)}  ok/sent   p50 ms  verdict\n`;
}

/** One target's line of the table. */
export function targetRow(line: TargetLine, widest: number): string {
  const { attempts, p50Us, verdict } = line;
  const share = `${attempts.ok}/${attempts.sent}`.padStart(7);
  const time = (p50Us === undefined ? '-' : ms(p50Us)).padStart(7);
  const result = verdict.id === 'ok' ? 'ok' : `${verdict.id}: ${verdict.title}`;
  return `${targetName(line).padEnd(widest)}  ${share}  ${time}  ${result}\n`;
}

/** `host:port`, and the address where it is one of several. */
export function targetName({ host, port, address }: Pick<TargetLine, 'host' | 'port' | 'address'>): string {
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return address === undefined || address === host ? name : `${name} (${address})`;
}

/** The text below the table: how many targets have each verdict, and where to read on. */
export function targetsText(report: TargetsReport, screen: Screen): string {
  const { width } = screen;
  const { requested, targets, verdicts, verdict } = report;
  const stopped = targets.length < requested ? `; stopped before the other ${requested - targets.length}` : '';
  const lines = [`\n--- ${count(targets.length, 'target')}${stopped}\n`];
  for (const [id, times] of Object.entries(verdicts)) {
    const names = targets.filter((line) => line.verdict.id === id).map(targetName);
    const more = names.length > NAMED_MAX ? `, and ${names.length - NAMED_MAX} more` : '';
    const named = id === 'ok' ? '' : `: ${names.slice(0, NAMED_MAX).join(', ')}${more}`;
    lines.push(`${wrap(`${id}${named}`, `${String(times).padStart(6)}  `, ' '.repeat(10), width)}\n`);
  }
  if (verdict !== undefined) lines.push(verdictText(verdict, screen));
  const failures = Object.keys(verdicts).filter((id) => id.includes('.'));
  if (failures.length > 0) {
    lines.push('Next steps for each: tentacle-ping diagnose TARGET, or\n');
    for (const id of failures)
      lines.push(`  tentacle-ping explain ${id.padEnd(28)} ${failureDefinition(id as FailureId).title}\n`);
  }
  return lines.join('');
}
