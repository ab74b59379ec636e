import { WireError } from 'tentacle-protocol';
import { failureDefinition, UntrustedObject, type Observation, type Verdict } from 'tentacle-protocol/diagnostics';
import { quote, UsageError } from 'tentacle-protocol/cli';
import { parseReport } from '../../compare/parse-report.js';
import type { ParsedReport } from '../../compare/parsed-report.js';
import { readAttempt } from '../../remote-records/read-attempt.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import type { Report } from '../../report/report.js';
import { Tally } from '../../report/tally.js';
import { completeReport, type JsonObject } from './complete-report.js';

/** A run, and its report as it is compared; undefined where the run did not write one. */
export interface RecordedRun {
  readonly report: Report;
  readonly parsed: ParsedReport | undefined;
}

/**
 * The run that a file of `--record` holds: its report with the last of its records. Where the run was killed, there is no
 * report in the file, and it is made from the records. Lines that are incomplete are left out.
 */
export function readPingRecords(path: string, documents: readonly JsonObject[]): RecordedRun {
  const begins = documents.findLastIndex(({ schema }) => schema === 'tentacle-ping/records/1');
  const [header = {}, ...lines] = documents.slice(begins);
  const attempts = lines.flatMap(attemptIn);
  const tally = tallyOf(attempts);
  const report = lines.findLast((line) => line['report'] !== undefined)?.['report'];
  if (report === undefined) {
    if (attempts.length === 0) throw new UsageError(`${quote(path)} contains no attempt`);
    return { report: reportOf(header, tally, attempts), parsed: undefined };
  }
  const parsed = parseReport(path, report);
  const { records } = kept(tally);
  const recordsDropped = Math.max(0, parsed.attempts.sent - records.length);
  return { report: { ...completeReport(report as JsonObject), records, recordsDropped }, parsed };
}

function attemptIn(line: JsonObject): AttemptRecord[] {
  if (line['record'] === undefined) return [];
  try {
    return [readAttempt(line['record'])];
  } catch (error) {
    if (error instanceof WireError) return [];
    throw error;
  }
}

function tallyOf(attempts: readonly AttemptRecord[]): Tally {
  const tally = new Tally();
  for (const record of attempts) tally.add(record, observationOf(record));
  return tally;
}

/** The tally keeps the observation of each failure for its texts, which a file does not have. */
function observationOf({ failure }: AttemptRecord): Observation | undefined {
  return failure === undefined ? undefined : failureDefinition(failure.id).example;
}

function kept({ records }: Tally): Pick<Report, 'records' | 'recordsDropped'> {
  return { records: records.all().sort((a, b) => a.number - b.number), recordsDropped: records.dropped };
}

/** The report of a run that did not write one: what its records show. */
function reportOf(header: JsonObject, tally: Tally, attempts: readonly AttemptRecord[]): Report {
  const line = new UntrustedObject('record file', header);
  const target = line.object('target');
  const startedAt = line.moment('startedAt');
  const last = attempts.reduce((latest, one) => (one.startedAt > latest ? one.startedAt : latest), startedAt);
  const outcomes = [...tally.failures.values()].map(({ id, count }) => [id, count] as const);
  const timeline = tally.timeline.timeline;
  return completeReport({
    schema: 'tentacle-ping/report/1',
    tool: { name: 'tentacle-ping', version: line.object('tool').text('version') },
    target: { host: target.text('host'), port: target.count('port') },
    plan: { mode: { kind: 'round-trips' } },
    proxy: { used: line.value('throughProxy') === true },
    startedAt,
    endedAt: last,
    attempts: { sent: tally.sent, ok: tally.ok, failed: tally.failed, cancelled: tally.cancelled },
    outcomes: { ...(tally.ok > 0 ? { ok: tally.ok } : {}), ...Object.fromEntries(outcomes) },
    stages: Object.fromEntries([...tally.stages].map(([stage, times]) => [stage, times.figures])),
    peer: { kind: 'unknown', ownThumbprint: line.text('ownThumbprint') },
    level: tally.stages.has('rpc') ? 'capabilities' : tally.stages.has('tls') ? 'tls' : 'none',
    levelReason: 'the run did not write its report, so this is drawn from the records of its attempts',
    failures: [...tally.failures.values()].map(({ observation: _, ...failure }) => failure),
    failurePattern: tally.sequence.pattern,
    outages: tally.sequence.outages,
    outagesDropped: tally.sequence.outagesDropped,
    ...(timeline === undefined ? {} : { timeline }),
    verdict: verdictOf(tally),
    ...kept(tally),
  });
}

function verdictOf({ ok, failed, sent }: Tally): Verdict {
  return {
    id: 'incomplete',
    title: 'The run ended before it wrote its report',
    means: `The file has records of ${sent.toLocaleString('en-US')} attempts: ${ok.toLocaleString('en-US')} succeeded, and ${failed.toLocaleString('en-US')} failed.`,
    certainty: { kind: 'unknown' },
    next: [],
  };
}
