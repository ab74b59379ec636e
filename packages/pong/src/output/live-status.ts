import { count, styled } from 'tentacle-protocol/cli';
import type { EndedConnectionRecord } from 'tentacle-protocol/diagnostics';
import { describeOutcome } from './connection-outcome.js';
import { localTime } from './log-text.js';

/** The connections that a run counts. */
interface Counts {
  readonly open: number;
  readonly total: number;
}

/** What the status line of a listener shows: connections that are open, were served, and failed, and the last that ended. */
export class LiveStatus {
  readonly #counts: Counts;
  #served = 0;
  #failed = 0;
  #last: { readonly record: EndedConnectionRecord; readonly endedAt: string } | undefined;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  ended(record: EndedConnectionRecord): void {
    const { style } = describeOutcome(record);
    if (style === 'good') this.#served++;
    if (style === 'warning' || style === 'bad') this.#failed++;
    this.#last = { record, endedAt: new Date().toISOString() };
  }

  get text(): string {
    const { open, total } = this.#counts;
    if (total === 0) return styled('dim', '[ waiting for the first connection ]');
    const failed = this.#failed === 0 ? '0 failed' : styled('bad', count(this.#failed, 'failed', 'failed'));
    return `[ ${open} open   ${this.#served} served   ${failed}${this.#lastText} ]`;
  }

  get #lastText(): string {
    if (this.#last === undefined) return '';
    const { record, endedAt } = this.#last;
    return `   last ${localTime(endedAt)} ${record.address} ${describeOutcome(record).word}`;
  }
}
