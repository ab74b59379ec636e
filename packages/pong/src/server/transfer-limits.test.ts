import { isTransferLimitMessage } from 'tentacle-protocol/diagnostics';
import { describe, expect, test } from 'vitest';
import { UNLIMITED_TRANSFERS, type TransferLimitSettings } from '../options/transfer-limit-options.js';
import { type Transfer, TransferLimits } from './transfer-limits.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const UNLIMITED_MS = Number.POSITIVE_INFINITY;

/** Limits with a clock that the test sets. */
function limited(change: Partial<TransferLimitSettings>) {
  const clock = { ms: 1_000_000 };
  return { clock, limits: new TransferLimits({ ...UNLIMITED_TRANSFERS, ...change }, () => clock.ms) };
}

function begun(limits: TransferLimits, bytes: number, address = '192.0.2.1'): Transfer {
  const transfer = limits.begin(address, 'download', bytes);
  if (typeof transfer === 'string') throw new Error(transfer);
  return transfer;
}

/** Transfers all of it. */
function transferred(limits: TransferLimits, bytes: number, address?: string): void {
  const transfer = begun(limits, bytes, address);
  transfer.moved(bytes);
  transfer.end();
}

/** The message of a refusal. */
function refusal(limits: TransferLimits, bytes: number, address = '192.0.2.1'): string {
  const message = limits.begin(address, 'upload', bytes);
  if (typeof message !== 'string') throw new Error('not refused');
  expect(isTransferLimitMessage(message)).toBe(true);
  expect(message).toMatch(/^[\x20-\x7e]{1,200}$/);
  return message;
}

describe('one transfer', () => {
  test('above the size is refused, with the limit and its option', () => {
    const { limits } = limited({ each: { bytes: 10 * 1024 ** 3, ms: UNLIMITED_MS } });
    transferred(limits, 10 * 1024 ** 3);
    const message = refusal(limits, 10 * 1024 ** 3 + 1);
    for (const part of ['10737418241', '10GiB', '--transfer-limit ']) expect(message).toContain(part);
    expect(limits.counts).toEqual({ movedBytes: 10 * 1024 ** 3, refused: 1, cut: 0 });
  });

  test('of any size is refused where the limit is 0', () => {
    const { limits } = limited({ each: { bytes: 0, ms: UNLIMITED_MS } });
    refusal(limits, 1);
    transferred(limits, 0);
  });

  test('that takes too long must end', () => {
    const { limits, clock } = limited({ each: { bytes: 1000, ms: MINUTE_MS } });
    const transfer = begun(limits, 1000);
    expect(transfer.moved(1)).toBeUndefined();
    clock.ms += MINUTE_MS;
    expect(transfer.moved(1)).toBeUndefined();
    clock.ms += 1;
    expect(transfer.moved(1)).toContain('1m');
    expect(limits.counts).toEqual({ movedBytes: 3, refused: 0, cut: 1 });
  });
});

describe('the transfers of an hour', () => {
  test('of one address are limited, and leave those of others', () => {
    const { limits, clock } = limited({ perAddress: { bytes: 1000, ms: UNLIMITED_MS } });
    transferred(limits, 600);
    const message = refusal(limits, 401);
    for (const part of ['400', '401', '--transfer-limit-per-address ']) expect(message).toContain(part);
    expect(message).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\dZ/);
    transferred(limits, 400);
    transferred(limits, 1000, '192.0.2.2');
    // A minute counts until an hour after its end.
    clock.ms += HOUR_MS;
    refusal(limits, 1);
    clock.ms += MINUTE_MS;
    transferred(limits, 1000);
  });

  test('of all addresses together are limited', () => {
    const { limits } = limited({ total: { bytes: 1000, ms: UNLIMITED_MS } });
    for (let i = 0; i < 10; i++) transferred(limits, 100, `192.0.2.${i}`);
    expect(refusal(limits, 1, '192.0.2.99')).toContain('--transfer-limit-total ');
  });

  test('that are under way have their announced size, and afterwards what was transferred', () => {
    const { limits } = limited({ perAddress: { bytes: 1000, ms: UNLIMITED_MS } });
    const transfer = begun(limits, 900);
    refusal(limits, 200);
    transfer.moved(100);
    transfer.end();
    transfer.end();
    transferred(limits, 900);
    refusal(limits, 1);
  });

  test('have a time, that of those under way included, and end when it is over', () => {
    const { limits, clock } = limited({ perAddress: { bytes: 1_000_000, ms: 10 * MINUTE_MS } });
    const one = begun(limits, 10);
    const other = begun(limits, 10);
    clock.ms += 4 * MINUTE_MS;
    one.end();
    expect(other.moved(1)).toBeUndefined();
    clock.ms += 3 * MINUTE_MS;
    expect(other.moved(1)).toContain('--transfer-limit-per-address ');
    other.end();
    expect(refusal(limits, 1)).toContain('10m');
    transferred(limits, 1, '192.0.2.2');
  });

  test('count echoes, and refuse none that tentacle-ping sends', () => {
    const { limits } = limited({ perAddress: { bytes: 4000, ms: UNLIMITED_MS } });
    expect(limits.echo('192.0.2.1', 2000)).toBeUndefined();
    expect(limits.echo('192.0.2.1', 2000)).toContain('--transfer-limit-per-address ');
    for (let i = 0; i < 100; i++) expect(limits.echo('192.0.2.1', 56)).toBeUndefined();
    refusal(limits, 1);
    expect(limits.counts).toEqual({ movedBytes: 4000 + 100 * 112, refused: 2, cut: 0 });
  });

  test('of many addresses take little memory, and stay in the total', () => {
    const { limits } = limited({ total: { bytes: 10_000, ms: UNLIMITED_MS } });
    for (let i = 0; i < 10_000; i++) transferred(limits, 1, `192.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    refusal(limits, 1);
  });
});
