import { columns, ms, styled, textWidth, toAscii, type Screen, verdictText, wrap } from 'tentacle-protocol/cli';
import type {
  Comparison,
  ConditionKind,
  OutcomeComparison,
  Pair,
  QuantileComparison,
  SideReport,
  StageComparison,
} from '../compare/comparison.js';
import { verdictKind } from './comparison-verdict-kind.js';
import type { ComparisonTextOptions } from './ends-text.js';
import { overlayText } from './overlay-text.js';

/** The text of every pair: differing conditions, times, outcomes, overlaid histograms and the verdict. */
export function comparisonText(comparison: Comparison, screen: Screen, { isVerbose }: ComparisonTextOptions): string {
  const { width } = screen;
  const { sides, pairs } = comparison;
  return [
    ...sides.map((side) => reportText(side, width)),
    pairs.length > 1 ? `\n${overview(comparison, width)}` : '',
    ...pairs.map((pair) => (isVerbose ? longPairText(pair, comparison, screen) : shortPairText(pair, screen))),
    isVerbose ? '' : '\n  More: --verbose\n',
  ].join('');
}

function reportText(
  { name, file, target, address, proxy, peerKind, level, startedAt, attempts }: SideReport,
  width: number,
): string {
  const at = address === undefined || address === target.host ? '' : ` (${address})`;
  const through = proxy === undefined ? '' : ` via ${proxy}`;
  const counts = `${attempts.ok} of ${attempts.ok + attempts.failed} ok`;
  const about = `${target.host}:${target.port}${at}${through}, ${peerKind}, level ${level}, ${startedAt}, ${counts}`;
  return `${wrap(`${toAscii(file)}: ${about}`, `${name}  `, '   ', width)}\n`;
}

/** With several candidates: the medians of all of them, and how each compares. */
function overview({ sides, pairs }: Comparison, width: number): string {
  const stages = [...new Set(pairs.flatMap((pair) => pair.stages.map(({ stage }) => stage)))];
  const rows = stages.map((stage) => {
    const medians = pairs.map((pair) => pair.stages.find((each) => each.stage === stage)?.quantiles[0]);
    const reference = medians.find((quantile) => quantile !== undefined);
    return [
      stage,
      reference === undefined ? '' : ms(reference.referenceUs),
      ...medians.map((q) => (q === undefined ? '-' : `${ms(q.candidateUs)} ${MARKS[q.mark]}`)),
    ];
  });
  return columns(`l${'r'.repeat(sides.length)}`, [['p50 (ms)', ...sides.map(({ name }) => name)], ...rows], width);
}

const MARKS: Readonly<Record<QuantileComparison['mark'], string>> = {
  slower: 'slower',
  faster: 'faster',
  same: 'same  ',
  unknown: '?     ',
};

/** What differs between the runs, in words for people where the id is not one. */
const CONDITION_NAMES: Readonly<Partial<Record<ConditionKind, string>>> = { plan: 'options', time: 'start' };

/** A narrower screen has no room for intervals. */
const WIDE_TABLE_CHARS = 72;

function longPairText(pair: Pair, { falseAlarms, least }: Comparison, screen: Screen): string {
  const { width } = screen;
  const { reference, candidate, stages, notCompared, verdict } = pair;
  const rules = `All intervals together have ${100 - falseAlarms * 100} % confidence. A difference is relevant if it is more than ${least.us / 1000} ms and more than ${least.share * 100} % of ${reference}.`;
  return [
    `\n--- ${reference} and ${candidate}\n`,
    ...pair.conditions.map(({ kind, ...each }) => {
      const text = `different ${CONDITION_NAMES[kind] ?? kind}: ${each.reference} / ${each.candidate}`;
      return `${wrap(text, '', '  ', width)}\n`;
    }),
    stages.length === 0 ? '' : width < WIDE_TABLE_CHARS ? shortTimeTable(pair, width) : timeTable(pair, width),
    stages.length === 0 ? '' : `${wrap(rules, '', '', width)}\n`,
    inflationText(stages, width),
    ...notCompared.map(({ stage, why }) => `${wrap(`not compared: ${stage} (${why})`, '', '  ', width)}\n`),
    outcomeTable(pair, width),
    ...stagesToDraw(stages).map((stage) => overlayText(pair, stage, screen)),
    `\n${verdictText(verdict, screen, { kind: verdictKind(verdict.id) })}`,
  ].join('');
}

/** What carries the verdict: what differs between the runs, medians, percentiles and failures that differ, and one histogram. */
function shortPairText(pair: Pair, screen: Screen): string {
  const { width } = screen;
  const { reference, candidate, stages, verdict } = pair;
  const conditions = pair.conditions.map(({ kind, ...each }) => {
    return `${CONDITION_NAMES[kind] ?? kind} (${each.reference} / ${each.candidate})`;
  });
  const differing = pair.outcomes.filter((each) => each.reference + each.candidate > 0);
  return [
    `\n${styled('strong', `${reference} and ${candidate}`)}\n`,
    conditions.length === 0 ? '' : `${wrap(`different: ${conditions.join(', ')}`, '', '  ', width)}\n`,
    stages.length === 0 ? '' : `\n${shortTimeTable(pair, width)}`,
    ...stagesToDraw(stages)
      .slice(0, 1)
      .map((stage) => `\n${overlayText(pair, stage, screen)}`),
    differing.length === 0 ? '' : `\n${outcomeTable({ ...pair, outcomes: differing }, width)}`,
    `\n${verdictText(verdict, screen, { kind: verdictKind(verdict.id), isVerbose: false })}`,
  ].join('');
}

/** The long name of a stage would leave a narrow screen no room. */
const SHORT_NAMES: Readonly<Record<string, string>> = { sinceScheduled: 'scheduled' };

/** A row for each median, and for each other percentile that differs. */
function shortTimeTable({ reference: a, candidate: b, stages }: Pair, width: number): string {
  const rows = stages.flatMap(({ stage, quantiles }) =>
    quantiles
      .filter(({ quantile, mark }) => quantile === 0.5 || mark === 'slower' || mark === 'faster')
      .map((q) => [
        `${SHORT_NAMES[stage] ?? stage} p${q.quantile * 100}`,
        ms(q.referenceUs),
        ms(q.candidateUs),
        signed(q.differenceUs),
        MARKS[q.mark].trim(),
      ]),
  );
  return columns('lrrrl', [['ms', a, b, `${b} - ${a}`, ''], ...rows], width);
}

function timeTable({ reference: a, candidate: b, stages }: Pair, width: number): string {
  const rows = stages.flatMap(({ stage, quantiles, referenceCount, candidateCount, longerShare }) => [
    [
      stage,
      'n',
      String(referenceCount),
      String(candidateCount),
      '',
      `longer in ${(longerShare * 100).toFixed(0)} % of pairs`,
      '',
    ],
    ...quantiles.map((q) => [
      '',
      `p${q.quantile * 100}`,
      ms(q.referenceUs),
      ms(q.candidateUs),
      signed(q.differenceUs),
      `${q.lowUs === undefined ? '?' : signed(q.lowUs)} to ${q.highUs === undefined ? '?' : signed(q.highUs)}`,
      MARKS[q.mark].trim(),
    ]),
  ]);
  return columns('llrrrll', [['ms', '', a, b, `${b} - ${a}`, 'interval', ''], ...rows], width);
}

function signed(us: number): string {
  return us < 0 ? `-${ms(-us)}` : `+${ms(us)}`;
}

/** From here on it is reported: an interval is wider by a fifth. */
const INFLATION_SHOWN = 1.5;

function inflationText(stages: readonly StageComparison[], width: number): string {
  const worst = Math.max(
    1,
    ...stages.flatMap(({ quantiles }) => quantiles.flatMap((q) => [q.referenceInflation, q.candidateInflation])),
  );
  if (worst < INFLATION_SHOWN) return '';
  const text = `Consecutive times resemble each other: up to ${worst.toFixed(1)} of them count as one, so the intervals are wider.`;
  return `${wrap(text, '', '', width)}\n`;
}

/** Empty if no attempt failed. */
function outcomeTable({ reference, candidate, outcomes }: Pair, width: number): string {
  if (!outcomes.some((each) => each.reference + each.candidate > 0)) return '';
  const rows = outcomes.map((each) => [
    each.outcome,
    `${each.reference} of ${each.referenceOf}`,
    `${each.candidate} of ${each.candidateOf}`,
    intervalOf(each),
    each.p < 0.0001 ? '<0.0001' : each.p.toFixed(4),
    each.mark === 'unknown' ? '?' : each.mark,
  ]);
  const table = columns('lrrrrl', [['outcome', reference, candidate, 'difference (%)', 'p', ''], ...rows], width);
  const isTooWide = table.split('\n').some((line) => textWidth(line) > width);
  if (!isTooWide) return table;
  return rows
    .map(([outcome = '', a = '', b = '', interval = '', p = '', mark = '']) => {
      const text = `outcome ${outcome} ${reference} ${a} ${candidate} ${b} difference (%) ${interval} p ${p} ${mark}`;
      return `${wrap(text, '', '  ', width)}\n`;
    })
    .join('');
}

function intervalOf({ lowShare, highShare }: OutcomeComparison): string {
  const points = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)}`;
  return `${points(lowShare)} to ${points(highShare)}`;
}

/** More histograms fill a screen without adding information. */
const MAX_HISTOGRAMS = 3;

/** Stages that differ; otherwise the last, which is the whole attempt if that was compared. */
function stagesToDraw(stages: readonly StageComparison[]): readonly StageComparison[] {
  const different = stages.filter(({ quantiles }) =>
    quantiles.some(({ mark }) => mark === 'slower' || mark === 'faster'),
  );
  return different.length > 0 ? different.slice(0, MAX_HISTOGRAMS) : stages.slice(-1);
}
