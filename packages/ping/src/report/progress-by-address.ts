import type { AttemptSpan, OtherAttempts, Stage } from 'tentacle-protocol';
import type { FailureId } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';

/** A name has a few addresses. What a hostile resolver adds beyond this number is not followed. */
const ADDRESSES_MAX = 100;

/** Follows how far attempts got at each address, and when, in constant memory. */
export class ProgressByAddress {
  /** Of each address, the attempts that completed a stage, by its name, and those that failed, by the failure's id. */
  readonly #addresses = new Map<string, Map<Stage | FailureId, NumberedSpan>>();

  add({ number, startedAt, failedAt = startedAt, address, stages, failure }: AttemptRecord): void {
    for (const { stage } of stages) {
      // Of two transfers, the first may complete the stage at which the second fails.
      if (stage !== failure?.shownAt) this.#add(addressAt(stage, address), stage, number, startedAt);
    }
    if (failure === undefined) return;
    this.#add(addressAt(failure.shownAt, address), failure.id, number, failedAt);
  }

  /** What other attempts show of a failure; undefined where none at its address completed the stage at which it showed. */
  othersOf(id: FailureId, shownAt: Stage, address: string | undefined): OtherAttempts | undefined {
    const spans = this.#addresses.get(addressAt(shownAt, address));
    const [failed, passed] = [spans?.get(id), spans?.get(shownAt)];
    if (failed === undefined || passed === undefined) return undefined;
    const order = passed.last < failed.first ? 'before' : passed.first > failed.last ? 'after' : 'mixed';
    return { failed: plainSpan(failed), passed: plainSpan(passed), order };
  }

  #add(address: string, what: Stage | FailureId, number: number, at: string): void {
    let spans = this.#addresses.get(address);
    if (spans === undefined) {
      if (this.#addresses.size >= ADDRESSES_MAX) return;
      spans = new Map<Stage | FailureId, NumberedSpan>();
      this.#addresses.set(address, spans);
    }
    const span = spans.get(what);
    if (span === undefined) {
      spans.set(what, { count: 1, first: number, last: number, firstAt: at, lastAt: at });
      return;
    }
    span.count++;
    span.first = Math.min(span.first, number);
    span.last = Math.max(span.last, number);
    if (at < span.firstAt) span.firstAt = at;
    if (at > span.lastAt) span.lastAt = at;
  }
}

/** A name is looked up before there is an address, so that all lookups are alike. */
function addressAt(stage: Stage, address: string | undefined): string {
  return stage === 'dns' ? '' : (address ?? '');
}

/** Attempts of a kind: how many, and the first and the last of them by number and by time. */
interface NumberedSpan {
  count: number;
  first: number;
  last: number;
  firstAt: string;
  lastAt: string;
}

function plainSpan({ count, firstAt, lastAt }: NumberedSpan): AttemptSpan {
  return { count, firstAt, lastAt };
}
