import { list, verdictText, warningsText, WIDTH, wrap } from 'tentacle-protocol';
import type { Diagnosis, Status, TakenStep } from '../diagnose/diagnosis.js';

/** Words of one width, so that what went wrong is seen at a glance also without colours. */
const MARKS: Readonly<Record<Status, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  problem: 'PROBLEM',
  unknown: 'unknown',
  skipped: 'skipped',
};

/** One step on its line, or on as many as it needs. */
export function stepLine({ id, status, title, failure }: TakenStep): string {
  const name = failure === undefined ? '' : ` (${failure.id})`;
  return `${wrap(`${title}${name}`, `${MARKS[status]}  ${id.padEnd(11)}  `, ' '.repeat(22), WIDTH)}\n`;
}

/** What the steps come to: verdict, warnings, what is unknown, and what the peer's log will hold. */
export function conclusion({ verdict, warnings, unknown, traces }: Diagnosis): string {
  return [
    '\n',
    verdictText(verdict),
    warningsText(warnings),
    list('still unknown', unknown),
    list("left in the peer's log", traces),
  ].join('');
}
