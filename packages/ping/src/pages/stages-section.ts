import { count, type DurationFigures, ms } from 'tentacle-protocol/cli';
import {
  fragment,
  h,
  histogramChart,
  type Markup,
  type Row,
  type Section,
  section,
  shareBar,
  table,
} from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';
import { histogramSteps } from './histogram-steps.js';

/** The names of stages that are not their ids, and what each stage is. */
const STAGE_TEXTS: Readonly<Record<string, readonly [name: string, what: string]>> = {
  dns: ['dns', 'name resolution'],
  tcp: ['tcp', 'TCP connection'],
  proxy: ['proxy', 'tunnel through the proxy'],
  tls: ['tls', 'TLS handshake'],
  identity: ['identity', 'exchange of identities'],
  rpc: ['rpc', 'call and its response'],
  data: ['data', 'data streams'],
  upload: ['upload', 'data stream to the peer'],
  download: ['download', 'data stream from the peer'],
  other: ['other', 'time in no stage'],
  total: ['total', 'whole attempt'],
  sinceScheduled: ['since scheduled', 'from the scheduled time'],
};

type Stages = readonly (readonly [stage: string, figures: DurationFigures])[];

/** Where the time of an attempt goes. */
export function stagesSection(report: Report): Section | undefined {
  const stages = shownStages(report);
  const total = report.stages.total?.meanUs ?? stages.reduce((sum, [, { meanUs }]) => sum + meanUs, 0);
  let beforeUs = 0;
  const rows = stages.map(([stage, figures]): Row => {
    const isWhole = stage === 'total' || stage === 'sinceScheduled';
    const fromUs = isWhole ? 0 : beforeUs;
    if (!isWhole) beforeUs += figures.meanUs;
    const [name, what] = STAGE_TEXTS[stage] ?? [stage, ''];
    return {
      className: isWhole ? 'total' : '',
      cells: [
        fragment(h('code', {}, name), ' ', h('span', { class: 'muted' }, what)),
        isWhole || total === 0 ? '' : bar(stage, fromUs / total, (fromUs + figures.meanUs) / total),
        figures.count.toLocaleString('en-US'),
        ...numbers(figures),
      ],
    };
  });
  return section(
    { id: 'stages', title: 'Stages' },
    table({
      caption: 'Times in ms. The bars show the mean of each stage within the whole attempt.',
      columns: [
        { name: 'stage', kind: 'nowrap' },
        { name: 'share of the mean', kind: 'bar' },
        ...['count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'].map((name) => ({ name, kind: 'number' as const })),
      ],
      rows,
    }),
  );
}

function bar(stage: string, from: number, to: number): Markup {
  return shareBar([{ className: `s-${stage}`, from: Math.min(1, from), to: Math.min(1, to) }]);
}

function numbers(figures: DurationFigures): string[] {
  const { count: times, minUs, meanUs, p50Us, p90Us, p99Us, maxUs } = figures;
  // With fewer times than a percentile has parts, it is the maximum under another name.
  return [ms(minUs), ms(meanUs), ms(p50Us), times < 10 ? '-' : ms(p90Us), times < 100 ? '-' : ms(p99Us), ms(maxUs)];
}

/** Stages in the order of the path. Uploads and downloads together are neither, and have a row each. */
function shownStages({ stages, plan, pace }: Report): Stages {
  const isPooled = stages.upload !== undefined && stages.download !== undefined;
  const hidden = [
    ...(isPooled ? ['data'] : ['upload', 'download']),
    // Where no attempt was late it equals the total, plus a timer's millisecond.
    ...(plan.perSecond === undefined && pace.late === 0 ? ['sinceScheduled'] : []),
  ];
  return Object.entries(stages).filter(([stage]) => !hidden.includes(stage) && stage in STAGE_TEXTS);
}

/** With fewer times, a distribution shows less than the table. */
const TIMES_LEAST = 10;

/** The distribution of the times of each stage. */
export function distributionsSection(report: Report): Section | undefined {
  const stages = shownStages(report).filter(([, figures]) => figures.count >= TIMES_LEAST);
  const ordered = [
    ...stages.filter(([stage]) => stage === 'total'),
    ...stages.filter(([stage]) => stage !== 'total' && stage !== 'other'),
  ];
  const charts = ordered.map(([stage, figures]) => {
    const { p50Us, p99Us, count: times } = figures;
    const [name, what] = STAGE_TEXTS[stage] ?? [stage, ''];
    const marks = [{ name: 'p50', us: p50Us }, ...(times >= 100 ? [{ name: 'p99', us: p99Us }] : [])];
    return h(
      'div',
      {},
      h('h3', {}, name, ' ', h('span', { class: 'note' }, `${what}, ${count(times, 'time')}`)),
      histogramChart({ name, steps: histogramSteps(figures.histogram), marks }),
    );
  });
  return section(
    { id: 'distributions', title: 'Distributions' },
    charts.length === 0 ? undefined : h('div', { class: 'small-charts' }, charts),
  );
}
