import { kindOfVerdict, count, formatDuration } from 'tentacle-protocol/cli';
import {
  bulletList,
  figures,
  fragment,
  h,
  lengthUs,
  type Markup,
  type PageResult,
  pathPicture,
  percentText,
  runText,
  section,
  verdictBlock,
} from 'tentacle-protocol/html';
import { DEPTHS } from '../report/measurement-depth.js';
import type { Report } from '../report/report.js';
import { attemptsSection } from './attempts-section.js';
import { bothEndsSection } from './both-ends-section.js';
import { failuresSection } from './failures-section.js';
import { latencySection } from './latency-section.js';
import { measurementSection } from './measurement-section.js';
import type { PageContext } from './page-context.js';
import { peerSection } from './peer-section.js';
import { pathOfReport } from './path-of-report.js';
import { settingsSection } from './settings-section.js';
import { distributionsSection, stagesSection } from './stages-section.js';

/** The page of a run that measured: round trips, transfers, sizes or idle times. */
export function reportPage(report: Report, context: PageContext): PageResult {
  const { target, startedAt, endedAt, verdict } = report;
  return {
    title: `${target.host}:${target.port}`,
    about: `${kindOfRun(report)}, ${runText(startedAt, endedAt)}`,
    kind: kindOfVerdict(verdict.id),
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary: context.glossary, more: warningsNote(report) }),
      runFigures(report),
    ),
    sections: [
      section({ id: 'path', title: 'Path' }, pathPicture(pathOfReport(report)), depthNote(report)),
      measurementSection(report, context),
      latencySection(report),
      failuresSection(report, context),
      stagesSection(report),
      distributionsSection(report),
      section(
        { id: 'warnings', title: 'Warnings' },
        bulletList(report.warnings.map(({ id, text, next }) => fragment(text, ' ', next, ' ', h('code', {}, id)))),
      ),
      bothEndsSection(report.otherEnd, context),
      peerSection(report),
      settingsSection(report, context),
      attemptsSection(report),
    ],
  };
}

function kindOfRun({ plan }: Report): string {
  switch (plan.mode.kind) {
    case 'idle':
      return 'Idle connections';
    case 'transfer':
      return 'Data transfers';
    case 'sizes':
      return 'Data sizes';
    default:
      return 'Round trips';
  }
}

function runFigures({ attempts, stages, startedAt, endedAt }: Report): Markup {
  const { sent, ok, failed, cancelled } = attempts;
  const { total } = stages;
  const ended = ok + failed;
  return figures([
    ['Attempts', sent.toLocaleString('en-US')],
    ['Succeeded', ok.toLocaleString('en-US')],
    ['Failed', fragment(failed.toLocaleString('en-US'), ' ', h('small', {}, percentText(failed, ended)))],
    ['Canceled', cancelled === 0 ? undefined : cancelled.toLocaleString('en-US')],
    ['Median', total === undefined ? undefined : formatDuration(total.p50Us)],
    // With fewer times, it is the maximum.
    ['99th percentile', total === undefined || total.count < 100 ? undefined : formatDuration(total.p99Us)],
    ['Maximum', total === undefined ? undefined : formatDuration(total.maxUs)],
    ['Duration', formatDuration(lengthUs(startedAt, endedAt))],
  ]);
}

function warningsNote({ warnings }: Report): Markup {
  if (warnings.length === 0) return fragment();
  return h('p', {}, h('a', { href: '#warnings' }, count(warnings.length, 'warning')), ' apply beside this.');
}

function depthNote({ level, levelReason }: Report): Markup {
  const { measured } = DEPTHS[level];
  return h('p', { class: 'note' }, `Measured: ${measured}; ${levelReason}.`);
}
