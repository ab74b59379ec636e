import { columns, ms, toAscii, verdictText, WIDTH, wrap } from 'tentacle-protocol';
import type {
  Comparison,
  OutcomeComparison,
  Pair,
  QuantileComparison,
  SideReport,
  StageComparison,
} from '../compare/comparison.js';
import { overlayText } from './overlay.js';

/** Every pair: what was unlike, the times, the outcomes, histograms over each other, and the verdict. ASCII, 80 columns. */
export function comparisonText(comparison: Comparison): string {
  const { sides, pairs } = comparison;
  return [
    ...sides.map(sideText),
    pairs.length > 1 ? `\n${overview(comparison)}` : '',
    ...pairs.map((pair) => pairText(pair, comparison)),
  ].join('');
}

function sideText({ name, file, target, address, proxy, peerKind, level, startedAt, attempts }: SideReport): string {
  const at = address === undefined || address === target.host ? '' : ` (${address})`;
  const through = proxy === undefined ? '' : ` through ${proxy}`;
  const counts = `${attempts.ok} of ${attempts.ok + attempts.failed} ok`;
  const about = `${target.host}:${target.port}${at}${through}, ${peerKind}, up to ${level}, ${startedAt}, ${counts}`;
  return `${wrap(`${toAscii(file)}: ${about}`, `${name}  `, '   ', WIDTH)}\n`;
}

/** With several candidates: the medians and 90th percentiles of all of them, and how each compares. */
function overview({ sides, pairs }: Comparison): string {
  const stages = [...new Set(pairs.flatMap((pair) => pair.stages.map(({ stage }) => stage)))];
  const rows = stages.map((stage) => {
    const found = pairs.map((pair) => pair.stages.find((each) => each.stage === stage)?.quantiles[0]);
    const reference = found.find((quantile) => quantile !== undefined);
    return [
      stage,
      reference === undefined ? '' : ms(reference.referenceUs),
      ...found.map((q) => (q === undefined ? '-' : `${ms(q.candidateUs)} ${MARKS[q.mark]}`)),
    ];
  });
  return columns(`l${'r'.repeat(sides.length)}`, [['p50 (ms)', ...sides.map(({ name }) => name)], ...rows]);
}

const MARKS: Readonly<Record<QuantileComparison['mark'], string>> = {
  slower: 'slower',
  faster: 'faster',
  same: 'same  ',
  unknown: '?     ',
};

function pairText(pair: Pair, { falseAlarms, least }: Comparison): string {
  const { reference, candidate, stages, notCompared, verdict } = pair;
  const rules = `The intervals hold together at ${100 - falseAlarms * 100} %; what counts is more than ${least.us / 1000} ms and more than ${least.share * 100} % of ${reference}.`;
  return [
    `\n--- ${reference} and ${candidate}\n`,
    ...pair.conditions.map(
      ({ kind, ...each }) => `${wrap(`unlike in ${kind}: ${each.reference} / ${each.candidate}`, '', '  ', WIDTH)}\n`,
    ),
    stages.length === 0 ? '' : timeTable(pair),
    stages.length === 0 ? '' : `${wrap(rules, '', '', WIDTH)}\n`,
    inflationText(stages),
    ...notCompared.map(({ stage, why }) => `${wrap(`not compared: ${stage}, ${why}`, '', '  ', WIDTH)}\n`),
    outcomeTable(pair),
    ...toDraw(stages).map((stage) => overlayText(pair, stage)),
    verdictText(verdict),
  ].join('');
}

function timeTable({ reference: a, candidate: b, stages }: Pair): string {
  const rows = stages.flatMap(({ stage, quantiles, referenceCount, candidateCount, longerShare }) => [
    [
      stage,
      'n',
      String(referenceCount),
      String(candidateCount),
      '',
      `longer in ${(longerShare * 100).toFixed(0)} of 100 pairs`,
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
  return columns('llrrrll', [['ms', '', a, b, `${b} - ${a}`, 'interval', ''], ...rows]);
}

function signed(us: number): string {
  return us < 0 ? `-${ms(-us)}` : `+${ms(us)}`;
}

/** From here on it is worth a line: an interval is wider by a fifth. */
const INFLATION_SHOWN = 1.5;

function inflationText(stages: readonly StageComparison[]): string {
  const worst = Math.max(
    1,
    ...stages.flatMap(({ quantiles }) => quantiles.flatMap((q) => [q.referenceInflation, q.candidateInflation])),
  );
  if (worst < INFLATION_SHOWN) return '';
  return `${wrap(`Times resemble those just before them: up to ${worst.toFixed(1)} count as one, and intervals are wider by that.`, '', '', WIDTH)}\n`;
}

/** Nothing where nothing failed. */
function outcomeTable({ reference, candidate, outcomes }: Pair): string {
  if (!outcomes.some((each) => each.reference + each.candidate > 0)) return '';
  const rows = outcomes.map((each) => [
    each.outcome,
    `${each.reference} of ${each.referenceOf}`,
    `${each.candidate} of ${each.candidateOf}`,
    intervalOf(each),
    each.p < 0.0001 ? '<0.0001' : each.p.toFixed(4),
    each.mark === 'unknown' ? '?' : each.mark,
  ]);
  return columns('lrrrrl', [['outcome', reference, candidate, 'difference, in 100', 'p', ''], ...rows]);
}

function intervalOf({ lowShare, highShare }: OutcomeComparison): string {
  const points = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)}`;
  return `${points(lowShare)} to ${points(highShare)}`;
}

/** More than so many fill a screen without saying more. */
const DRAWN_MOST = 3;

/** Stages that differ; else the last, which is of the whole attempt where that was compared. */
function toDraw(stages: readonly StageComparison[]): readonly StageComparison[] {
  const moved = stages.filter(({ quantiles }) => quantiles.some(({ mark }) => mark === 'slower' || mark === 'faster'));
  return moved.length > 0 ? moved.slice(0, DRAWN_MOST) : stages.slice(-1);
}
