import { count, type MarkKind, ms } from 'tentacle-protocol/cli';
import {
  figures,
  fragment,
  h,
  markIcon,
  type PageResult,
  part,
  percentText,
  runText,
  section,
  shareBar,
  stepsList,
  table,
  verdictBlock,
} from 'tentacle-protocol/html';
import type { Step } from 'tentacle-protocol/diagnostics';
import type { TargetLine, TargetsReport } from '../measurements/targets/targets-report.js';
import type { Report } from '../report/report.js';
import { reportPage } from './report-page.js';
import type { PageContext } from './page-context.js';

/** The page of several targets, and one of each target that fails, as far as their reports are kept. */
export function targetsPages(
  { report, failing }: { readonly report: TargetsReport; readonly failing: readonly Report[] },
  context: PageContext,
): PageResult[] {
  return [targetsPage(report, context, failing), ...failing.map((one) => briefPage(one, context))];
}

/** Options are the same for all targets, and of few attempts the failures show what a list of them would. */
const LEFT_OUT = ['settings', 'attempts', 'both-ends'];

function briefPage(report: Report, context: PageContext): PageResult {
  const page = reportPage(report, context);
  return { ...page, sections: page.sections.filter((one) => one !== undefined && !LEFT_OUT.includes(one.id)) };
}

/** The page of several targets: how many work, and a table of all, those that fail first. */
export function targetsPage(
  report: TargetsReport,
  { glossary }: PageContext,
  failing: readonly Report[] = [],
): PageResult {
  const { targets, requested, verdicts, verdict } = report;
  const works = targets.filter(isHealthy).length;
  const isWell = works === requested;
  const headline = isWell
    ? `All ${count(requested, 'target')} work`
    : `${requested - works} of ${count(requested, 'target')} do not work`;
  const kind: MarkKind = isWell ? 'good' : 'bad';
  return {
    title: count(requested, 'target'),
    about: `Several targets, ${runText(report.startedAt, report.endedAt)}`,
    kind,
    headline,
    isSummary: true,
    lead: fragment(
      verdict === undefined
        ? h(
            'section',
            { class: `verdict ${kind}` },
            h('h2', {}, markIcon(kind), h('span', {}, headline)),
            countsText(report),
            part('Next steps', stepsList(stepsOf(failing, report))),
          )
        : verdictBlock({ verdict, glossary }),
      figures([
        ['Targets', requested.toLocaleString('en-US')],
        ['Work', works.toLocaleString('en-US')],
        [
          'Do not work',
          fragment(
            (targets.length - works).toLocaleString('en-US'),
            ' ',
            h('small', {}, percentText(targets.length - works, requested)),
          ),
        ],
        ['Not tested', requested === targets.length ? undefined : (requested - targets.length).toLocaleString('en-US')],
      ]),
    ),
    sections: [
      section(
        { id: 'verdicts', title: 'Verdicts' },
        table({
          caption: 'How many targets have each verdict',
          columns: [
            { name: 'verdict', kind: 'nowrap' },
            { name: 'share', kind: 'bar' },
            { name: 'targets', kind: 'number' },
          ],
          rows: Object.entries(verdicts).map(([id, times]) => [
            id === 'ok' ? 'ok' : glossary.link(id),
            shareBar([
              { className: id === 'ok' ? 's-tls' : 'failed', from: 0, to: times / Math.max(1, targets.length) },
            ]),
            times.toLocaleString('en-US'),
          ]),
        }),
      ),
      section(
        { id: 'targets', title: 'Targets' },
        table({
          caption: 'Those that fail first; the median of the successful attempts in ms',
          columns: [
            { name: 'target' },
            { name: 'address' },
            { name: 'ok', kind: 'number' },
            { name: 'sent', kind: 'number' },
            { name: 'p50', kind: 'number' },
            { name: 'verdict' },
          ],
          rows: [...targets.filter((line) => !isHealthy(line)), ...targets.filter(isHealthy)].map((line) => [
            fragment(markIcon(isHealthy(line) ? 'good' : 'bad'), ' ', `${line.host}:${line.port}`),
            line.address ?? '',
            line.attempts.ok.toLocaleString('en-US'),
            line.attempts.sent.toLocaleString('en-US'),
            line.p50Us === undefined ? '' : ms(line.p50Us),
            isHealthy(line)
              ? line.verdict.title
              : fragment(line.verdict.title, ' (', glossary.link(line.verdict.id), ')'),
          ]),
        }),
      ),
    ],
  };
}

/** The first step for each failure that targets have in common, the most frequent first. */
function stepsOf(failing: readonly Report[], { verdicts }: TargetsReport): Step[] {
  const ids = Object.entries(verdicts).sort(([, one], [, other]) => other - one);
  return ids.flatMap(([id, times]): Step[] => {
    const [step] = failing.find(({ verdict }) => verdict.id === id)?.verdict.next ?? [];
    return step === undefined ? [] : [{ ...step, action: `${id}, ${count(times, 'target')}: ${step.action}` }];
  });
}

function isHealthy({ verdict }: TargetLine): boolean {
  return verdict.id === 'ok';
}

function countsText({ targets, requested }: TargetsReport): ReturnType<typeof h> {
  const stopped =
    targets.length < requested ? ` The run was stopped before the other ${requested - targets.length}.` : '';
  return h('p', {}, `${count(targets.length, 'target')} tested.${stopped}`);
}
