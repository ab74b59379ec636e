import type { Stage } from 'tentacle-protocol';
import { type CsvCell, csvRow } from 'tentacle-protocol/cli';
import type { AttemptRecord } from '../report/attempt-record.js';

/** The stages that take time, in their order. */
const STAGES: readonly Stage[] = ['dns', 'tcp', 'proxy', 'tls', 'identity', 'rpc', 'data'];

/** The columns of `--csv`, which are API, as the keys of records are: new ones are added at the end. */
const COLUMNS: Readonly<Record<string, (record: AttemptRecord) => CsvCell>> = {
  number: ({ number }) => number,
  startedAt: ({ startedAt }) => startedAt,
  outcome: ({ outcome }) => outcome,
  address: ({ address }) => address,
  localAddress: ({ localAddress }) => localAddress,
  localPort: ({ localPort }) => localPort,
  reused: ({ reused }) => reused,
  ...Object.fromEntries(STAGES.map((stage) => [`${stage}Us`, (record: AttemptRecord) => stageUs(record, stage)])),
  otherUs: otherUs,
  totalUs: ({ totalUs }) => totalUs,
  sinceScheduledUs: ({ sinceScheduledUs }) => sinceScheduledUs,
  failedAt: ({ failedAt }) => failedAt,
  failedStage: ({ failure }) => failure?.shownAt,
  tlsVersion: ({ tlsVersion }) => tlsVersion,
  cipher: ({ cipher }) => cipher,
};

/** The first row of `--csv`. */
export function attemptsCsvHead(): string {
  return csvRow(Object.keys(COLUMNS));
}

/** The row of one attempt. Empty: the stage was not completed. */
export function attemptCsvRow(record: AttemptRecord): string {
  return csvRow(Object.values(COLUMNS).map((cell) => cell(record)));
}

/** A stage may occur twice, as an upload and a download do. */
function stageUs({ stages }: AttemptRecord, name: Stage): number | undefined {
  const times = stages.filter(({ stage }) => stage === name);
  return times.length === 0 ? undefined : times.reduce((sum, { durationUs }) => sum + durationUs, 0);
}

/** The time of a successful attempt that no other column has: with it, they add up to the total. */
function otherUs(record: AttemptRecord): number | undefined {
  if (record.outcome !== 'ok') return undefined;
  return Math.max(0, record.totalUs - STAGES.reduce((sum, stage) => sum + (stageUs(record, stage) ?? 0), 0));
}
