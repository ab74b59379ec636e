import type { FailureId } from './catalogue.js';
import { classify } from './classify.js';
import { type Certainty, type Sighting, SURE, span } from './row.js';
import { NEITHER_END, THAT_END } from './seen-there.js';
import { failureVerdict, nothingMeasured, type Verdict } from './verdicts.js';

/** What tentacle-pong's records say of the connections that died in one way. The counts add up to `of`. */
export interface DeathsThere {
  readonly of: number;
  readonly endedThere: number;
  readonly notEndedThere: number;
  readonly unknown: number;
}

/** What connections came to that differ only in how long they were idle. */
export interface IdleSide {
  readonly outcome: 'ok' | 'unknown' | FailureId;
  readonly longestOkUs?: number;
  readonly shortestDeadUs?: number;
  readonly exact: boolean;
  readonly exceptions: number;
  /** The death that says how, where there was one. */
  readonly sighting?: Sighting;
  /** Where the other end gave its records. */
  readonly there?: DeathsThere;
}

/** Both sides, and what was asked. */
export interface IdleSides {
  readonly on: IdleSide;
  readonly off: IdleSide;
  readonly toUs: number;
  readonly keepAliveUs: number;
  /** Without keep-alive the other end sent none either. */
  readonly peerQuiet: boolean;
  /** The thumbprint by which the peer says that it knows us, where it says so. */
  readonly arrivedThumbprint?: string | null;
}

/** Whether it is what the peer is known to do by itself. */
export function isNormalEnd({ sighting }: IdleSide): boolean {
  return sighting !== undefined && classify(sighting).id === 'idle.closed-by-peer';
}

/**
 * The headline of an idle ladder: the side with keep-alive before the other, as current versions have it on; what is
 * not normal before what is.
 */
export function idleVerdict(sides: IdleSides): Verdict {
  const { on, off } = sides;
  const dead = [on, off].filter(({ sighting }) => sighting !== undefined);
  const side = dead.find((one) => !isNormalEnd(one)) ?? dead[0];
  if (side?.sighting !== undefined) return deathVerdict(side, side.sighting, sides);
  return on.longestOkUs === undefined && off.longestOkUs === undefined ? nothingMeasured() : survival(sides);
}

/** Only a pong can be asked to be quiet. */
const THEIRS = ' (from this end: those of a Tentacle, from 2024.1 each 15 s, cannot be switched off from here)';

function survival({ on, off, toUs, peerQuiet }: IdleSides): Verdict {
  const least = Math.min(on.longestOkUs ?? 0, off.longestOkUs ?? 0);
  const isWhole = least >= toUs;
  const exceptions = on.exceptions + off.exceptions;
  const chance =
    exceptions === 0
      ? ''
      : ` ${exceptions} of them died earlier, and others of that time did not: by chance, or not always the same.`;
  return {
    id: 'ok',
    title: isWhole ? 'Idle connections survive' : 'Idle connections survived as long as was looked',
    means: isWhole
      ? `Connections that were idle for up to ${span(toUs)} still worked, with TCP keep-alive and without${peerQuiet ? '' : THEIRS}.${chance}`
      : `Connections still worked that were idle for ${aTime(on)} with TCP keep-alive and ${aTime(off)} without${peerQuiet ? '' : THEIRS}; the run was stopped before longer times had passed.${chance}`,
    certainty: { kind: 'sure' },
    next: isWhole
      ? []
      : [{ who: 'you', action: 'For longer times let it run to its end (see --idle and --deadline).' }],
  };
}

function deathVerdict(side: IdleSide, sighting: Sighting, sides: IdleSides): Verdict {
  const verdict = failureVerdict(classify(sighting).id, sighting, 1, { sent: 1, ok: 0, failed: 1 });
  const { longestOkUs, shortestDeadUs, exact, exceptions } = side;
  const between =
    exact || shortestDeadUs === undefined || longestOkUs === undefined
      ? ''
      : ` So the limit lies between ${span(longestOkUs)} and ${span(shortestDeadUs)}.`;
  const chance = exceptions === 0 ? '' : ` It is not always the same: ${exceptions} others contradict it.`;
  const { says, certainty } = seenThere(side.there, classify(sighting).id);
  return {
    ...verdict,
    means: `${verdict.means}${between}${chance} ${otherSide(side, sides)}${says}`,
    certainty: certainty ?? settled(sighting, sides) ?? verdict.certainty,
  };
}

/**
 * What the other end's records prove, where they agree on all that died so. Silence proves less: a machine that stood
 * still meanwhile, as virtual ones may, is silent too.
 */
function seenThere(
  there: DeathsThere | undefined,
  id: FailureId,
): { readonly says: string; readonly certainty?: Certainty } {
  if (there === undefined || there.of === there.unknown) return { says: '' };
  const { of, endedThere, notEndedThere, unknown } = there;
  const those = of === 1 ? 'this connection' : `these ${of} connections`;
  const isSilent = id === 'idle.silent';
  if (notEndedThere === of) {
    const did = ` tentacle-pong's records say that it did not end ${those}`;
    return isSilent
      ? { says: `${did}, and that no call came on ${of === 1 ? 'it' : 'them'} afterwards.` }
      : { says: `${did}, nor did we: ${NEITHER_END}.`, certainty: SURE };
  }
  if (endedThere === of) {
    const did = ` tentacle-pong's records say that it ended ${those} itself`;
    return isSilent
      ? { says: `${did}, of which nothing came here.` }
      : { says: `${did}. So ${THAT_END}.`, certainty: SURE };
  }
  const counts = [
    ...(endedThere === 0 ? [] : [`it ended ${endedThere} itself`]),
    ...(notEndedThere === 0 ? [] : [`it did not end ${notEndedThere}`]),
    ...(unknown === 0 ? [] : [`of ${unknown} it is not known`]),
  ];
  return { says: ` By tentacle-pong's records of these ${of} connections, ${counts.join(', ')}.` };
}

/** What keep-alive makes of it, from the comparison of both sides. */
function otherSide(side: IdleSide, { on, off, keepAliveUs, peerQuiet }: IdleSides): string {
  const isOn = side === on;
  const other = isOn ? off : on;
  const how = isOn
    ? `Without TCP keep-alive${peerQuiet ? '' : ' from this end'}`
    : `With a TCP keep-alive each ${span(keepAliveUs)}`;
  if (other.shortestDeadUs !== undefined) {
    const when = other.exact ? `after ${span(other.shortestDeadUs)}` : `by ${span(other.shortestDeadUs)}`;
    return `${how} they were dead ${when}.`;
  }
  if (other.longestOkUs === undefined) return `${how} nothing was found out.`;
  const meaning = isOn
    ? ''
    : ' Octopus Server and Tentacles of 2024.1 and later have keep-alive on, and so are spared; older ones are not.';
  return `${how} they survived ${span(other.longestOkUs)}, the longest that was tried.${meaning}`;
}

/**
 * What both sides together, or what is known of a pong, leave of the causes. One that is dead without keep-alive while
 * others live on with it was forgotten on the way: no peer was switched off or restarted. A pong says after which time
 * it closes, and never goes without TLS's goodbye; where TLS was ended on the way, that is not its goodbye.
 */
function settled(sighting: Sighting, { on, off, arrivedThumbprint }: IdleSides): Certainty | undefined {
  const { peerKind, ownThumbprint, idle } = sighting.facts;
  const { id } = classify(sighting);
  if (id === 'idle.silent' || id === 'idle.reset-on-use') {
    const isSpared = on.shortestDeadUs === undefined && (on.longestOkUs ?? 0) >= (off.shortestDeadUs ?? Infinity);
    return isSpared && on.exceptions + off.exceptions === 0 ? { kind: 'sure' } : undefined;
  }
  if (peerKind !== 'pong' || arrivedThumbprint !== ownThumbprint) return undefined;
  const isSure = id === 'idle.closed-by-peer' || (id === 'idle.closed' && idle?.goodbye !== true);
  return isSure ? { kind: 'sure' } : undefined;
}

function aTime({ longestOkUs }: IdleSide): string {
  return longestOkUs === undefined ? 'no time' : span(longestOkUs);
}
