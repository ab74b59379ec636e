import { type Cut, type Direction, DIRECTIONS, type Kind, KINDS, needsDeadline } from './cut.js';
import { type Violation, violationsOf } from './rules.js';
import { expectationOf, type ScriptRecord, scriptOf } from './script.js';
import type { Conversation, Patience, TlsVersion, Trial } from './trial.js';

/** Where nothing has to run into a deadline, it is far away: this machine may be busy. */
const PATIENT: Patience = { timeoutMs: 10_000, listenerMs: 10_000 };

/** The client times out first, so that the listener sees that too. A handshake here takes 5 ms. */
const SHORT: Patience = { timeoutMs: 300, listenerMs: 900 };

/** For further tries, where a busy machine may have been the reason: a process that gets no processor waits for seconds. */
const LONGER: readonly Patience[] = [
  { timeoutMs: 2500, listenerMs: 6000 },
  { timeoutMs: 15_000, listenerMs: 40_000 },
];

/** Conversations that have not come to their cut, at a time: more of them would make each other late. */
const STARTING_MAX = 6;

/** All conversations at a time. */
const RUNNING_MAX = 150;

/** A conversation that was not cut, and the cuts of it. */
export interface Subject {
  readonly conversation: Conversation;
  readonly tls: TlsVersion;
  readonly script: readonly ScriptRecord[];
  /** The bytes of each direction; a few more or fewer the next time. */
  readonly bytes: Readonly<Record<Direction, number>>;
  /** Where each record begins, in its direction. */
  readonly starts: Readonly<Record<Direction, readonly number[]>>;
}

/** Observes a conversation without a cut. */
export async function observeConversation(conversation: Conversation, tls: TlsVersion): Promise<Subject> {
  const { relay, succeeded, records, failures } = await conversation.run(tls, PATIENT);
  await relay.closed();
  if (succeeded !== conversation.steps || failures.length > 0 || records.length !== 1)
    throw new Error(`${conversation.name} over ${tls} does not succeed without a cut`);
  relay.close();
  const startsIn = (direction: Direction): number[] =>
    relay.records.filter((one) => one.direction === direction).map(({ start }) => start);
  return {
    conversation,
    tls,
    script: scriptOf(tls, relay.records),
    bytes: { ...relay.bytes },
    starts: { 'to-listener': startsIn('to-listener'), 'to-connector': startsIn('to-connector') },
  };
}

/** The first byte at which a conversation is cut: the others are those of another conversation. */
export function firstPosition({ conversation, script, starts }: Subject, direction: Direction): number {
  if (!conversation.fromFirstCall) return 0;
  const first = script.find((one) => one.direction === direction && one.part === 'turn');
  return starts[direction][first?.index ?? 0] ?? 0;
}

/** Texts and numbers in a message make its length differ by a few bytes; past the end nothing is cut. */
const SPREAD_BYTES = 8;

/** Every byte, or every n-th, of a conversation. */
export function positionsOf(subject: Subject, direction: Direction, every = 1): number[] {
  const from = firstPosition(subject, direction);
  const count = Math.ceil((subject.bytes[direction] + SPREAD_BYTES - from) / every);
  return Array.from({ length: count }, (_, index) => from + index * every);
}

/** The first byte of each part of a conversation, and those around it. */
export function boundariesOf(subject: Subject, direction: Direction, around: number): number[] {
  const from = firstPosition(subject, direction);
  const parts = new Map<string, number>();
  for (const record of subject.script.filter((one) => one.direction === direction)) {
    const part = `${record.part} ${record.turn}`;
    if (!parts.has(part)) parts.set(part, subject.starts[direction][record.index] ?? 0);
  }
  const near = [...parts.values()].flatMap((start) =>
    Array.from({ length: 2 * around + 1 }, (_, index) => start - around + index),
  );
  return [...new Set(near)].filter((at) => at >= from);
}

export interface CutResult {
  readonly subject: Subject;
  readonly cut: Cut;
  /** The ids of failures, or `ok`. */
  readonly ids: readonly string[];
  readonly ending: string;
  readonly violations: readonly Violation[];
  /** It was cut again with more time, because the first time had violations. */
  readonly repeated: boolean;
}

/** Cuts conversations, many at a time. */
export async function runCuts(
  cuts: readonly { readonly subject: Subject; readonly cut: Cut }[],
  onResult: (result: CutResult) => void,
): Promise<void> {
  const starting = new Semaphore(STARTING_MAX);
  const running = new Semaphore(RUNNING_MAX);
  await Promise.all(
    cuts.map(async ({ subject, cut }) => {
      const leave = await running.enter();
      try {
        const hasDeadlines = needsDeadline(cut.kind);
        let result = await cutOnce(subject, cut, hasDeadlines ? SHORT : PATIENT, starting);
        for (const patience of hasDeadlines ? LONGER : []) {
          if (result.violations.length === 0) break;
          result = { ...(await cutOnce(subject, cut, patience, starting)), repeated: true };
        }
        onResult(result);
      } finally {
        leave();
      }
    }),
  );
}

async function cutOnce(subject: Subject, cut: Cut, patience: Patience, starting: Semaphore): Promise<CutResult> {
  const { conversation, tls, script } = subject;
  const started = await starting.enter();
  const trial = await conversation.run(tls, patience, cut, started);
  const { relay } = trial;
  const record = relay.cutRecord;
  const violations =
    record === undefined
      ? violationsUncut(trial, conversation)
      : violationsOf(trial, cut, expectationOf(script, conversation, { direction: cut.direction, record }));
  relay.close();
  const ids = trial.failures.map(({ id, by }) => (by === conversation.caller ? id : `${id} (${by})`));
  return {
    subject,
    cut,
    ids: ids.length === 0 ? ['ok'] : ids,
    ending: trial.records.map(({ ending }) => ending).join(' '),
    violations,
    repeated: false,
  };
}

/** A conversation that was shorter than the cut is one without a cut. */
function violationsUncut({ succeeded, failures, records, hung }: Trial, { steps }: Conversation): Violation[] {
  const isFine = succeeded === steps && failures.length === 0 && records.length === 1 && hung === undefined;
  return isFine
    ? []
    : [{ rule: 'succeeds without a cut', detail: failures.map(({ id }) => id).join(' ') || (hung ?? '') }];
}

/** As many at a time. */
class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns the function that leaves; only its first call counts. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  }
}

/** All cuts of the kinds at the positions. */
export function cutsOf(
  subject: Subject,
  positions: (direction: Direction) => readonly number[],
  kinds: readonly Kind[] = KINDS,
): { readonly subject: Subject; readonly cut: Cut }[] {
  return DIRECTIONS.flatMap((direction) =>
    positions(direction).flatMap((at) => kinds.map((kind) => ({ subject, cut: { kind, direction, at } }))),
  );
}
