import { describe, expect, it } from 'vitest';
import { Mould } from './mould.js';

const BYTES = Buffer.from('<id: the-id, payload: PAYLOAD, end>');
const FILLING = { id: 'the-id', payload: Buffer.from('PAYLOAD') };

function mould(): Mould {
  const made = Mould.of(BYTES, FILLING);
  if (made === undefined) throw new Error('no mould');
  return made;
}

describe('a mould', () => {
  it('is filled with another id and another payload', () => {
    const filled = mould().filledWith({ id: 'an-id!', payload: Buffer.from('1234567') });
    expect(filled?.toString()).toBe('<id: an-id!, payload: 1234567, end>');
    expect(mould().filledWith(FILLING)).toEqual(BYTES);
  });

  it('takes nothing of another length', () => {
    expect(mould().filledWith({ ...FILLING, id: 'the-id2' })).toBeUndefined();
    expect(mould().filledWith({ ...FILLING, payload: Buffer.from('PAY') })).toBeUndefined();
    expect(mould().filledWith({ ...FILLING, id: 'the-ié' })).toBeUndefined();
  });

  it('gives back what fills it', () => {
    const other = { id: 'an-id!', payload: Buffer.from('1234567') };
    expect(mould().fillingOf(mould().filledWith(other) ?? Buffer.alloc(0))).toEqual(other);
  });

  it('knows every byte that is not in its holes', () => {
    const holes = new Set([...Array(6).keys()].map((i) => 5 + i).concat([...Array(7).keys()].map((i) => 22 + i)));
    for (let at = 0; at < BYTES.length; at++) {
      const changed = Buffer.from(BYTES);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(mould().fillingOf(changed) !== undefined).toBe(holes.has(at));
    }
    expect(mould().fillingOf(BYTES.subarray(1))).toBeUndefined();
  });

  it('reads no id beyond ASCII', () => {
    const changed = Buffer.from(BYTES);
    changed[5] = 0xe9;
    expect(mould().fillingOf(changed)).toBeUndefined();
  });

  it('is of its own bytes', () => {
    const bytes = Buffer.from(BYTES);
    const made = Mould.of(bytes, FILLING);
    bytes.fill(0);
    expect(made?.filledWith(FILLING)).toEqual(BYTES);
  });

  it('is none where it cannot be told which bytes are which', () => {
    expect(Mould.of(BYTES, { ...FILLING, id: 'd' })).toBeUndefined();
    expect(Mould.of(BYTES, { ...FILLING, id: '' })).toBeUndefined();
    expect(Mould.of(BYTES, { ...FILLING, id: 'elsewhere' })).toBeUndefined();
    expect(Mould.of(BYTES, { ...FILLING, payload: Buffer.alloc(0) })).toBeUndefined();
    expect(Mould.of(BYTES, { ...FILLING, payload: Buffer.from('the') })).toBeUndefined();
    expect(Mould.of(Buffer.from('<é>PAYLOAD'), { ...FILLING, id: 'é' })).toBeUndefined();
  });
});
