import { count, wrap } from '../text/units.js';
import { type Check, CHECK_STATUSES, type CheckGroup, type CheckStatus } from '../diagnostics/checks/check.js';
import { endpointsTable } from './endpoints/endpoints-table.js';
import type { CheckReport } from './check-report.js';
import type { CheckGroupDefinition } from './check-context.js';
import type { ShownSteps } from './shown-steps.js';

/** Words of one width, so that a problem is visible at a glance without color. */
const MARKS: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok     ',
  warning: 'warning',
  problem: 'PROBLEM',
  unknown: 'unknown',
  skipped: 'skipped',
};

/** Lines of evidence that are printed for a check; JSON has all of them. */
const EVIDENCE_LINES_MAX = 6;

/** One group, once it is finished: each check on a line, with evidence and steps where something is wrong. */
export function groupText(
  { title }: CheckGroupDefinition,
  group: CheckGroup,
  shown: ShownSteps,
  width: number,
): string {
  if (group.checks.length === 0) return '';
  const table = endpointsTable(group.checks, MARKS, width);
  return `${title}\n${table}${detailedChecks(group.checks)
    .map((check) => checkText(check, shown, width))
    .join('')}`;
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

function checkText(check: Check, shown: ShownSteps, width: number): string {
  const { status, title, id, means, evidence } = check;
  const isFine = status === 'ok' || status === 'skipped';
  const first = `  ${MARKS[status]}  `;
  const indent = ' '.repeat(first.length);
  const line = `${wrap(isFine ? title : `${title} (${id})`, first, indent, width)}\n`;
  if (isFine) return line;
  const lines = evidence.slice(0, EVIDENCE_LINES_MAX).map((text) => `${indent}| ${text}\n`);
  const hidden = evidence.length - lines.length;
  return [
    line,
    means === undefined ? '' : `${wrap(means, indent, indent, width)}\n`,
    ...lines,
    hidden > 0 ? `${indent}| and ${hidden} more lines in --json\n` : '',
    shown.text(check, indent, width),
  ].join('');
}

/** The headline of all checks, with their counts. */
export function checkVerdictText({ verdict, counts, groups, elapsedUs }: CheckReport, width: number): string {
  const { id, title } = verdict;
  const numbers = CHECK_STATUSES.filter((status) => counts[status] > 0).map((status) =>
    isNoun(status) ? count(counts[status], status) : `${counts[status]} ${status}`,
  );
  const headline = wrap(`verdict: ${title}${id === 'ok' || id === 'unknown' ? '' : ` (${id})`}`, '', '  ', width);
  return `\n${headline}\n${otherProblems(groups, id, width)}  ${numbers.join(', ')}; ${(elapsedUs / 1_000_000).toFixed(1)} s\n`;
}

function isNoun(status: CheckStatus): boolean {
  return status === 'problem' || status === 'warning';
}

/** The ids of the other problems, which may be far above on a screen. */
function otherProblems(groups: readonly CheckGroup[], verdictId: string, width: number): string {
  const problems = groups.flatMap(({ checks }) => checks).filter(({ status }) => status === 'problem');
  const ids = new Set(problems.map(({ id }) => id));
  ids.delete(verdictId);
  return ids.size === 0 ? '' : `${wrap(`also: ${[...ids].join(', ')}`, '  ', '    ', width)}\n`;
}
