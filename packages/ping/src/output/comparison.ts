import { columns, ms, toAscii, verdictText, WIDTH, wrap } from 'tentacle-protocol/cli';
import type {
  Comparison,
  OutcomeComparison,
  Pair,
  QuantileComparison,
  SideReport,
  StageComparison,
} from '../compare/comparison.js';
import { overlayText } from './histogram-overlay.js';

/** The text of every pair: differing conditions, times, outcomes, overlaid histograms and the verdict. ASCII, 80 columns. */
export function comparisonText(comparison: Comparison): string {
  const { sides, pairs } = comparison;
  return [
    ...sides.map(reportText),
    pairs.length > 1 ? `\n${overview(comparison)}` : '',
    ...pairs.map((pair) => pairText(pair, comparison)),
  ].join('');
}

function reportText({ name, file, target, address, proxy, peerKind, level, startedAt, attempts }: SideReport): string {
  const at = address === undefined || address === target.host ? '' : ` (${address})`;
  const through = proxy === undefined ? '' : ` via ${proxy}`;
  const counts = `${attempts.ok} of ${attempts.ok + attempts.failed} ok`;
  const about = `${target.host}:${target.port}${at}${through}, ${peerKind}, level ${level}, ${startedAt}, ${counts}`;
  return `${wrap(`${toAscii(file)}: ${about}`, `${name}  `, '   ', WIDTH)}
`;
}

/** With several candidates: the medians of all of them, and how each compares. */
function overview({ sides, pairs }: Comparison): string {
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
  const rules = `All intervals together have ${100 - falseAlarms * 100} % confidence. A difference is relevant if it is more than ${least.us / 1000} ms and more than ${least.share * 100} % of ${reference}.`;
  return [
    `\n--- ${reference} and ${candidate}\n`,
    ...pair.conditions.map(
      ({ kind, ...each }) => `${wrap(`different ${kind}: ${each.reference} / ${each.candidate}`, '', '  ', WIDTH)}\n`,
    ),
    stages.length === 0 ? '' : timeTable(pair),
    stages.length === 0 ? '' : `${wrap(rules, '', '', WIDTH)}\n`,
    inflationText(stages),
    ...notCompared.map(({ stage, why }) => `${wrap(`not compared: ${stage} (${why})`, '', '  ', WIDTH)}\n`),
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
  return columns('llrrrll', [['ms', '', a, b, `${b} - ${a}`, 'interval', ''], ...rows]);
}

function signed(us: number): string {
  return us < 0 ? `-${ms(-us)}` : `+${ms(us)}`;
}

/** From here on it is reported: an interval is wider by a fifth. */
const INFLATION_SHOWN = 1.5;

function inflationText(stages: readonly StageComparison[]): string {
  const worst = Math.max(
    1,
    ...stages.flatMap(({ quantiles }) => quantiles.flatMap((q) => [q.referenceInflation, q.candidateInflation])),
  );
  if (worst < INFLATION_SHOWN) return '';
  return `${wrap(`Consecutive times resemble each other. Up to ${worst.toFixed(1)} count as one, which makes the intervals wider.`, '', '', WIDTH)}\n`;
}

/** Empty if no attempt failed. */
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
  return columns('lrrrrl', [['outcome', reference, candidate, 'difference (%)', 'p', ''], ...rows]);
}

function intervalOf({ lowShare, highShare }: OutcomeComparison): string {
  const points = (share: number): string => `${share < 0 ? '-' : '+'}${Math.abs(share * 100).toFixed(1)}`;
  return `${points(lowShare)} to ${points(highShare)}`;
}

/** More histograms fill a screen without adding information. */
const MAX_HISTOGRAMS = 3;

/** Stages that differ; otherwise the last, which is the whole attempt if that was compared. */
function toDraw(stages: readonly StageComparison[]): readonly StageComparison[] {
  const different = stages.filter(({ quantiles }) =>
    quantiles.some(({ mark }) => mark === 'slower' || mark === 'faster'),
  );
  return different.length > 0 ? different.slice(0, MAX_HISTOGRAMS) : stages.slice(-1);
}
