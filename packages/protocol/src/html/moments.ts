import { formatDuration } from '../text/units.js';

/** A moment: `2026-01-01 12:00:00` */
export function momentText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** The time of day of a moment, with milliseconds. */
export function clockText(iso: string): string {
  return iso.slice(11, 23);
}

/** When a run was, and how long it took. */
export function runText(startedAt: string, endedAt: string): string {
  return `${momentText(startedAt)} UTC, ${formatDuration(lengthUs(startedAt, endedAt))}`;
}

/** The time between two moments. */
export function lengthUs(fromIso: string, toIso: string): number {
  const us = (Date.parse(toIso) - Date.parse(fromIso)) * 1000;
  return Number.isFinite(us) ? Math.max(0, us) : 0;
}

/** `0.52%`, `12%`: a share with the digits that matter. */
export function percentText(part: number, whole: number): string {
  if (whole === 0) return '0%';
  const share = (part / whole) * 100;
  return `${share === 0 || share >= 10 ? Math.round(share) : Number(share.toPrecision(2))}%`;
}
