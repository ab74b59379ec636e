import type { Logger } from 'pino';
import {
  addressGroup,
  type ConnectionEnd,
  type EndedConnectionRecord,
  type EndingId,
} from 'tentacle-protocol/diagnostics';

/** What repeats in this time is summed up in one line: often enough to follow, seldom enough to read. */
export const FOLDED_MS = 10_000;

/** Endings of one kind and address that are logged singly in a window: a person sees that it repeats, and each one's details. */
const SINGLE_MAX = 10;

/**
 * Single lines of all addresses and endings: this many at once, which is more than a diagnosis of one peer causes, and this
 * many a second. With the lines that sum up, it stays below 100 lines in any second.
 */
const BURST_LINES = 50;
const LINES_PER_SECOND = 20;

/** The addresses with the most connections are named in the lines that sum up; the others are one line for each ending. */
const NAMED_MAX = 10;

/** Pairs of an address and an ending that are counted apart in a window. At about 300 bytes each they stay below a megabyte. */
const KINDS_MAX = 1000;

/** A kind of ending, with its texts. */
type Ending = ConnectionEnd['ending'];

/** One ending of one address, in a window. */
interface Repeated {
  readonly ending: Ending;
  /** Or the network of an IPv6 address. */
  readonly address: string;
  logged: number;
  folded: number;
}

/**
 * Logs how connections ended: the first of each address and ending singly, then a line for each every ten seconds with
 * their number. At level debug all are logged singly as well.
 */
export class EndingLog {
  readonly #log: Logger;
  #kinds = new Map<string, Repeated>();
  /** Beyond {@link KINDS_MAX}. */
  #others = new Map<EndingId, { readonly ending: Ending; folded: number }>();
  #timer: NodeJS.Timeout | undefined;
  #windowFrom = 0;
  #lines = BURST_LINES;
  #linesAt = 0;
  readonly #now: () => number;
  readonly #keepsFirstBytes: boolean;

  /**
   * @param now milliseconds that only increase.
   * @param keepsFirstBytes whether the log is shown as text, which names the protocol of a peer by them.
   */
  constructor(log: Logger, now = (): number => performance.now(), keepsFirstBytes = false) {
    this.#log = log;
    this.#now = now;
    this.#keepsFirstBytes = keepsFirstBytes;
  }

  add(record: EndedConnectionRecord, { ending, observation }: Pick<ConnectionEnd, 'ending' | 'observation'>): void {
    this.#beginWindow();
    const isSingle = this.#isSingle(addressGroup(record.address), ending);
    if (!isSingle && !this.#log.isLevelEnabled('debug')) return;
    const text = ending.level === 'info' ? ending.title : `${ending.title}. ${ending.means(observation)}`;
    // The text quotes the first bytes where they identify a protocol; all of them would fill the screen.
    const { firstBytes: _, ...withoutBytes } = record;
    const fields = this.#keepsFirstBytes ? record : withoutBytes;
    this.#log[isSingle ? ending.level : 'debug'](fields, text);
  }

  /** Logs what is summed up by now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const folded = [...this.#kinds.values()].filter((kind) => kind.folded > 0).sort((a, b) => b.folded - a.folded);
    for (const kind of folded.slice(0, NAMED_MAX)) this.#sumUp(kind, kind.folded, kind.address);
    for (const kind of folded.slice(NAMED_MAX)) this.#countOther(kind.ending, kind.folded);
    for (const other of this.#others.values()) this.#sumUp(other, other.folded, undefined);
    this.#others.clear();
    // What goes on repeating is not logged singly again; what paused for a window is.
    this.#kinds = new Map([...this.#kinds].filter(([, kind]) => kind.folded > 0));
    for (const kind of this.#kinds.values()) kind.folded = 0;
    if (this.#kinds.size > 0) this.#beginWindow();
  }

  /** Whether it is logged as it is; otherwise it is counted. */
  #isSingle(address: string, ending: Ending): boolean {
    const key = `${ending.id} ${address}`;
    let kind = this.#kinds.get(key);
    if (kind === undefined && this.#kinds.size < KINDS_MAX) {
      kind = { ending, address, logged: 0, folded: 0 };
      this.#kinds.set(key, kind);
    }
    if (kind !== undefined && kind.logged < SINGLE_MAX && this.#takeLine()) {
      kind.logged++;
      return true;
    }
    if (kind === undefined) this.#countOther(ending, 1);
    else kind.folded++;
    return false;
  }

  #takeLine(): boolean {
    const now = this.#now();
    this.#lines = Math.min(BURST_LINES, this.#lines + ((now - this.#linesAt) * LINES_PER_SECOND) / 1000);
    this.#linesAt = now;
    if (this.#lines < 1) return false;
    this.#lines--;
    return true;
  }

  #countOther(ending: Ending, folded: number): void {
    const other = this.#others.get(ending.id) ?? { ending, folded: 0 };
    other.folded += folded;
    this.#others.set(ending.id, other);
  }

  #sumUp({ ending }: Pick<Repeated, 'ending'>, count: number, address: string | undefined): void {
    const seconds = Math.max(1, Math.round((this.#now() - this.#windowFrom) / 1000));
    const from = address ?? 'other addresses';
    const fields = { ending: ending.id, ...(address === undefined ? {} : { address }), count, seconds };
    this.#log[ending.level](fields, `${ending.title}: and ${count} more from ${from} in the last ${seconds} s`);
  }

  #beginWindow(): void {
    if (this.#timer !== undefined) return;
    this.#windowFrom = this.#now();
    this.#timer = setTimeout(() => this.flush(), FOLDED_MS).unref();
  }
}
