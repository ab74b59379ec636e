import type { Direction } from 'tentacle-protocol';
import type { Transfer, TransferReport } from '../../report/transfer-report.js';

/** Counts transfers in constant memory. */
export class TransferTally {
  readonly #of = new Map<Direction, TransferReport>();

  add({ direction, sizeBytes, movedBytes, durationUs, isWhole, series: last }: Transfer): void {
    const known = this.#of.get(direction);
    const perSecond = bytesPerSecond(movedBytes, durationUs);
    const own = { slowestPerSecond: perSecond, fastestPerSecond: perSecond };
    this.#of.set(direction, {
      direction,
      sizeBytes,
      whole: (known?.whole ?? 0) + (isWhole ? 1 : 0),
      broken: (known?.broken ?? 0) + (isWhole ? 0 : 1),
      movedBytes: (known?.movedBytes ?? 0) + movedBytes,
      durationUs: (known?.durationUs ?? 0) + durationUs,
      ...(known === undefined || known.whole === 0 ? own : isWhole ? wider(known, perSecond) : rangeOf(known)),
      last,
    });
  }

  /** Upload before download, as they are made. */
  get report(): TransferReport[] {
    return (['upload', 'download'] as const).flatMap((direction) => this.#of.get(direction) ?? []);
  }
}

/** Whole bytes per second. */
export function bytesPerSecond(bytes: number, durationUs: number): number {
  return durationUs === 0 ? 0 : Math.round((bytes * 1_000_000) / durationUs);
}

type Range = Pick<TransferReport, 'slowestPerSecond' | 'fastestPerSecond'>;

function rangeOf({ slowestPerSecond, fastestPerSecond }: Range): Range {
  return { slowestPerSecond, fastestPerSecond };
}

function wider({ slowestPerSecond, fastestPerSecond }: Range, perSecond: number): Range {
  return {
    slowestPerSecond: Math.min(slowestPerSecond, perSecond),
    fastestPerSecond: Math.max(fastestPerSecond, perSecond),
  };
}
