import type { Step } from '../diagnostics/step.js';
import { type Check, CHECK_STATUSES, type CheckGroup, type CheckStatus } from '../diagnostics/checks/check.js';
import { count } from '../text/units.js';

/** The headline of a check. */
export interface CheckVerdict {
  /** The id of the first problem, or `ok`; `unknown` where nothing is wrong and something could not be found out. */
  readonly id: string;
  readonly status: Exclude<CheckStatus, 'skipped'>;
  readonly title: string;
  readonly means?: string;
  readonly next: readonly Step[];
}

/** What `check` found. Plain, versioned JSON. */
export interface CheckReport {
  readonly schema: 'tentacle-pong/check/1' | 'tentacle-ping/check/1';
  readonly tool: { readonly name: string; readonly version: string };
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  readonly elapsedUs: number;
  readonly host: { readonly name: string; readonly platform: string };
  readonly groups: readonly CheckGroup[];
  readonly counts: Readonly<Record<CheckStatus, number>>;
  readonly verdict: CheckVerdict;
}

/** Counts the checks of all groups by their status. */
export function countChecks(groups: readonly CheckGroup[]): Record<CheckStatus, number> {
  const all = groups.flatMap(({ checks }) => checks);
  const numberOf = (status: CheckStatus): number => all.filter((check) => check.status === status).length;
  return {
    ok: numberOf('ok'),
    warning: numberOf('warning'),
    problem: numberOf('problem'),
    unknown: numberOf('unknown'),
    skipped: numberOf('skipped'),
  };
}

/** Draws the headline: the first problem, else the first warning; what is unknown never hides behind "ok". */
export function checkVerdict(groups: readonly CheckGroup[]): CheckVerdict {
  const all = groups.flatMap(({ checks }) => checks);
  const [worst] = CHECK_STATUSES.flatMap((status) => all.filter((check) => check.status === status));
  const counts = countChecks(groups);
  if (worst === undefined || worst.status === 'skipped') return NOTHING_CHECKED;
  switch (worst.status) {
    case 'problem':
      return headline(worst, worst.status, others(counts.problem - 1, 'other problem'));
    case 'warning':
      return headline(worst, worst.status, others(counts.warning - 1, 'other warning'));
    case 'unknown':
      return {
        id: 'unknown',
        status: 'unknown',
        title: `Nothing wrong was found, but ${count(counts.unknown, 'check')} had no result`,
        next: worst.next,
      };
    case 'ok':
      return { id: 'ok', status: 'ok', title: 'Nothing wrong was found on this host', next: [] };
  }
}

const NOTHING_CHECKED: CheckVerdict = {
  id: 'unknown',
  status: 'unknown',
  title: 'Nothing was checked: none of the checks applies to this host',
  next: [],
};

function headline({ id, title, means, next }: Check, status: 'problem' | 'warning', more: string): CheckVerdict {
  return { id, status, title: `${title}${more}`, ...(means === undefined ? {} : { means }), next };
}

function others(number: number, noun: string): string {
  return number === 0 ? '' : ` (and ${count(number, noun)})`;
}
