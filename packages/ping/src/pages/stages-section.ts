import type { DurationFigures } from 'tentacle-protocol/cli';
import { distributionCharts, type Section, section, stageTable, type StageTimes } from 'tentacle-protocol/html';
import type { Report } from '../report/report.js';

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
  const rows = stages.map(([stage, figures]): StageTimes => {
    const isTotal = stage === 'total' || stage === 'sinceScheduled';
    if (isTotal || total === 0) return { ...timesOf(stage, figures), isTotal };
    const fromUs = beforeUs;
    beforeUs += figures.meanUs;
    const [from, to] = [Math.min(1, fromUs / total), Math.min(1, beforeUs / total)];
    return { ...timesOf(stage, figures), bar: { className: `s-${stage}`, from, to } };
  });
  return section(
    { id: 'stages', title: 'Stages' },
    stageTable('Times in ms. The bars show the mean of each stage within the whole attempt.', rows),
  );
}

function timesOf(stage: string, figures: DurationFigures): StageTimes {
  const [name, what] = STAGE_TEXTS[stage] ?? [stage, ''];
  return { name, what, figures };
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

/** The distribution of the times of each stage. */
export function distributionsSection(report: Report): Section | undefined {
  const stages = shownStages(report);
  const ordered = [
    ...stages.filter(([stage]) => stage === 'total'),
    ...stages.filter(([stage]) => stage !== 'total' && stage !== 'other'),
  ];
  return section(
    { id: 'distributions', title: 'Distributions' },
    distributionCharts(ordered.map(([stage, figures]) => timesOf(stage, figures))),
  );
}
