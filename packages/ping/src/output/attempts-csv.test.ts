import { expect, it } from 'vitest';
import type { AttemptRecord } from '../report/attempt-record.js';
import { attemptCsvRow, attemptsCsvHead } from './attempts-csv.js';

const record: AttemptRecord = {
  number: 1,
  startedAt: '2026-01-02T03:04:05.006Z',
  outcome: 'ok',
  address: '192.0.2.10',
  reused: false,
  stages: [
    { stage: 'dns', durationUs: 1 },
    { stage: 'tcp', durationUs: 20 },
    { stage: 'trust', durationUs: 300 },
    { stage: 'data', durationUs: 4000 },
    { stage: 'data', durationUs: 5000 },
  ],
  totalUs: 10_000,
};

function cellsOf(one: AttemptRecord): Record<string, string> {
  const cells = attemptCsvRow(one).trimEnd().split(',');
  return Object.fromEntries(
    attemptsCsvHead()
      .trimEnd()
      .split(',')
      .map((name, i) => [name, cells[i] ?? '']),
  );
}

it('has a column for each stage, which add up to the total', () => {
  const cells = cellsOf(record);
  expect(cells).toMatchObject({ number: '1', dnsUs: '1', tcpUs: '20', tlsUs: '', dataUs: '9000', otherUs: '979' });
  expect(cells).toMatchObject({ totalUs: '10000', outcome: 'ok', reused: 'false' });
});

it('leaves the rest of a failed attempt empty: its time belongs to the stage that failed', () => {
  expect(cellsOf({ ...record, outcome: 'tls.reset' })).toMatchObject({ otherUs: '', outcome: 'tls.reset' });
});
