import type { OverlaidStep, Pair, StageComparison } from '../compare/comparison.js';

/** The longest bar. With the label before it and two shares after it, it fits into 80 columns. */
const BAR_CHARS = 44;

/** Two overlaid histograms, each as shares of its own times: `#` for both runs, a letter for one run only. */
export function overlayText({ reference, candidate }: Pair, { stage, steps, ...counts }: StageComparison): string {
  const share = ({ reference: a, candidate: b }: OverlaidStep): [number, number] => [
    a / counts.referenceCount,
    b / counts.candidateCount,
  ];
  const most = Math.max(...steps.flatMap(share));
  const width = Math.max(...steps.map(({ upToUs }) => stepLabel(upToUs).length));
  const lines = steps.map((step) => {
    const [a, b] = share(step);
    const [barA, barB] = [barOf(a, most), barOf(b, most)];
    const bar = '#'.repeat(Math.min(barA, barB)) + (barA > barB ? reference : candidate).repeat(Math.abs(barA - barB));
    return `  <= ${stepLabel(step.upToUs).padStart(width)} ${bar.padEnd(BAR_CHARS)} ${percent(a)} ${percent(b)}`.trimEnd();
  });
  const shares = `${reference.padStart(BAR_CHARS - `${stage}, by time (# = both)`.length + width + 12)} ${candidate.padStart(6)}`;
  return `${stage}, by time (# = both)${shares}\n${lines.join('\n')}\n`;
}

/** At least one character for any share above 0. */
function barOf(share: number, most: number): number {
  return Math.ceil((share / most) * BAR_CHARS);
}

function percent(share: number): string {
  return (share === 0 ? '' : `${(share * 100).toFixed(1)}%`).padStart(6);
}

function stepLabel(us: number): string {
  if (us < 1000) return `${us} us`;
  return us < 1_000_000 ? `${us / 1000} ms` : `${us / 1_000_000} s`;
}
