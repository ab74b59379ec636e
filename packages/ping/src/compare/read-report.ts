import { STAGES } from 'tentacle-protocol';
import { readHistogram } from './read-histogram.js';
import type { Passed, Side } from './side.js';
import type { Sample } from './statistics/estimates.js';

/** The document is no report, or a damaged one: which part of it, in a few words. */
export class NotAReportError extends Error {}

/** Stages that have times, and the whole, from its start and from when it was due. */
const TIMED: readonly string[] = [...STAGES.filter((stage) => stage !== 'trust'), 'total', 'fromDue'];

/** What of a plan does not bear on what a time means: whom it asked, and how long it went on. */
const NOT_HOW = ['host', 'port', 'address', 'count', 'deadlineUs', 'durationUs', 'thumbprint', 'timeoutUs', 'level'];

/**
 * What a report of tentacle-ping (tentacle-ping/report/1) says, each part checked: the file may be anybody's.
 * @throws NotAReportError
 */
export function sideOfReport(file: string, document: Readonly<Record<string, unknown>>): Side {
  const target = object(document, 'target');
  const peer = object(document, 'peer');
  const proxy = object(document, 'proxy');
  const attempts = object(document, 'attempts');
  const [sent, ok, failed, cancelled] = (['sent', 'ok', 'failed', 'cancelled'] as const).map((name) =>
    whole(attempts, name),
  ) as [number, number, number, number];
  if (sent !== ok + failed + cancelled) throw new NotAReportError('attempts do not add up');
  const outcomes = outcomesOf(object(document, 'outcomes'));
  if (Object.values(outcomes).reduce((sum, count) => sum + count, 0) !== ok + failed)
    throw new NotAReportError('outcomes do not add up');
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
    course: courseOf(document['records']),
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
      throw new NotAReportError(`stages.${stage}: the histogram does not hold as many times as it says`);
    samples.set(stage, sample);
  }
  return samples;
}

function histogramOf(stage: string, histogram: unknown): Sample {
  try {
    if (typeof histogram === 'string') return readHistogram(histogram);
  } catch {
    // Whatever the decoder says of it is for whoever wrote it.
  }
  throw new NotAReportError(`stages.${stage}.histogram is no HdrHistogram in compressed form`);
}

function outcomesOf(outcomes: Readonly<Record<string, unknown>>): Record<string, number> {
  const ids = Object.keys(outcomes);
  // The catalogue has some 80.
  if (ids.length > 1000 || ids.some((id) => !OUR_ID.test(id)))
    throw new NotAReportError('outcomes are not named as ours');
  return Object.fromEntries(ids.map((id) => [id, whole(outcomes, id)]));
}

/** What shapes the times, as text, so that options to come are seen too. */
function planOf(plan: Readonly<Record<string, unknown>>): Record<string, string> {
  const how = Object.entries(plan).filter(([option]) => !NOT_HOW.includes(option));
  return Object.fromEntries(how.map(([option, value]) => [option, clean(JSON.stringify(value))]));
}

/** A report holds no more; what looks at the course looks at each of them many times. */
const COURSE_MOST = 2000;

/** The attempts at the end that follow one another without a gap. Records are a help: a file without them will do. */
function courseOf(records: unknown): Passed[] {
  const all = Array.isArray(records) ? (records as unknown[]) : [];
  const course: Passed[] = [];
  let next: number | undefined;
  for (const record of all.slice(-COURSE_MOST).toReversed()) {
    if (!isObject(record)) break;
    const { number, outcome, stages, totalUs, fromDueUs } = record;
    // Those up to 0 only warmed up.
    if (!Number.isSafeInteger(number) || Number(number) < 1 || (next !== undefined && number !== next - 1)) break;
    next = Number(number);
    if (outcome !== 'cancelled')
      course.push({
        ok: outcome === 'ok',
        stagesUs: timesOf(stages, outcome === 'ok' ? { total: totalUs, fromDue: fromDueUs } : {}),
      });
  }
  return course.toReversed();
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
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && OUR_ID.test(id)))];
}

/** Of failures and warnings. */
const OUR_ID = /^[a-z0-9.-]{1,60}$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(of: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = of[name];
  if (!isObject(value)) throw new NotAReportError(`${name} is missing`);
  return value;
}

function whole(of: Readonly<Record<string, unknown>>, name: string): number {
  const value = of[name];
  if (!Number.isSafeInteger(value) || Number(value) < 0) throw new NotAReportError(`${name} is no count`);
  return Number(value);
}

function optionalText(of: Readonly<Record<string, unknown>>, name: string): string | undefined {
  return of[name] === undefined ? undefined : text(of, name);
}

function text(of: Readonly<Record<string, unknown>>, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') throw new NotAReportError(`${name} is no text`);
  return clean(value);
}

/** A name of DNS has at most 253 characters. */
const TEXT_CHARS = 253;

/** Consoles of servers show nothing but ASCII reliably, and control characters command them. */
function clean(value: string): string {
  return value.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, TEXT_CHARS);
}

function time(of: Readonly<Record<string, unknown>>, name: string): string {
  const value = text(of, name);
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new NotAReportError(`${name} is no time`);
  return value;
}
