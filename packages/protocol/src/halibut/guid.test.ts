import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guidFromBytes, guidToBytes, newGuid } from './guid.js';

describe('GUIDs', () => {
  it('travel in the order of .NET', () => {
    // From the captures: this is what the real library sent, and what it printed in the id of the same request.
    const bytes = Buffer.from('18025483b22f8548a1ec4471daa837b1', 'hex');
    expect(guidFromBytes(bytes)).toBe('83540218-2fb2-4885-a1ec-4471daa837b1');
    expect(guidToBytes('83540218-2fb2-4885-a1ec-4471daa837b1')).toEqual(bytes);
  });

  it('are read in either case and written in lower case', () => {
    expect(guidFromBytes(guidToBytes('637D712A-DBD5-431C-A1B2-0123456789AB'))).toBe(
      '637d712a-dbd5-431c-a1b2-0123456789ab',
    );
  });

  it('survive both ways', () => {
    fc.assert(fc.property(fc.uuid(), (text) => guidFromBytes(guidToBytes(text)) === text));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(guidToBytes(guidFromBytes(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('leave the bytes they are read from alone', () => {
    const bytes = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
    guidFromBytes(bytes);
    expect(bytes.toString('hex')).toBe('000102030405060708090a0b0c0d0e0f');
  });

  it('are made new each time', () => {
    expect(newGuid()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(newGuid()).not.toBe(newGuid());
  });

  it.each(['', '83540218', '{83540218-2fb2-4885-a1ec-4471daa837b1}', '83540218-2fb2-4885-a1ec-4471daa837bg'])(
    'are refused when malformed: %s',
    (text) => {
      expect(() => guidToBytes(text)).toThrow('not a GUID');
    },
  );

  it.each([0, 15, 17])('are refused with %i bytes', (length) => {
    expect(() => guidFromBytes(new Uint8Array(length))).toThrow('a GUID has 16 bytes');
  });
});
