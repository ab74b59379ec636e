import {
  count,
  mark,
  type MarkKind,
  markWidth,
  padEnd,
  type Screen,
  styled,
  textWidth,
  verdictText,
  warningsText,
  wrap,
} from 'tentacle-protocol/cli';
import type { DiagnosisReport, DiagnosisStep, Status } from '../diagnose/diagnosis-report.js';
import { stepName } from '../diagnose/step-name.js';
import { furtherReading } from './further-reading.js';

const MARKS: Readonly<Record<Status, MarkKind>> = {
  ok: 'good',
  warning: 'warning',
  problem: 'bad',
  unknown: 'unknown',
  skipped: 'none',
};

/** The longest name of a step: `this machine`. */
const NAME_WIDTH = 12;

/** On a narrower terminal, what is beneath a step begins under its name: a column of its own would hold few words. */
const WIDE_COLUMNS = 60;

/** The first line: the target. */
export function diagnosisHeading({ host, port }: DiagnosisReport['target']): string {
  return `${styled('strong', `${host}:${port}`)}\n`;
}

/**
 * Prints the steps of a diagnosis as they finish: a line each, with what was observed beneath a problem, and beneath each
 * with `--verbose`. Steps that one reason prevents share a line.
 */
export class StepPrinter {
  readonly #print: (text: string) => void;
  readonly #screen: Screen;
  readonly #isVerbose: boolean;
  /** Skipped steps in a row, all for the same reason. */
  #skipped: DiagnosisStep[] = [];

  constructor(print: (text: string) => void, screen: Screen, isVerbose: boolean) {
    this.#print = print;
    this.#screen = screen;
    this.#isVerbose = isVerbose;
  }

  step(step: DiagnosisStep): void {
    const [first] = this.#skipped;
    if (step.status !== 'skipped' || (first !== undefined && first.title !== step.title)) this.end();
    if (step.status === 'skipped' && !this.#isVerbose) this.#skipped.push(step);
    else this.#print(stepText(step, this.#screen, this.#isVerbose));
  }

  /** Prints what was held back. */
  end(): void {
    const steps = this.#skipped;
    this.#skipped = [];
    const [first] = steps;
    if (first === undefined) return;
    if (steps.length === 1) this.#print(stepText(first, this.#screen, false));
    else this.#print(skippedText(steps, first.title, this.#screen));
  }
}

function stepText(step: DiagnosisStep, screen: Screen, isVerbose: boolean): string {
  const { id, status, title, details = [], failure } = step;
  const { width } = screen;
  const prefix = stepPrefix(status, stepName(id), screen);
  const indent = hangingIndent(prefix, screen);
  const isFine = status === 'ok' || status === 'skipped';
  const text = status === 'skipped' ? styled('dim', title) : title;
  const failureId = failure === undefined ? '' : `(${failure.id})`;
  const hasRoom = textWidth(prefix) + textWidth(title) + 1 + failureId.length <= width;
  const lines = [wrap(failureId === '' || !hasRoom ? text : `${text} ${failureId}`, prefix, indent, width)];
  if (failureId !== '' && !hasRoom) lines.push(wrap(failureId, indent, indent, width));
  if (!isFine || isVerbose)
    lines.push(...details.map((detail) => wrap(isFine ? styled('dim', detail) : detail, indent, indent, width)));
  return `${lines.join('\n')}\n`;
}

/** Steps that were not run, by their names, and the one reason. */
function skippedText(steps: readonly DiagnosisStep[], reason: string, screen: Screen): string {
  const prefix = stepPrefix('skipped', 'not tested', screen);
  const names = steps.map(({ id }) => stepName(id)).join(', ');
  const lines = [reason, names].map((text, i) => {
    const indent = hangingIndent(prefix, screen);
    return wrap(styled('dim', text), i === 0 ? prefix : indent, indent, screen.width);
  });
  return `${lines.join('\n')}\n`;
}

function stepPrefix(status: Status, name: string, screen: Screen): string {
  return `  ${padEnd(mark(MARKS[status], screen), markWidth(screen))} ${padEnd(name, NAME_WIDTH)}  `;
}

function hangingIndent(prefix: string, screen: Screen): string {
  return ' '.repeat(screen.width < WIDE_COLUMNS ? 3 + markWidth(screen) : textWidth(prefix));
}

/** How many findings are beside the verdict: the lines of their steps name them. */
function otherFindingsText({ length }: DiagnosisReport['otherFindings']): string {
  return length === 0 ? '' : `  ${styled('dim', `${count(length, 'more finding')}: --verbose`)}\n`;
}

/** The conclusion: the verdict, warnings, what the run leaves in the peer's log, and where to read more. */
export function conclusionText(report: DiagnosisReport, screen: Screen, isVerbose: boolean): string {
  const { target, verdict, otherFindings, warnings, unknown } = report;
  const { width } = screen;
  const parts = [
    ...(isVerbose ? otherFindings.map((finding) => verdictText(finding, screen, { isVerbose })) : []),
    `${verdictText(verdict, screen, { isVerbose, tentacleHost: target.host })}${isVerbose ? '' : otherFindingsText(otherFindings)}`,
    warningsText(warnings, width),
    isVerbose ? listText('Still unknown', unknown, width) : '',
    tracesText(report, screen, isVerbose),
    furtherReading(verdict.id, isVerbose),
  ];
  return parts.flatMap((part) => (part === '' ? [] : ['\n', part])).join('');
}

/** The lines that the run leaves in the peer's log, so that its administrator does not take them for a fault. */
function tracesText({ traces }: DiagnosisReport, { width }: Screen, isVerbose: boolean): string {
  if (traces.length === 0) return '';
  if (isVerbose) return listText("Lines left in the peer's log", traces, width);
  const text = `This run left ${count(traces.length, 'kind')} of lines in the peer's log; --verbose lists them.`;
  return `${wrap(styled('dim', text), '  ', '  ', width)}\n`;
}

/** A titled list; empty for no items. */
function listText(title: string, items: readonly string[], width: number): string {
  if (items.length === 0) return '';
  const lines = items.map((item) => `${wrap(item, '  - ', '    ', width)}\n`);
  return `  ${styled('strong', title)}\n${lines.join('')}`;
}
