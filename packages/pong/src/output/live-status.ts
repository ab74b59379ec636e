import { count, styled, type StatusLine } from 'tentacle-protocol/cli';
import type { EndedConnectionRecord } from 'tentacle-protocol/diagnostics';
import { describeOutcome } from './connection-outcome.js';
import { localTime } from './log-text.js';

/** Often enough to follow, and seldom enough that a flood costs nothing. */
const REFRESH_MS = 200;

/** The connections that a run counts. */
interface Counts {
  readonly open: number;
  readonly total: number;
}

/** The status line of a listener: connections that are open, were served, and failed, and the last one that ended. */
export class LiveStatus {
  readonly #status: StatusLine | undefined;
  readonly #counts: Counts;
  #served = 0;
  #failed = 0;
  #last = '';
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param status absent where no terminal shows it. */
  constructor(status: StatusLine | undefined, counts: Counts) {
    this.#status = status;
    this.#counts = counts;
    this.changed();
  }

  ended(record: EndedConnectionRecord): void {
    const { word, style } = describeOutcome(record);
    if (style === 'good') this.#served++;
    if (style === 'warning' || style === 'bad') this.#failed++;
    if (this.#status !== undefined)
      this.#last = `   last ${localTime(new Date().toISOString())} ${record.address} ${word}`;
    this.changed();
  }

  /** A connection was opened or has ended. */
  changed(): void {
    if (this.#status === undefined || this.#timer !== undefined) return;
    const dueMs = this.#shownAt + REFRESH_MS - performance.now();
    if (dueMs <= 0) {
      this.#show();
      return;
    }
    this.#timer = setTimeout(() => this.#show(), dueMs).unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#status?.clear();
  }

  #show(): void {
    this.#timer = undefined;
    this.#shownAt = performance.now();
    this.#status?.show(this.#text);
  }

  get #text(): string {
    const { open, total } = this.#counts;
    if (total === 0) return styled('dim', '[ waiting for the first connection ]');
    const failed = this.#failed === 0 ? '0 failed' : styled('bad', count(this.#failed, 'failed', 'failed'));
    return `[ ${open} open   ${this.#served} served   ${failed}${this.#last} ]`;
  }
}
