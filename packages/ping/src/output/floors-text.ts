import { type Screen, wrap } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';

/** A smaller share of a median says nothing different about the path. */
const SHARE_LEAST = 0.25;

/** The stages of which this tool itself takes a large part, as on a local network; empty where there is none. */
export function floorsText({ stages }: Pick<Report, 'stages'>, { width }: Pick<Screen, 'width'>): string {
  const large = Object.entries(stages).filter(
    ([, { p50Us, floorUs = 0 }]) => floorUs > 0 && floorUs >= SHARE_LEAST * p50Us,
  );
  if (large.length === 0) return '';
  const parts = large.map(([stage, { floorUs = 0 }]) => `${(floorUs / 1000).toFixed(2)} ms of ${stage}`);
  return `${wrap(`This tool itself takes ${parts.join(', ')}.`, '', '  ', width)}\n`;
}
