import { describe, expect, it } from 'vitest';
import { omitUndefined } from './omit-undefined.js';

interface Options {
  readonly kind: 'one' | 'two';
  readonly count?: number;
  readonly name?: string | null;
}

describe('omitUndefined', () => {
  it('leaves out properties that are undefined, and keeps all others', () => {
    const options: Options = omitUndefined({ kind: 'one', count: undefined as number | undefined, name: null });
    expect(Object.entries(options)).toEqual([
      ['kind', 'one'],
      ['name', null],
    ]);
  });

  it('keeps values that are falsy but defined', () => {
    expect(omitUndefined({ zero: 0, empty: '', no: false, nan: Number.NaN })).toStrictEqual({
      zero: 0,
      empty: '',
      no: false,
      nan: Number.NaN,
    });
  });

  it('takes properties that are optional already, and changes nothing in its argument', () => {
    const partial: Partial<Options> = { kind: 'two' };
    const copy: Partial<Options> = omitUndefined({ ...partial });
    expect(copy).toStrictEqual(partial);
    expect(copy).not.toBe(partial);
  });

  it('does not let a required property be undefined', () => {
    const count = undefined as number | undefined;
    // @ts-expect-error -- count may be undefined, so it is optional in the result.
    const required: { count: number } = omitUndefined({ count });
    expect(required).toStrictEqual({});
  });
});
