import { describe, expect, it } from 'vitest';
import { decodeBson, encodeBson } from './bson.js';
import { DataStreamRef, type BsonObject } from './bson-value.js';
import { DocumentMemo } from './document-memo.js';

const ID = '637d712a-dbd5-431c-9d5d-0123456789ab';
const request = (endpoint: BsonObject, id = 1): Buffer => encodeBson({ id, endpoint, after: 'x' });

describe('the endpoint of the last request', () => {
  it('is not read again, and a changed one is', () => {
    const memo = new DocumentMemo();
    const read = (endpoint: BsonObject, id: number) =>
      decodeBson(request(endpoint, id), 'a request', 100, memo).document;
    const first = read({ BaseUri: 'https://a/' }, 1);
    const second = read({ BaseUri: 'https://a/' }, 2);
    expect(second).toEqual({ id: 2, endpoint: { BaseUri: 'https://a/' }, after: 'x' });
    expect(second['endpoint']).toBe(first['endpoint']);
    expect(read({ BaseUri: 'https://b/' }, 3)).toEqual({ id: 3, endpoint: { BaseUri: 'https://b/' }, after: 'x' });
  });

  it('counts with all of its values each time', () => {
    const memo = new DocumentMemo();
    const bytes = request({ a: 1, b: 2, c: 3 });
    expect(() => decodeBson(bytes, 'a request', 6, memo)).not.toThrow();
    expect(() => decodeBson(bytes, 'a request', 6, memo)).not.toThrow();
    expect(() => decodeBson(bytes, 'a request', 5, memo)).toThrow(expect.objectContaining({ code: 'TOO_LONG' }));
  });

  it('is read each time where it has a data stream, is long, or is cut', () => {
    const memo = new DocumentMemo();
    const streams = request({ file: new DataStreamRef(ID, 5) });
    for (let i = 0; i < 2; i++) expect(decodeBson(streams, 'a request', 100, memo).streams).toHaveLength(1);
    const long = request({ text: 'x'.repeat(2000) });
    const [one, other] = [0, 1].map(() => decodeBson(long, 'a request', 100, memo).document['endpoint']);
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
    const whole = request({ a: 1 });
    decodeBson(whole, 'a request', 100, memo);
    for (let length = 0; length < whole.length; length++) {
      const cut = Buffer.from(whole.subarray(0, length));
      if (length >= 4) cut.writeInt32LE(length, 0);
      expect(() => decodeBson(cut, 'a request', 100, memo)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
    }
  });
});
