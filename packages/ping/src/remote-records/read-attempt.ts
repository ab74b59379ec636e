import { STAGES } from 'tentacle-protocol';
import { catalogue, type Failure, UntrustedObject } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';

const FAILURE_IDS = catalogue.map(({ id }) => id);
const OUTCOMES = ['ok', 'cancelled', ...FAILURE_IDS] as const;

/** More than an attempt can complete, as each is completed once or twice. */
const STAGES_MAX = 40;

/**
 * Reads the parts of an attempt's record by which the other end's record can be matched, from JSON.
 * @throws WireError MALFORMED for a value of another shape.
 */
export function readAttempt(value: unknown): AttemptRecord {
  const record = new UntrustedObject('the record of an attempt', value);
  const text = (key: string): string => record.text(key);
  const count = (key: string): number => record.count(key);
  return {
    number: record.count('number'),
    startedAt: record.moment('startedAt'),
    outcome: record.oneOf('outcome', OUTCOMES),
    ...record.optional('address', text),
    ...record.optional('localAddress', text),
    ...record.optional('localPort', count),
    ...record.optional('activityId', text),
    ...record.optional('tlsVersion', text),
    ...record.optional('cipher', text),
    reused: record.value('reused') === true,
    ...record.optional('failedAt', (key) => record.moment(key)),
    stages: readStages(record),
    totalUs: record.count('totalUs'),
    ...record.optional('peerProbeUs', count),
    ...record.optional('failure', (key) => readFailure(record.object(key))),
  };
}

/** The stages that it completed. A file of an older version may not have them. */
function readStages(record: UntrustedObject): AttemptRecord['stages'] {
  const stages = record.value('stages');
  if (!Array.isArray(stages)) return [];
  return stages.slice(0, STAGES_MAX).map((one: unknown) => {
    const stage = new UntrustedObject('a stage of an attempt', one);
    return { stage: stage.oneOf('stage', STAGES), durationUs: stage.count('durationUs') };
  });
}

function readFailure(failure: UntrustedObject): Failure {
  const evidence = failure.object('evidence');
  return {
    id: failure.oneOf('id', FAILURE_IDS),
    shownAt: failure.oneOf('shownAt', STAGES),
    evidence: {
      code: evidence.text('code'),
      elapsedUs: evidence.count('elapsedUs'),
      receivedBytes: evidence.count('receivedBytes'),
    },
  };
}
