import { list, type Screen, verdictText, warningsText, wrap } from 'tentacle-protocol/cli';
import type { DiagnosisReport, Status, DiagnosisStep } from '../diagnose/diagnosis-report.js';

/** Words of one width, so that a problem is visible at a glance without color. */
const MARKS: Readonly<Record<Status, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  problem: 'PROBLEM',
  unknown: 'unknown',
  skipped: 'skipped',
};

/** Names of steps for people, where the id is not one. */
const STEP_NAMES: Readonly<Partial<Record<string, string>>> = {
  local: 'this machine',
  'proxy-protocol': 'proxy header',
  'tls-offers': 'tls options',
  sni: 'server name',
  'web-certificate': 'web cert',
};

/** The longest name of a step: `this machine`. */
const NAME_WIDTH = 12;

/** One step on one line, or on as many lines as it needs. */
export function stepLine({ id, status, title, failure }: DiagnosisStep, width: number): string {
  const name = (STEP_NAMES[id] ?? id).padEnd(NAME_WIDTH);
  const failureId = failure === undefined ? '' : ` (${failure.id})`;
  const prefix = `${MARKS[status]}  ${name}  `;
  return `${wrap(`${title}${failureId}`, prefix, ' '.repeat(prefix.length), width)}\n`;
}

/** The conclusion: the verdict, the warnings, what is unknown, and the lines left in the peer's log. */
export function conclusionText(
  { verdict, otherFindings, warnings, unknown, traces }: DiagnosisReport,
  screen: Screen,
): string {
  const { width } = screen;
  return [
    '\n',
    verdictText(verdict, screen),
    ...otherFindings.map((finding) => `\nalso:\n${verdictText(finding, screen)}`),
    warningsText(warnings, width),
    list('still unknown', unknown, width),
    list("lines left in the peer's log", traces, width),
  ].join('');
}
