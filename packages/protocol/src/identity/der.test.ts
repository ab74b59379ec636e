import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDer, readOid, TAG } from './der.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('readDer', () => {
  it('reads a short length, and the offset of the next value', () => {
    const bytes = hex('02 01 07 05 00');
    expect(readDer(bytes)).toMatchObject({ tag: TAG.integer, content: hex('07'), whole: true, next: 3 });
    expect(readDer(bytes, 3)).toMatchObject({ tag: 5, content: hex(''), whole: true, next: 5 });
    expect(readDer(bytes, 5)).toBeUndefined();
  });

  it('reads a long length', () => {
    expect(readDer(Buffer.concat([hex('30 82 01 00'), Buffer.alloc(256)]))).toMatchObject({ whole: true, next: 260 });
  });

  it('reports truncated bytes', () => {
    expect(readDer(hex('30 82 01 00 02'))).toMatchObject({ content: hex('02'), whole: false });
  });

  it.each(['', '30', '1f 01 00', '30 80 00 00', '30 85 01 00 00 00 00', '30 82 01'])(
    'reads no value from "%s"',
    (text) => {
      expect(readDer(hex(text))).toBeUndefined();
    },
  );

  it('stays inside the bytes, for any input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(25), (bytes, offset) => {
        const value = readDer(bytes, offset);
        if (value === undefined) return;
        expect(value.content.length).toBeLessThanOrEqual(bytes.length);
        expect(value.next).toBeGreaterThan(offset);
        expect(value.whole).toBe(value.next <= bytes.length);
      }),
    );
  });
});

describe('readOid', () => {
  it.each([
    ['2a 86 48 86 f7 0d 01 01 0b', '1.2.840.113549.1.1.11'],
    ['2b 65 70', '1.3.101.112'],
    ['88 37', '2.999'],
    ['27', '0.39'],
  ])('reads %s', (bytes, dotted) => {
    expect(readOid(hex(bytes))).toBe(dotted);
  });

  it.each([
    ['nothing', ''],
    ['an unfinished number', '2a 86'],
    ['more than 64 bytes', '01'.repeat(65)],
  ])('does not read %s', (_name, bytes) => {
    expect(readOid(hex(bytes))).toBeUndefined();
  });
});
