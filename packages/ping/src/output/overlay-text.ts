import type { OverlaidStep, Pair, StageComparison } from '../compare/comparison.js';
import { stepLabel } from './step-label.js';

/** The longest bar, and what a line needs besides: the label before it and two shares after it. */
const BAR_MAX_CHARS = 44;
const BESIDE_BAR_CHARS = 36;

/** Two overlaid histograms, each as shares of its own times: `#` for both runs, a letter for one run only. */
export function overlayText(
  { reference, candidate }: Pair,
  { stage, steps, ...counts }: StageComparison,
  width: number,
): string {
  const share = ({ reference: a, candidate: b }: OverlaidStep): [number, number] => [
    a / counts.referenceCount,
    b / counts.candidateCount,
  ];
  const most = Math.max(...steps.flatMap(share));
  const labelWidth = Math.max(...steps.map(({ upToUs }) => stepLabel(upToUs).length));
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, width - BESIDE_BAR_CHARS));
  const lines = steps.map((step) => {
    const [a, b] = share(step);
    const [barA, barB] = [barLength(a, most, barMax), barLength(b, most, barMax)];
    const bar = '#'.repeat(Math.min(barA, barB)) + (barA > barB ? reference : candidate).repeat(Math.abs(barA - barB));
    return `  <= ${stepLabel(step.upToUs).padStart(labelWidth)} ${bar.padEnd(barMax)} ${percent(a)} ${percent(b)}`.trimEnd();
  });
  const title = `${stage}, by time (# = both)`;
  const shares = `${reference.padStart(barMax - title.length + labelWidth + 12)} ${candidate.padStart(6)}`;
  return `${title}${shares}\n${lines.join('\n')}\n`;
}

/** At least one character for any share above 0. */
function barLength(share: number, most: number, barMax: number): number {
  return Math.ceil((share / most) * barMax);
}

function percent(share: number): string {
  return (share === 0 ? '' : `${(share * 100).toFixed(1)}%`).padStart(6);
}
