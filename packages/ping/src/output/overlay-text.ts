import { columns, type Screen, stepLabel } from 'tentacle-protocol/cli';
import type { OverlaidStep, Pair, StageComparison } from '../compare/comparison.js';

/** The longest bar, and what a line needs besides: the gaps, and two shares. */
const BAR_MAX_CHARS = 44;
const BESIDE_BAR_CHARS = 20;

/** Two overlaid histograms, each as shares of its own times: `#` for both runs, a letter for one run only. */
export function overlayText(
  { reference, candidate }: Pick<Pair, 'reference' | 'candidate'>,
  { stage, steps, ...counts }: Pick<StageComparison, 'stage' | 'steps' | 'referenceCount' | 'candidateCount'>,
  { width }: Screen,
): string {
  const share = ({ reference: a, candidate: b }: OverlaidStep): [number, number] => [
    a / counts.referenceCount,
    b / counts.candidateCount,
  ];
  const most = Math.max(...steps.flatMap(share));
  const labels = steps.map(({ upToUs }) => `<= ${stepLabel(upToUs)}`);
  const labelWidth = Math.max(stage.length, ...labels.map((label) => label.length));
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, width - BESIDE_BAR_CHARS - labelWidth));
  const rows = steps.map((step, i) => {
    const [a, b] = share(step);
    const [barA, barB] = [barLength(a, most, barMax), barLength(b, most, barMax)];
    const bar = '#'.repeat(Math.min(barA, barB)) + (barA > barB ? reference : candidate).repeat(Math.abs(barA - barB));
    return [labels[i] ?? '', bar.padEnd(barMax), percent(a), percent(b)];
  });
  return columns('rlrr', [[stage, '# = both'.slice(0, barMax), reference, candidate], ...rows], width);
}

/** At least one character for any share above 0. */
function barLength(share: number, most: number, barMax: number): number {
  return Math.ceil((share / most) * barMax);
}

function percent(share: number): string {
  return share === 0 ? '' : `${(share * 100).toFixed(1)}%`;
}
