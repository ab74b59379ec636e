import { count, formatDuration } from 'tentacle-protocol/cli';
import { catalogue } from 'tentacle-protocol/diagnostics';
import {
  clockText,
  folded,
  fragment,
  h,
  lengthUs,
  momentText,
  part,
  percentText,
  type Section,
  section,
  shareBar,
  table,
  valueFacts,
} from 'tentacle-protocol/html';
import type { FailurePattern } from '../report/attempt-sequence.js';
import type { Report } from '../report/report.js';
import type { PageContext } from './page-context.js';

/** Outages that are listed; the report has all of them. */
const OUTAGES_MAX = 30;

/** Which failures there were, how often, when, and their evidence. */
export function failuresSection(report: Report, { glossary }: PageContext): Section | undefined {
  const { failures, attempts, failurePattern, outages } = report;
  if (failures.length === 0) return undefined;
  // One stretch of failures is not scattered; the table below has it.
  const isOneOutage = failurePattern === 'scattered' && outages.length === 1;
  const sorted = [...failures].sort((a, b) => b.count - a.count);
  const rows = sorted.map((failure) => [
    glossary.link(failure.id),
    shareBar([{ className: 'failed', from: 0, to: failure.count / Math.max(1, attempts.sent) }]),
    failure.count.toLocaleString('en-US'),
    percentText(failure.count, attempts.sent),
    momentText(failure.firstAt),
    momentText(failure.lastAt),
  ]);
  return section(
    { id: 'failures', title: 'Failures' },
    failurePattern === 'none' || isOneOutage ? undefined : h('p', {}, PATTERNS[failurePattern]),
    table({
      caption: `Failures of ${count(attempts.sent, 'attempt')}`,
      columns: [
        { name: 'failure', kind: 'nowrap' },
        { name: 'share', kind: 'bar' },
        { name: 'attempts', kind: 'number' },
        { name: '%', kind: 'number' },
        { name: 'first', kind: 'nowrap' },
        { name: 'last', kind: 'nowrap' },
      ],
      rows,
    }),
    outagesTable(report, glossary),
    part(
      'Evidence',
      sorted.map(({ id, evidence }) =>
        folded(`${titleOf(id)} (${id}): evidence of the first one`, valueFacts(evidence)),
      ),
    ),
  );
}

function titleOf(id: string): string {
  return catalogue.find((row) => row.id === id)?.title ?? 'Failure';
}

const PATTERNS: Readonly<Record<Exclude<FailurePattern, 'none'>, string>> = {
  constant: 'All attempts that ended failed.',
  'came-up': 'The first attempts failed, and all later ones succeeded.',
  stopped: 'The first attempts succeeded, and all later ones failed.',
  alternating: 'Every second attempt failed.',
  bursts: 'The failures are in bursts: they follow each other more often than by chance.',
  scattered: 'The failures are scattered: they do not follow each other more often than by chance.',
};

function outagesTable(
  { outages, outagesDropped, failurePattern }: Report,
  glossary: PageContext['glossary'],
): ReturnType<typeof part> {
  const long = outages.filter(({ attempts }) => attempts > 1);
  if (long.length === 0 || failurePattern === 'constant') return fragment();
  const shown = [...long]
    .sort((a, b) => b.attempts - a.attempts)
    .slice(0, OUTAGES_MAX)
    .sort((a, b) => a.fromAt.localeCompare(b.fromAt));
  const others = outages.length + outagesDropped - shown.length;
  return part(
    'Outages',
    table({
      caption: `Several failed attempts without a success between them${others > 0 ? `; beside these, ${count(others, 'shorter one')}` : ''}`,
      columns: [
        { name: 'from', kind: 'nowrap' },
        { name: 'to', kind: 'nowrap' },
        { name: 'length', kind: 'number' },
        { name: 'attempts', kind: 'number' },
        { name: 'most frequent failure' },
      ],
      rows: shown.map(({ fromAt, toAt, attempts, id }) => [
        `${fromAt.slice(0, 10)} ${clockText(fromAt)}`,
        clockText(toAt),
        formatDuration(lengthUs(fromAt, toAt)),
        attempts.toLocaleString('en-US'),
        glossary.link(id),
      ]),
    }),
  );
}
