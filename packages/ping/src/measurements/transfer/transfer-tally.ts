import type { Direction } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { Transfer, TransferReport } from '../../report/transfer-report.js';

/**
 * A program that computes for this much of a transfer may be what limits its rate: on a faster network, the rate could at
 * most be a quarter higher. Where the network is the limit, both ends wait for it.
 */
export const LIMIT_BUSY_PERCENT = 80;

/** Of a shorter transfer, the calls around it are much of the time, and its rate says little. */
const LIMIT_MIN_US = 50_000;

/** The sums of all transfers in one direction. */
type Sums = Omit<TransferReport, 'busyPercent' | 'peerBusyPercent' | 'limitedBy'> & {
  readonly busy: BusySum;
  readonly peerBusy: BusySum;
};

/** Percentages of several times, by their length. */
interface BusySum {
  readonly percentUs: number;
  readonly ofUs: number;
}

/** Counts transfers in constant memory. */
export class TransferTally {
  readonly #of = new Map<Direction, Sums>();

  add(transfer: Transfer): void {
    const { direction, sizeBytes, movedBytes, durationUs, isWhole, series: last } = transfer;
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
      busy: sumOf(known?.busy, transfer.busyPercent, durationUs),
      peerBusy: sumOf(known?.peerBusy, transfer.peerBusyPercent, durationUs),
      last,
    });
  }

  /** Upload before download, as they are made. */
  get report(): TransferReport[] {
    return (['upload', 'download'] as const).flatMap((direction) => {
      const sums = this.#of.get(direction);
      return sums === undefined ? [] : reportOf(sums);
    });
  }
}

function reportOf({ busy, peerBusy, last, ...sums }: Sums): TransferReport {
  const [busyPercent, peerBusyPercent] = [meanOf(busy), meanOf(peerBusy)];
  const isLong = sums.durationUs >= LIMIT_MIN_US;
  const isBusy = (percent = 0): boolean => isLong && percent >= LIMIT_BUSY_PERCENT;
  const limitedBy = isBusy(busyPercent) ? 'tentacle-ping' : isBusy(peerBusyPercent) ? 'tentacle-pong' : undefined;
  return { ...sums, ...omitUndefined({ busyPercent, peerBusyPercent, limitedBy }), last };
}

function sumOf(known: BusySum | undefined, percent: number | undefined, durationUs: number): BusySum {
  const { percentUs, ofUs } = known ?? { percentUs: 0, ofUs: 0 };
  return percent === undefined
    ? { percentUs, ofUs }
    : { percentUs: percentUs + percent * durationUs, ofUs: ofUs + durationUs };
}

function meanOf({ percentUs, ofUs }: BusySum): number | undefined {
  return ofUs === 0 ? undefined : Math.round(percentUs / ofUs);
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
