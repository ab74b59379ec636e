import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from './usage-error.js';
import { parseDuration, parseSize, parseWhole } from './values.js';

/** The message that is thrown: one line that names the option and what to use instead. */
function complaintOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as UsageError;
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(message).toMatch(/^--it: "/);
    expect(message.length).toBeLessThan(250);
    return message;
  }
  throw new Error('nothing was thrown');
}

describe('parseDuration', () => {
  it.each([
    ['500ms', 500_000],
    ['10s', 10_000_000],
    ['2m', 120_000_000],
    ['1.5h', 5_400_000_000],
    ['250us', 250],
    ['3', 3_000_000],
    ['0', 0],
    ['0.25', 250_000],
    ['0.0005ms', 1],
    [' 10s ', 10_000_000],
    ['2147483647ms', 2_147_483_647_000],
  ])('reads %j as %i microseconds', (text, us) => {
    expect(parseDuration(text, '--it')).toBe(us);
  });

  it('reads any whole number of any unit', () => {
    const units = { us: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 };
    const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
    fc.assert(
      fc.property(fc.nat(500), unit, (number, unit) => {
        expect(parseDuration(`${number}${unit}`, '--it')).toBe(number * units[unit]);
      }),
    );
  });

  it.each([
    '',
    ' ',
    's',
    '10 s',
    '10S',
    '-1s',
    '+1s',
    '.5s',
    '5.s',
    '1.2.3s',
    '1e3',
    '0x10',
    '10sec',
    '10d',
    '1O',
    'NaN',
    '١٠',
  ])('refuses %j', (text) => {
    expect(complaintOf(() => parseDuration(text, '--it'))).toContain('500ms, 10s or 2m');
  });

  it.each(['25d'.replace('d', '00h'), '2147483648ms', '9'.repeat(400)])('refuses %j, which no timer holds', (text) => {
    expect(complaintOf(() => parseDuration(text, '--it'))).toContain('24 days');
  });

  it('returns a whole number of microseconds or reports an error in one line, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double().map(String)), (text) => {
        try {
          const us = parseDuration(text, '--it');
          expect(Number.isSafeInteger(us) && us >= 0 && us <= 2_147_483_647_000).toBe(true);
        } catch {
          complaintOf(() => parseDuration(text, '--it'));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseSize', () => {
  const size = (text: string): number => parseSize(text, '--it', 1, 1024 ** 4);

  it.each([
    ['1', 1],
    ['512', 512],
    ['512B', 512],
    ['64KB', 64_000],
    ['64kB', 64_000],
    ['64k', 65_536],
    ['64KiB', 65_536],
    ['10MB', 10_000_000],
    ['10M', 10_485_760],
    ['10mib', 10_485_760],
    ['1.5MB', 1_500_000],
    ['1GB', 1_000_000_000],
    ['1GiB', 1_073_741_824],
    ['1T', 1_099_511_627_776],
    [' 10MB ', 10_000_000],
    ['0.0015KB', 2],
  ])('reads %j as %i bytes', (text, bytes) => {
    expect(size(text)).toBe(bytes);
  });

  it.each(['', ' ', 'MB', '10 MB', '-1', '+1', '.5MB', '5.MB', '1e3', '0x10', '10XB', '10MBB', '10bk', '10Mb/s', '١'])(
    'refuses %j',
    (text) => {
      expect(complaintOf(() => size(text))).toContain('512, 64KB, 10MB or 1GiB');
    },
  );

  it.each(['0', '0.4', '2T', '9'.repeat(400)])('refuses %j, which is out of bounds', (text) => {
    expect(complaintOf(() => size(text))).toContain('1 to 1099511627776 bytes');
  });
});

describe('parseWhole', () => {
  it.each([
    ['1', 1],
    ['65535', 65_535],
    [' 7 ', 7],
    ['007', 7],
  ])('reads %j as %i', (text, number) => {
    expect(parseWhole(text, '--it', 1, 65_535)).toBe(number);
  });

  it.each(['', ' ', '0', '65536', '-1', '+7', '7.0', '7e1', '0x10', '1_000', '10O', 'seven', '٧', '9'.repeat(400)])(
    'refuses %j for a port',
    (text) => {
      expect(complaintOf(() => parseWhole(text, '--it', 1, 65_535))).toContain('from 1 to 65535');
    },
  );

  it('names only the lower bound without an upper one', () => {
    expect(complaintOf(() => parseWhole('0', '--it', 1, Number.MAX_SAFE_INTEGER))).toContain('of 1 or more');
    expect(parseWhole('9007199254740991', '--it', 1, Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('returns a whole number within the bounds or reports an error in one line, whatever is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.integer().map(String)), (text) => {
        try {
          const number = parseWhole(text, '--it', 1, 100);
          expect(Number.isInteger(number) && number >= 1 && number <= 100).toBe(true);
        } catch {
          complaintOf(() => parseWhole(text, '--it', 1, 100));
        }
      }),
      { numRuns: 300 },
    );
  });
});
