import { counted } from 'tentacle-protocol/diagnostics';
import type { ListenerState } from './listener-state.js';

/** What tentacle-pong at the other end recorded of the attempts that failed in one way. The counts add up to `of`. Plain data. */
export interface RemoteEvidence {
  readonly of: number;
  /** It accepted no connection for them; this is proven. */
  readonly neverArrived: number;
  /** The same, and its queue of new connections overflowed at that time, because its process did not run. */
  readonly queueOverflowed: number;
  /** Neither end closed them: each saw the other one do so, or saw nothing. */
  readonly cutBetween: number;
  /** It ended them itself, by its own decision. */
  readonly endedThere: number;
  /** It ended them itself, because it waited in vain for more from this end. */
  readonly waitedThere: number;
  /** It closed them at accept, because a limit on its connections was reached. */
  readonly limitReached: number;
  /** Its process did not run for most of the time for which this end waited, or accepted them only afterwards. */
  readonly notRunning: number;
  /** They were established, but no byte arrived there. */
  readonly nothingCame: number;
  /** This end's bytes arrived and were answered, but no byte of the answer arrived here. */
  readonly answerLost: number;
  /** The TLS handshake completed at this end only: the last part of it did not arrive there as it was sent. */
  readonly handshakeIncomplete: number;
  /** They arrived; the records show no more than that. */
  readonly arrived: number;
  readonly unknown: number;
  /** Other attempts reached it at every address that these used. */
  readonly addressReached: boolean;
  /** Of those that arrived, the ones whose record may be of another client: it was found by time alone, or by unsure clocks. */
  readonly uncertain: number;
}

/** The start of a count. */
export const NO_EVIDENCE: RemoteEvidence = {
  of: 0,
  neverArrived: 0,
  queueOverflowed: 0,
  cutBetween: 0,
  endedThere: 0,
  waitedThere: 0,
  limitReached: 0,
  notRunning: 0,
  nothingCame: 0,
  answerLost: 0,
  handshakeIncomplete: 0,
  arrived: 0,
  unknown: 0,
  addressReached: true,
  uncertain: 0,
};

/** What else is known about that time. */
export interface RunCircumstances {
  /** What the other end reports of its listener; absent: unknown. */
  readonly listener?: ListenerState;
}

/** What happened to attempts, after their number: in the past tense, which fits one as well as several. */
const HAPPENED = {
  neverArrived: 'never arrived',
  queueOverflowed: 'never arrived, while its queue of new connections overflowed',
  cutBetween: 'arrived, and neither end closed the connection',
  endedThere: 'arrived, and tentacle-pong closed the connection itself',
  limitReached: 'arrived, and tentacle-pong closed the connection at once',
  waitedThere: 'arrived, and tentacle-pong waited in vain for more',
  notRunning: 'arrived while its process did not run',
  nothingCame: 'arrived, but not a single byte followed',
  handshakeIncomplete: 'arrived, but the TLS handshake did not complete there',
  answerLost: 'arrived and got an answer that did not reach this machine',
  arrived: 'arrived',
} as const satisfies Partial<Record<keyof RemoteEvidence, string>>;

/** `tentacle-pong recorded: 7 failed attempts never arrived.` Undefined where nothing is known about any of them. */
export function describeRecords(evidence: RemoteEvidence): string | undefined {
  const parts = (Object.keys(HAPPENED) as (keyof typeof HAPPENED)[])
    .filter((key) => evidence[key] > 0)
    .map((key, i) => `${i === 0 ? counted(evidence[key], 'failed attempt') : evidence[key]} ${HAPPENED[key]}`);
  if (parts.length === 0) return undefined;
  const unknown =
    evidence.unknown === 0 ? '' : ` It is unknown whether ${counted(evidence.unknown, 'more failed attempt')} arrived.`;
  return `tentacle-pong recorded: ${parts.join('; ')}.${unknown}`;
}
