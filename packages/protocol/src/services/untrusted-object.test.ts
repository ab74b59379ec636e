import { describe, expect, it } from 'vitest';
import { UntrustedObject } from './untrusted-object.js';
import { WireError } from '../halibut/wire-error.js';

const object = new UntrustedObject('a report', {
  name: 'web01',
  spoof: 'a\u001b[2J\u202eb',
  at: '2026-01-01T00:00:00.000Z',
  small: 5,
  big: 2n ** 40n,
  ratio: -0.5,
  yes: true,
  nothing: null,
  list: [{ n: 1 }, { n: 2 }],
  calls: { 'a.b': 3, 'c.d': 4n },
});

describe('a value of the requested type, within its bounds,', () => {
  it('is returned', () => {
    expect(object.text('name', 5)).toBe('web01');
    expect(object.moment('at')).toBe('2026-01-01T00:00:00.000Z');
    expect([object.count('small', 5), object.count('big')]).toEqual([5, 2 ** 40]);
    expect(object.number('ratio', -0.5, -0.5)).toBe(-0.5);
    expect(object.boolean('yes')).toBe(true);
    expect(object.oneOf('name', ['web02', 'web01'])).toBe('web01');
    expect([object.isNull('nothing'), object.isNull('name'), object.isNull('absent')]).toEqual([true, false, false]);
    expect(object.objects('list', 2).map((item) => item.count('n'))).toEqual([1, 2]);
    expect(object.list('list', 2)).toHaveLength(2);
    expect(object.counts('calls', 9, 9)).toEqual({ 'a.b': 3, 'c.d': 4 });
    expect(object.value('ratio')).toBe(-0.5);
  });

  it('loses what could act on a terminal', () => {
    expect(object.text('spoof')).toBe('a?[2J?b');
  });

  it('is left out when it is optional and absent', () => {
    expect({ ...object.optional('name', (key) => object.text(key)) }).toEqual({ name: 'web01' });
    expect({ ...object.optional('absent', (key) => object.text(key)) }).toEqual({});
  });

  it('may be an object of names, cut to a maximum', () => {
    expect(object.object('calls').keys(1)).toEqual(['a.b']);
    expect(object.counts('calls', 1, 2)).toEqual({ 'a.': 3 });
  });
});

describe('malformed data', () => {
  it.each<[string, (from: UntrustedObject) => unknown]>([
    ['a longer string', (from) => from.text('name', 4)],
    ['a number instead of a string', (from) => from.text('small')],
    ['an absent key', (from) => from.text('absent')],
    ['an inherited key', (from) => from.object('constructor')],
    ['a timestamp in another form', (from) => from.moment('name')],
    ['a count above its maximum', (from) => from.count('small', 4)],
    ['a negative count', (from) => from.count('ratio')],
    ['a number below its range', (from) => from.number('ratio', 0, 1)],
    ['a number above its range', (from) => from.number('small', 0, 1)],
    ['a string instead of a number', (from) => from.number('name', 0, 1)],
    ['a string instead of a boolean', (from) => from.boolean('name')],
    ['another choice', (from) => from.oneOf('name', ['web02'])],
    ['a longer array', (from) => from.list('list', 1)],
    ['an object instead of an array', (from) => from.list('calls', 9)],
    ['an array instead of an object', (from) => from.object('list')],
    ['null instead of an object', (from) => from.object('nothing')],
    ['names without counts', (from) => from.objects('list', 2)[0]?.counts('n', 9, 9)],
  ])('is rejected: %s', (_name, read) => {
    expect(() => read(object)).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as WireError);
  });

  it.each([NaN, Infinity])('is rejected: %f as a number', (ratio) => {
    expect(() => new UntrustedObject('a report', { ratio }).number('ratio', -1, 1)).toThrow(WireError);
  });

  it.each([['text'], [null], [undefined], [[]]])('is rejected: %j instead of an object', (value) => {
    expect(() => new UntrustedObject('a report', value)).toThrow(WireError);
  });

  it('is named in the error by its key', () => {
    expect(() => object.object('calls').text('a.b')).toThrow('a report: calls: a.b');
  });
});
