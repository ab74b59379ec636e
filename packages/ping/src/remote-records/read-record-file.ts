import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { WireError } from 'tentacle-protocol';
import { quote, UsageError } from 'tentacle-protocol/cli';
import {
  type ConnectionRecord,
  UntrustedObject,
  readConnectionRecord,
  readListenerHealth,
} from 'tentacle-protocol/diagnostics';
import { Lines } from '../text-input/lines.js';
import { LogText } from '../text-input/log-text.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import type { Span } from './clock.js';
import { type ListenerRun, spanOf } from './listener-state.js';
import { readAttempt } from './read-attempt.js';

/** The schemas in the first lines of record files, and in the document that `--json` prints. */
const PING_RECORDS = 'tentacle-ping/records/1';
const PONG_RECORDS = 'tentacle-pong/records/1';
const PING_REPORT = 'tentacle-ping/report/1';
const PONG_LISTENING = 'tentacle-pong/listening/1';
const PONG_SUMMARY = 'tentacle-pong/summary/1';

/** What ping recorded of one run. */
export interface PingRecords {
  readonly kind: 'ping';
  readonly target: { readonly host: string; readonly port: number };
  readonly throughProxy: boolean;
  readonly ownThumbprint: string;
  readonly attempts: readonly AttemptRecord[];
  /** Attempts without a record. */
  readonly unrecorded: number;
  /** The distributions of all attempts, by stage, as HdrHistogram; absent in a record file. */
  readonly histograms?: Readonly<Record<string, string>>;
  /** All attempts by outcome; absent in a record file. */
  readonly outcomes?: Readonly<Record<string, number>>;
}

/** What pong counted of one run, without records. */
export interface PongSummary {
  readonly kind: 'pong-summary';
  readonly version: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly received: number;
  readonly endings: Readonly<Record<string, number>>;
  /** By stage, as HdrHistogram; older versions have none. */
  readonly histograms: Readonly<Record<string, string>>;
}

/** What pong recorded, of one run or of several. */
export interface PongRecords {
  readonly kind: 'pong';
  readonly version: string;
  readonly records: readonly ConnectionRecord[];
  /** From its start to its end, of each run that ended properly. */
  readonly complete: readonly Span[];
  /** The most connections that it accepted in one turn of its event loop, in the runs that ended properly. */
  readonly largestAcceptBatch?: number;
  /** What it reports of its listener, of each run that ended properly. Older versions report nothing. */
  readonly listeners: readonly ListenerRun[];
  /** Lines that are incomplete or damaged. */
  readonly unreadable: number;
}

/** A report with all its records is about a megabyte, and one line. */
const LINE_MAX_CHARS = 16 * 1024 * 1024;

/** A week of a ping a second, on two hundred megabytes of memory or less. */
const RECORDS_MAX = 200_000;

/**
 * Reads a record file of either end, or a report, recognized by the schema in its lines. An incomplete line is skipped.
 * Of several runs of ping in one file, the last counts.
 * @returns undefined for a file that is something else, or that cannot be read.
 * @throws UsageError when it holds too much.
 */
export async function readRecordFile(path: string): Promise<PingRecords | PongRecords | PongSummary | undefined> {
  const reader = new RecordFileReader(path);
  const lines = new Lines(LINE_MAX_CHARS);
  const text = new LogText();
  try {
    // A pipe can be read once only, and another reader may follow.
    if (!(await stat(path)).isFile()) return undefined;
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      for (const line of lines.push(text.push(piece))) reader.line(line);
      // Another kind of file may be of any size.
      if (reader.isSomethingElse) return undefined;
    }
    for (const line of lines.push(text.end())) reader.line(line);
    for (const line of lines.end()) reader.line(line);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // Reading it as a report will report what is wrong with it.
    return undefined;
  }
  return reader.result;
}

/** Collects the contents of a file line by line. */
class RecordFileReader {
  readonly #path: string;
  #ping:
    | { about: Omit<PingRecords, 'attempts' | 'unrecorded' | 'kind'>; attempts: AttemptRecord[]; sent: number }
    | undefined;
  #pong:
    | {
        version: string;
        records: ConnectionRecord[];
        complete: Span[];
        startMs: number;
        unreadable: number;
        largestAcceptBatch?: number;
        listeners: ListenerRun[];
      }
    | undefined;
  #summary: PongSummary | undefined;
  /** The first line that pong prints with --json was read: its summary follows. */
  #isListening = false;
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get isSomethingElse(): boolean {
    return this.#lines > 0 && !this.#isListening && this.#ping === undefined && this.#pong === undefined;
  }

  get result(): PingRecords | PongRecords | PongSummary | undefined {
    if (this.#summary !== undefined) return this.#summary;
    if (this.#pong !== undefined) {
      const { startMs: _, ...pong } = this.#pong;
      return { kind: 'pong', ...pong };
    }
    if (this.#ping === undefined) return undefined;
    const { about, attempts, sent } = this.#ping;
    return { kind: 'ping', ...about, attempts, unrecorded: Math.max(0, sent - attempts.length) };
  }

  line(text: string): void {
    if (text.trim() === '') return;
    this.#lines++;
    try {
      this.#document(JSON.parse(text.replace(/^\ufeff/, '')));
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof WireError)) throw error;
      if (this.#pong !== undefined) this.#pong.unreadable++;
    }
  }

  #document(value: unknown): void {
    const line = new UntrustedObject('the line', value);
    const { schema } = line.optional('schema', (key) => line.text(key));
    if (schema === PONG_RECORDS) this.#pongBegins(line);
    else if (schema === PING_RECORDS) this.#pingBegins(line);
    else if (schema === PING_REPORT) this.#report(line);
    else if (schema === PONG_LISTENING) this.#isListening = true;
    else if (schema === PONG_SUMMARY) {
      this.#summary = readPongSummary(line);
      this.#isListening = true;
    } else if (line.value('record') !== undefined) this.#record(line.value('record'));
    else if (line.value('summary') !== undefined) this.#pongEnds(line.object('summary'));
    else if (line.value('report') !== undefined && this.#ping !== undefined)
      this.#ping.sent = line.object('report').object('attempts').count('sent');
  }

  #pongBegins(header: UntrustedObject): void {
    const version = header.object('tool').text('version');
    const startMs = Date.parse(header.moment('startedAt'));
    this.#pong = { records: [], complete: [], listeners: [], unreadable: 0, ...this.#pong, version, startMs };
  }

  #pongEnds(summary: UntrustedObject): void {
    if (this.#pong === undefined) return;
    const toMs = Date.parse(summary.moment('endedAt'));
    const { recordsLeftOut = 0 } = summary.optional('recordsLeftOut', (key) => summary.count(key));
    // Those left out may have begun at any time of the run.
    if (recordsLeftOut === 0) this.#pong.complete.push({ fromMs: this.#pong.startMs, toMs });
    const connections = summary.object('connections');
    const { largestAcceptBatch } = connections.optional('largestAcceptBatch', (key) => connections.count(key));
    if (largestAcceptBatch !== undefined)
      this.#pong.largestAcceptBatch = Math.max(largestAcceptBatch, this.#pong.largestAcceptBatch ?? 0);
    const { listener } = summary.optional('listener', (key) => readListenerHealth(summary.value(key)));
    // A run starts before it listens and ends after it, and nothing arrives in between.
    if (listener !== undefined)
      this.#pong.listeners.push({ health: listener, span: { fromMs: spanOf(listener).fromMs, toMs } });
  }

  #pingBegins(header: UntrustedObject): void {
    const target = header.object('target');
    const about = {
      target: { host: target.text('host'), port: target.count('port') },
      throughProxy: header.value('throughProxy') === true,
      ownThumbprint: header.text('ownThumbprint'),
    };
    this.#ping = { about, attempts: [], sent: 0 };
  }

  #report(report: UntrustedObject): void {
    const target = report.object('target');
    this.#ping = {
      about: {
        target: { host: target.text('host'), port: target.count('port') },
        throughProxy: report.object('proxy').value('used') === true,
        ownThumbprint: report.object('peer').text('ownThumbprint'),
        histograms: readHistograms(report.object('stages')),
        outcomes: report.counts('outcomes', IDS_MAX, ID_MAX_CHARS),
      },
      attempts: report.list('records', RECORDS_MAX).map(readAttempt),
      sent: report.object('attempts').count('sent'),
    };
  }

  #record(value: unknown): void {
    const list = this.#pong === undefined ? this.#ping?.attempts : this.#pong.records;
    if (list === undefined) return;
    if (list.length === RECORDS_MAX)
      throw new UsageError(
        `${quote(this.#path)} contains more than ${RECORDS_MAX} records; use only the part for the time in question`,
      );
    if (this.#pong === undefined) this.#ping?.attempts.push(readAttempt(value));
    else this.#pong.records.push(readConnectionRecord(value));
  }
}

/** Stages that both ends time. */
const STAGES = ['tls', 'identity', 'rpc'];

/** An HdrHistogram of an hour with every bucket in use. */
const HISTOGRAM_MAX_CHARS = 1_400_000;

/** The catalogue has about 150 failures, and the endings are about 60. */
const IDS_MAX = 1000;
const ID_MAX_CHARS = 60;

function readHistograms(stages: UntrustedObject): Record<string, string> {
  const known = STAGES.filter((stage) => stages.value(stage) !== undefined);
  return Object.fromEntries(known.map((stage) => [stage, stages.object(stage).text('histogram', HISTOGRAM_MAX_CHARS)]));
}

function readPongSummary(summary: UntrustedObject): PongSummary {
  return {
    kind: 'pong-summary',
    version: summary.object('tool').text('version'),
    startedAt: summary.moment('startedAt'),
    endedAt: summary.moment('endedAt'),
    received: summary.object('connections').count('total'),
    endings: summary.counts('endings', IDS_MAX, ID_MAX_CHARS),
    histograms: summary.value('stages') === undefined ? {} : readHistograms(summary.object('stages')),
  };
}
