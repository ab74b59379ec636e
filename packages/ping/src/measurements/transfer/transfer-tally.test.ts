import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../report/transfer-report.js';
import { TransferTally } from './transfer-tally.js';

const TRANSFER: Transfer = {
  direction: 'upload',
  sizeBytes: 1000,
  movedBytes: 1000,
  durationUs: 1_000_000,
  isWhole: true,
  series: { intervalUs: 10_000, bytes: [1000] },
};

function limitOf(...transfers: readonly Partial<Transfer>[]) {
  const tally = new TransferTally();
  for (const transfer of transfers) tally.add({ ...TRANSFER, ...transfer });
  const [{ limitedBy, busyPercent, peerBusyPercent } = {}] = tally.report;
  return { limitedBy, busyPercent, peerBusyPercent };
}

describe('what limited a rate', () => {
  it.each<[string, Partial<Transfer>, string | undefined]>([
    ['both ends waited', { busyPercent: 30, peerBusyPercent: 79 }, undefined],
    ['tentacle-ping hardly waited', { busyPercent: 80 }, 'tentacle-ping'],
    ['tentacle-pong hardly waited', { busyPercent: 30, peerBusyPercent: 80 }, 'tentacle-pong'],
    ['an older tentacle-pong does not say', { busyPercent: 30 }, undefined],
    ['an older record says nothing', {}, undefined],
    ['too short for a rate', { busyPercent: 100, durationUs: 49_999 }, undefined],
  ])('%s', (_name, transfer, limit) => {
    expect(limitOf(transfer)).toEqual({
      limitedBy: limit,
      busyPercent: transfer.busyPercent,
      peerBusyPercent: transfer.peerBusyPercent,
    });
  });

  it('is judged by all transfers of a direction, the longer ones more', () => {
    const long = { durationUs: 9_000_000, busyPercent: 90 };
    expect(limitOf({ busyPercent: 10 }, long)).toEqual({
      limitedBy: 'tentacle-ping',
      busyPercent: 82,
      peerBusyPercent: undefined,
    });
  });
});
