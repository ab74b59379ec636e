import { STAGES } from 'tentacle-protocol';
import { catalogue, type Failure, UntrustedObject as PlainShape } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';

const FAILURE_IDS = catalogue.map(({ id }) => id);
const OUTCOMES = ['ok', 'cancelled', ...FAILURE_IDS] as const;

/**
 * Reads the parts of an attempt's record by which the other end's record can be matched, from JSON.
 * @throws WireError MALFORMED for what has another shape.
 */
export function readAttempt(value: unknown): AttemptRecord {
  const shape = new PlainShape('a record of an attempt', value);
  const text = (key: string): string => shape.text(key);
  const count = (key: string): number => shape.count(key);
  return {
    number: shape.count('number'),
    startedAt: shape.moment('startedAt'),
    outcome: shape.oneOf('outcome', OUTCOMES),
    ...shape.optional('address', text),
    ...shape.optional('localAddress', text),
    ...shape.optional('localPort', count),
    ...shape.optional('activityId', text),
    ...shape.optional('tlsVersion', text),
    ...shape.optional('cipher', text),
    reused: shape.value('reused') === true,
    stages: [],
    totalUs: shape.count('totalUs'),
    ...shape.optional('peerProbeUs', count),
    ...shape.optional('failure', (key) => failureOf(shape.value(key))),
  };
}

function failureOf(value: unknown): Failure {
  const shape = new PlainShape('a failure', value);
  const evidence = new PlainShape('evidence', shape.value('evidence'));
  return {
    id: shape.oneOf('id', FAILURE_IDS),
    shownAt: shape.oneOf('shownAt', STAGES),
    evidence: {
      code: evidence.text('code'),
      elapsedUs: evidence.count('elapsedUs'),
      receivedBytes: evidence.count('receivedBytes'),
    },
  };
}
