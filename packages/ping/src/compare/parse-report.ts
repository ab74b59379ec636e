import { STAGES } from 'tentacle-protocol';
import { HISTOGRAM_MAX_CHARS, toAscii } from 'tentacle-protocol/cli';
import { UntrustedObject } from 'tentacle-protocol/diagnostics';
import { readHistogram } from './read-histogram.js';
import type { AttemptOutcome, ParsedReport } from './parsed-report.js';
import type { Sample } from './statistics/estimates.js';

/** Stages that have times, and the whole attempt, from its start and from its scheduled time. */
const TIMED: readonly string[] = [...STAGES.filter((stage) => stage !== 'trust'), 'total', 'sinceScheduled'];

/** Options that do not affect the meaning of a time: the target, and the length of the run. */
const OPTIONS_WITHOUT_EFFECT = [
  'host',
  'port',
  'address',
  'count',
  'deadlineUs',
  'durationUs',
  'thumbprint',
  'timeoutUs',
  'level',
];

/** Entries of one object or list. The catalogue has about 80 failures, a plan about 30 options, a record ten stages. */
const ENTRIES_MAX = 1000;

/** Ids of failures and warnings. */
const VALID_ID = /^[a-z0-9.-]{1,60}$/;

/** A DNS name has at most 253 characters. */
const MAX_TEXT_CHARS = 253;

/** The autocorrelation reads each attempt many times. Reports contain no more attempts than this. */
const MAX_SEQUENCE = 2000;

/**
 * Parses a report of tentacle-ping (tentacle-ping/report/1). Every part is validated, because the file is untrusted.
 * @throws WireError MALFORMED, whose message is one line and names the part.
 */
export function parseReport(file: string, value: unknown): ParsedReport {
  const report = new UntrustedObject('report', value);
  const target = report.object('target');
  const peer = report.object('peer');
  const proxy = report.object('proxy');
  const attempts = readAttempts(report.object('attempts'));
  const outcomes = readOutcomes(report.object('outcomes'));
  if (sum(Object.values(outcomes)) !== attempts.ok + attempts.failed) throw report.error('outcomes do not add up');
  return {
    file,
    target: { host: asciiText(target.text('host')), port: target.count('port') },
    ...peer.optional('address', (key) => asciiText(peer.text(key))),
    ...(proxy.value('used') === true ? { proxy: `${asciiText(proxy.text('host'))}:${proxy.count('port')}` } : {}),
    peerKind: asciiText(peer.text('kind')),
    ...peer.optional('thumbprint', (key) => asciiText(peer.text(key))),
    level: asciiText(report.text('level')),
    plan: readPlan(report.object('plan')),
    startedAt: report.moment('startedAt'),
    endedAt: report.moment('endedAt'),
    attempts,
    outcomes,
    stages: readStages(report.object('stages')),
    attemptSequence: readSequence(report),
    warnings: readWarnings(report),
  };
}

function readAttempts(object: UntrustedObject): ParsedReport['attempts'] {
  const [sent, ok, failed] = [object.count('sent'), object.count('ok'), object.count('failed')];
  const cancelled = object.count('cancelled');
  if (sent !== ok + failed + cancelled) throw object.error('the numbers do not add up');
  return { sent, ok, failed, cancelled };
}

function readOutcomes(outcomes: UntrustedObject): Record<string, number> {
  const ids = outcomes.keys(ENTRIES_MAX + 1);
  if (ids.length > ENTRIES_MAX || ids.some((id) => !VALID_ID.test(id)))
    throw outcomes.error('one of the ids is not valid');
  return Object.fromEntries(ids.map((id) => [id, outcomes.count(id)]));
}

function readStages(stages: UntrustedObject): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const name of TIMED) {
    if (stages.value(name) === undefined) continue;
    const stage = stages.object(name);
    const sample = histogramOf(stage);
    if (sample.count === 0 || sample.count !== stage.count('count'))
      throw stage.error('the histogram and the count do not agree');
    samples.set(name, sample);
  }
  return samples;
}

function histogramOf(stage: UntrustedObject): Sample {
  const text = stage.text('histogram', HISTOGRAM_MAX_CHARS);
  try {
    return readHistogram(text);
  } catch {
    // The decoder's own message means nothing to the user.
    throw stage.error('histogram is not an HdrHistogram in compressed form');
  }
}

/** The options that affect the times, as text, so that future options are included. */
function readPlan(plan: UntrustedObject): Record<string, string> {
  const names = plan.keys(ENTRIES_MAX).filter((name) => !OPTIONS_WITHOUT_EFFECT.includes(name));
  return Object.fromEntries(names.map((name) => [asciiText(name), asciiText(JSON.stringify(plan.value(name)))]));
}

/** The last consecutive attempts. Records are optional. */
function readSequence(report: UntrustedObject): AttemptOutcome[] {
  if (report.value('records') === undefined) return [];
  // The size of the file bounds their number.
  const records = report.objects('records', Number.MAX_SAFE_INTEGER);
  const attemptSequence: AttemptOutcome[] = [];
  let next: number | undefined;
  for (const record of records.slice(-MAX_SEQUENCE).toReversed()) {
    const number = record.value('number');
    // Numbers up to 0 are warm-up attempts.
    if (!isCount(number) || number < 1 || (next !== undefined && number !== next - 1)) break;
    next = number;
    const outcome = record.value('outcome');
    if (outcome !== 'cancelled') attemptSequence.push({ ok: outcome === 'ok', stagesUs: readTimes(record) });
  }
  return attemptSequence.toReversed();
}

/** The times of one attempt, by stage. */
function readTimes(record: UntrustedObject): Record<string, number> {
  const times = new Map<string, unknown>();
  for (const stage of record.value('stages') === undefined ? [] : record.objects('stages', ENTRIES_MAX)) {
    const name = stage.value('stage');
    if (typeof name === 'string' && TIMED.includes(name)) times.set(name, stage.value('durationUs'));
  }
  if (record.value('outcome') === 'ok') {
    times.set('total', record.value('totalUs'));
    times.set('sinceScheduled', record.value('sinceScheduledUs'));
  }
  return Object.fromEntries([...times].filter((time): time is [string, number] => isCount(time[1])));
}

function readWarnings(report: UntrustedObject): string[] {
  if (report.value('warnings') === undefined) return [];
  const ids = report.objects('warnings', ENTRIES_MAX).map((warning) => warning.value('id'));
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && VALID_ID.test(id)))];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Server consoles reliably show only ASCII. */
function asciiText(text: string): string {
  return toAscii(text).slice(0, MAX_TEXT_CHARS);
}
