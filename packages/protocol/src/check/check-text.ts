import { type Check, CHECK_STATUSES, type CheckGroup, type CheckStatus } from '../diagnostics/checks/check.js';
import { mark, type MarkKind, markWidth, type Screen } from '../text/screen.js';
import { styled } from '../text/style.js';
import { padEnd } from '../text/text-width.js';
import { count, wrap } from '../text/units.js';
import type { CheckGroupDefinition } from './check-context.js';
import type { CheckReport } from './check-report.js';
import { endpointsTable } from './endpoints/endpoints-table.js';
import type { ShownSteps } from './shown-steps.js';

const MARKS: Readonly<Record<CheckStatus, MarkKind>> = {
  ok: 'good',
  warning: 'warning',
  problem: 'bad',
  unknown: 'unknown',
  skipped: 'none',
};

/** Lines of evidence that are printed for a check without `--verbose`. */
const EVIDENCE_LINES_MAX = 6;

/** How the checks of a group are printed. */
export interface CheckTextOptions {
  /** The steps that were printed before. */
  readonly shown: ShownSteps;
  readonly screen: Screen;
  /** Print all evidence. */
  readonly isVerbose: boolean;
}

/** One group, once it is finished: each check on a line, with evidence and steps where something is wrong. */
export function groupText({ title }: CheckGroupDefinition, group: CheckGroup, options: CheckTextOptions): string {
  const { checks } = group;
  if (checks.length === 0) return '';
  const { screen } = options;
  const table = endpointsTable(checks, (status) => statusMark(status, screen), screen);
  const isSkipped = table === '' && checks.every(({ status }) => status === 'skipped');
  if (isSkipped) return skippedText(title, checks, screen);
  return `${styled('strong', title)}\n${table}${detailedChecks(checks)
    .map((check) => checkText(check, options))
    .join('')}`;
}

/** The mark of a status, with the spaces that align what follows. */
function statusMark(status: CheckStatus, screen: Screen): string {
  return padEnd(mark(MARKS[status], screen), markWidth(screen));
}

/** A group of which nothing applies to this host, with the reasons. */
function skippedText(title: string, checks: readonly Check[], screen: Screen): string {
  const reasons = checks.map((check) => check.title).join('; ');
  return `${wrap(styled('dim', `${title}: ${reasons}`), `${mark('none', screen)} `, '  ', screen.width)}\n`;
}

/** Names that are listed beside the one that is described. */
const OTHERS_MAX = 5;

/** The checks to describe below the table of endpoints: what works is in the table, and the same failure is described once. */
function detailedChecks(checks: readonly Check[]): Check[] {
  const isDetailed = ({ endpoint, status }: Check): boolean =>
    endpoint === undefined || (status !== 'ok' && status !== 'skipped');
  const detailed = checks.filter(isDetailed);
  return detailed.flatMap((check, i) => {
    const isLike = ({ id, status, endpoint }: Check): boolean =>
      endpoint !== undefined && id === check.id && status === check.status;
    if (check.endpoint === undefined) return [check];
    if (detailed.slice(0, i).some(isLike)) return [];
    const others = new Set(
      detailed
        .slice(i + 1)
        .filter(isLike)
        .map(({ endpoint }) => endpoint?.name ?? ''),
    );
    others.delete(check.endpoint.name);
    if (others.size === 0) return [check];
    const names = [...others].slice(0, OTHERS_MAX).join(', ');
    const more = others.size > OTHERS_MAX ? ` and ${others.size - OTHERS_MAX} more` : '';
    return [{ ...check, evidence: [`the same: ${names}${more}`, ...check.evidence] }];
  });
}

function checkText(check: Check, { shown, screen, isVerbose }: CheckTextOptions): string {
  const { status, title, id, means } = check;
  // Messages of logs have several lines.
  const evidence = check.evidence.flatMap((text) => text.split('\n'));
  const { width } = screen;
  const first = `  ${statusMark(status, screen)} `;
  const indent = ' '.repeat(3 + markWidth(screen));
  const line = (text: string): string => `${wrap(text, first, indent, width)}\n`;
  if (status === 'skipped') return line(styled('dim', title));
  if (status === 'ok') return line(title);
  const lines = isVerbose ? evidence : evidence.slice(0, EVIDENCE_LINES_MAX);
  const hidden = evidence.length - lines.length;
  return [
    line(`${title} ${styled('dim', `(${id})`)}`),
    means === undefined ? '' : `${wrap(means, indent, indent, width)}\n`,
    ...lines.map((text) => `${wrap(text, `${indent}| `, `${indent}| `, width)}\n`),
    hidden > 0 ? `${indent}${styled('dim', `| ${count(hidden, 'more line')}: --verbose`)}\n` : '',
    shown.text(check, indent, width),
  ].join('');
}

/** The headline of all checks, with their counts. */
export function checkVerdictText({ verdict, counts, groups, elapsedUs }: CheckReport, screen: Screen): string {
  const { id, status, title } = verdict;
  const { width } = screen;
  const numbers = CHECK_STATUSES.filter((one) => counts[one] > 0).map((one) =>
    isNoun(one) ? count(counts[one], one) : `${counts[one]} ${one}`,
  );
  const headline = `${title}${id === 'ok' || id === 'unknown' ? '' : ` (${id})`}`;
  const summary = `${numbers.join(', ')}; ${(elapsedUs / 1_000_000).toFixed(1)} s`;
  return [
    '\n',
    `${wrap(styled('strong', headline), `${mark(MARKS[status], screen)} `, '  ', width)}\n`,
    otherProblems(groups, id, width),
    `${wrap(styled('dim', summary), '  ', '  ', width)}\n`,
  ].join('');
}

function isNoun(status: CheckStatus): boolean {
  return status === 'problem' || status === 'warning';
}

/** The ids of the other problems, which may be far above on a screen. */
function otherProblems(groups: readonly CheckGroup[], verdictId: string, width: number): string {
  const problems = groups.flatMap(({ checks }) => checks).filter(({ status }) => status === 'problem');
  const ids = new Set(problems.map(({ id }) => id));
  ids.delete(verdictId);
  return ids.size === 0 ? '' : `${wrap(`Other problems: ${[...ids].join(', ')}`, '  ', '    ', width)}\n`;
}
