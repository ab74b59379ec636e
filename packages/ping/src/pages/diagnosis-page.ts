import { formatDuration, type MarkKind } from 'tentacle-protocol/cli';
import {
  bulletList,
  facts,
  folded,
  fragment,
  h,
  markIcon,
  type PageResult,
  part,
  runText,
  section,
  table,
  valueFacts,
  verdictBlock,
} from 'tentacle-protocol/html';
import type { DiagnosisReport, DiagnosisStep, Status } from '../diagnose/diagnosis-report.js';
import type { PageContext } from './page-context.js';

/** The mark of each status. */
export const STATUS_MARKS: Readonly<Record<Status, MarkKind>> = {
  ok: 'good',
  warning: 'warning',
  problem: 'bad',
  unknown: 'unknown',
  skipped: 'none',
};

/** The page of a diagnosis: the verdict, then each step with what it observed. */
export function diagnosisPage(report: DiagnosisReport, { glossary, runtime }: PageContext): PageResult {
  const { target, verdict, otherFindings, steps, warnings, unknown, traces, plan, tool } = report;
  const kind = verdict.id === 'ok' ? 'good' : verdict.id === 'stopped' ? 'unknown' : undefined;
  return {
    title: `${target.host}:${target.port}`,
    about: `Diagnosis, ${runText(report.startedAt, report.endedAt)}`,
    kind: kind ?? (verdict.certainty.kind === 'unknown' && !verdict.id.includes('.') ? 'unknown' : 'bad'),
    headline: verdict.title,
    lead: verdictBlock({ verdict, glossary, kind }),
    sections: [
      section(
        { id: 'other-findings', title: 'Also found' },
        otherFindings.map((finding) => verdictBlock({ verdict: finding, glossary })),
      ),
      section(
        { id: 'steps', title: 'Steps' },
        table({
          caption: 'Every step of the path, in order',
          columns: [{ name: 'step', kind: 'nowrap' }, { name: 'result' }, { name: 'time', kind: 'number' }],
          rows: steps.map(({ id, status, title, durationUs, failure }) => [
            fragment(markIcon(STATUS_MARKS[status]), ' ', id),
            fragment(title, failure === undefined ? '' : [' (', glossary.link(failure.id), ')']),
            status === 'skipped' ? '' : formatDuration(durationUs),
          ]),
        }),
      ),
      section(
        { id: 'warnings', title: 'Warnings' },
        bulletList(warnings.map(({ id, text, next }) => fragment(text, ' ', next, ' ', h('code', {}, id)))),
      ),
      section({ id: 'unknown', title: 'Still unknown' }, bulletList(joined(unknown))),
      section({ id: 'evidence', title: 'Evidence of each step' }, steps.map(evidenceOf)),
      section({ id: 'traces', title: 'Lines left in the log of the peer' }, bulletList(traces)),
      section(
        { id: 'settings', title: 'Options and environment' },
        valueFacts(plan),
        facts([
          ['program', `${tool.name} ${tool.version}`],
          ['runtime', runtime],
        ]),
      ),
    ],
  };
}

/** `tls: not reached` and `page: not reached` are `tls, page: not reached`. */
function joined(texts: readonly string[]): string[] {
  const steps = new Map<string, string[]>();
  for (const text of texts) {
    const [, id = '', reason = text] = /^([a-z-]+): (.*)$/s.exec(text) ?? [];
    steps.set(reason, [...(steps.get(reason) ?? []), id]);
  }
  return [...steps].map(([reason, ids]) => (ids.join('') === '' ? reason : `${ids.join(', ')}: ${reason}`));
}

function evidenceOf({ id, status, title, details = [], evidence, failure }: DiagnosisStep): ReturnType<typeof part> {
  const observed = details.length === 0 ? '' : bulletList(details);
  const ended = failure === undefined ? '' : part('Failure', valueFacts(failure));
  const shown = fragment(observed, valueFacts(evidence), ended);
  if (shown.text === '') return fragment();
  return status === 'problem' ? part(`${id}: ${title}`, shown) : folded(`${id}: ${title}`, shown);
}
