import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inflateRawSync } from 'node:zlib';
import { decodeMessage } from '../halibut/messages.js';
import { CallTemplate } from './call-template.js';
import { echo, prepareCall } from './contracts.js';

const ENDPOINT = {
  baseUri: 'https://web01:10933/',
  remoteThumbprint: 'AB'.repeat(20),
  activityId: '637d712a-dbd5-431c-9d5d-0123456789ab',
};

describe('a call template', () => {
  it('returns calls that are read like those that are encoded, each with an id of its own', () => {
    const payload = randomBytes(56);
    const first = prepareCall(echo, payload, ENDPOINT);
    const template = CallTemplate.of(first, payload);
    const [one, two] = [randomBytes(56), randomBytes(56)].map((other) => ({ other, call: template?.next(other) }));
    for (const { other, call } of [one, two].filter((it) => it !== undefined)) {
      const { message } = decodeMessage(inflateRawSync(call?.bytes ?? ''), 'a request');
      expect(message).toEqual({ ...first.request, id: call?.request.id, params: [other] });
    }
    const ids = [first.request.id, one?.call?.request.id, two?.call?.request.id];
    expect(new Set(ids).size).toBe(3);
    expect(decodeMessage(inflateRawSync(first.bytes), 'a request').message).toEqual(first.request);
  });

  it('is undefined for a message that is compressed, or contains the payload twice', () => {
    const long = Buffer.alloc(5000, 'x');
    expect(CallTemplate.of(prepareCall(echo, long, ENDPOINT), long)).toBeUndefined();
    const twice = Buffer.from('Echo');
    expect(CallTemplate.of(prepareCall(echo, twice, ENDPOINT), twice)).toBeUndefined();
  });

  it('takes no payload of another length', () => {
    const payload = randomBytes(56);
    const template = CallTemplate.of(prepareCall(echo, payload, ENDPOINT), payload);
    expect(() => template?.next(randomBytes(57))).toThrow(RangeError);
  });
});
