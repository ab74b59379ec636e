import { STAGES } from 'tentacle-protocol';
import { toAscii } from 'tentacle-protocol/cli';
import { readHistogram } from './read-histogram.js';
import type { AttemptOutcome, ParsedReport } from './parsed-report.js';
import type { Sample } from './statistics/estimates.js';

/** The document is not a report, or a damaged one. The message names the part. */
export class InvalidReportError extends Error {}

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

/**
 * A report of tentacle-ping (tentacle-ping/report/1), every part validated: the file is untrusted.
 * @throws InvalidReportError
 */
export function parseReport(file: string, document: Readonly<Record<string, unknown>>): ParsedReport {
  const target = object(document, 'target');
  const peer = object(document, 'peer');
  const proxy = object(document, 'proxy');
  const attempts = object(document, 'attempts');
  const [sent, ok, failed, cancelled] = (['sent', 'ok', 'failed', 'cancelled'] as const).map((name) =>
    whole(attempts, name),
  ) as [number, number, number, number];
  if (sent !== ok + failed + cancelled) throw new InvalidReportError('attempts do not add up');
  const outcomes = outcomesOf(object(document, 'outcomes'));
  if (Object.values(outcomes).reduce((sum, count) => sum + count, 0) !== ok + failed)
    throw new InvalidReportError('outcomes do not add up');
  const [address, thumbprint] = [optionalText(peer, 'address'), optionalText(peer, 'thumbprint')];
  return {
    file,
    target: { host: text(target, 'host'), port: whole(target, 'port') },
    ...(address === undefined ? {} : { address }),
    ...(proxy['used'] === true ? { proxy: `${text(proxy, 'host')}:${whole(proxy, 'port')}` } : {}),
    peerKind: text(peer, 'kind'),
    ...(thumbprint === undefined ? {} : { thumbprint }),
    level: text(document, 'level'),
    plan: planOf(object(document, 'plan')),
    startedAt: time(document, 'startedAt'),
    endedAt: time(document, 'endedAt'),
    attempts: { sent, ok, failed, cancelled },
    outcomes,
    stages: stagesOf(object(document, 'stages')),
    attemptSequence: sequenceOf(document['records']),
    warnings: warningsOf(document['warnings']),
  };
}

function stagesOf(stages: Readonly<Record<string, unknown>>): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const stage of TIMED) {
    if (stages[stage] === undefined) continue;
    const about = object(stages, stage);
    const sample = histogramOf(stage, about['histogram']);
    if (sample.count === 0 || sample.count !== whole(about, 'count'))
      throw new InvalidReportError(`stages.${stage}: the histogram and the count do not agree`);
    samples.set(stage, sample);
  }
  return samples;
}

function histogramOf(stage: string, histogram: unknown): Sample {
  try {
    if (typeof histogram === 'string') return readHistogram(histogram);
  } catch {
    // The decoder's own message means nothing to the user.
  }
  throw new InvalidReportError(`stages.${stage}.histogram is not an HdrHistogram in compressed form`);
}

function outcomesOf(outcomes: Readonly<Record<string, unknown>>): Record<string, number> {
  const ids = Object.keys(outcomes);
  // The catalogue has about 80.
  if (ids.length > 1000 || ids.some((id) => !VALID_ID.test(id)))
    throw new InvalidReportError('outcomes contain an id that is not valid');
  return Object.fromEntries(ids.map((id) => [id, whole(outcomes, id)]));
}

/** The options that affect the times, as text, so that future options are included. */
function planOf(plan: Readonly<Record<string, unknown>>): Record<string, string> {
  const how = Object.entries(plan).filter(([option]) => !OPTIONS_WITHOUT_EFFECT.includes(option));
  return Object.fromEntries(how.map(([option, value]) => [option, clean(JSON.stringify(value))]));
}

/** A report contains no more. The autocorrelation reads each of them many times. */
const MAX_SEQUENCE = 2000;

/** The last consecutive attempts. Records are optional. */
function sequenceOf(records: unknown): AttemptOutcome[] {
  const all = Array.isArray(records) ? (records as unknown[]) : [];
  const attemptSequence: AttemptOutcome[] = [];
  let next: number | undefined;
  for (const record of all.slice(-MAX_SEQUENCE).toReversed()) {
    if (!isObject(record)) break;
    const { number, outcome, stages, totalUs, sinceScheduledUs } = record;
    // Numbers up to 0 are warm-up attempts.
    if (!Number.isSafeInteger(number) || Number(number) < 1 || (next !== undefined && number !== next - 1)) break;
    next = Number(number);
    if (outcome !== 'cancelled')
      attemptSequence.push({
        ok: outcome === 'ok',
        stagesUs: timesOf(stages, outcome === 'ok' ? { total: totalUs, sinceScheduled: sinceScheduledUs } : {}),
      });
  }
  return attemptSequence.toReversed();
}

function timesOf(stages: unknown, wholes: Readonly<Record<string, unknown>>): Record<string, number> {
  const parts = (Array.isArray(stages) ? (stages as unknown[]) : []).flatMap((time) =>
    isObject(time) ? [[String(time['stage']), time['durationUs']] as const] : [],
  );
  const times = [...parts, ...Object.entries(wholes)];
  return Object.fromEntries(times.filter((time): time is [string, number] => typeof time[1] === 'number'));
}

function warningsOf(warnings: unknown): string[] {
  const ids = (Array.isArray(warnings) ? (warnings as unknown[]) : []).map((one) => (isObject(one) ? one['id'] : ''));
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && VALID_ID.test(id)))];
}

/** Of failures and warnings. */
const VALID_ID = /^[a-z0-9.-]{1,60}$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(of: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = of[name];
  if (!isObject(value)) throw new InvalidReportError(`${name} is missing`);
  return value;
}

function whole(of: Readonly<Record<string, unknown>>, name: string): number {
  const value = of[name];
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new InvalidReportError(`${name} is not a count`);
  return Number(value);
}

function optionalText(of: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return of[name] === undefined ? undefined : text(of, name);
}

function text(of: Readonly<Record<string, unknown>>, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new InvalidReportError(`${name} is not text`);
  return clean(value);
}

/** A DNS name has at most 253 characters. */
const MAX_TEXT_CHARS = 253;

/** Server consoles reliably show only ASCII, and interpret control characters. */
function clean(value: string): string {
  return toAscii(value).slice(0, MAX_TEXT_CHARS);
}

function time(of: Readonly<Record<string, unknown>>, name: string): string {
  const value = text(of, name);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidReportError(`${name} is not a time`);
  return value;
}
