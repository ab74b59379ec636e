import { mark, ms, type Screen } from 'tentacle-protocol/cli';
import type { ThresholdResult } from '../report/threshold.js';

/** A line for each threshold: whether it is met, what was measured, and its limit. */
export function thresholdsText(thresholds: readonly ThresholdResult[], screen: Screen): string {
  return thresholds.map((threshold) => `${thresholdLine(threshold, screen)}\n`).join('');
}

function thresholdLine(threshold: ThresholdResult, screen: Screen): string {
  const { name, measured, limit, isMet } = threshold;
  const value = measured === undefined ? 'not measured' : amount(threshold, measured);
  const relation = isMet ? 'within' : 'not within';
  return `${mark(isMet ? 'good' : 'bad', screen)} ${LABELS[name]} ${value}, ${relation} --${name} ${amount(threshold, limit)}`;
}

const LABELS: Readonly<Record<ThresholdResult['name'], string>> = {
  'max-loss': 'loss',
  'max-p50': 'total p50',
  'max-p99': 'total p99',
};

function amount({ unit }: ThresholdResult, value: number): string {
  return unit === 'us' ? `${ms(value)} ms` : `${Number(value.toPrecision(3))}%`;
}
