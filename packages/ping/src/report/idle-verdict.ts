import {
  classify,
  CONCLUSIVE,
  counted,
  type Counts,
  type Diagnosis,
  durationText,
  type FailureId,
  failureVerdict,
  type Observation,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import { CUT_IN_BETWEEN, ENDED_BY_PEER } from './remote-conclusions.js';
import { stoppedVerdict } from './run-verdicts.js';

/** What tentacle-pong's records say about the connections that were lost in one way. The counts add up to `of`. */
export interface RemoteIdleEndings {
  readonly of: number;
  readonly endedThere: number;
  readonly notEndedThere: number;
  readonly unknown: number;
}

/** The result of connections that differ only in how long they were idle. */
export interface IdleSide {
  readonly outcome: 'ok' | 'unknown' | FailureId;
  readonly longestOkUs?: number;
  readonly shortestDeadUs?: number;
  readonly exact: boolean;
  readonly exceptions: number;
  /** The loss that shows how, where there was one, and when it was. */
  readonly observation?: Observation;
  readonly failedAt?: string;
  /** Absent where the other end's records are not known. */
  readonly there?: RemoteIdleEndings;
}

/** Both sides, and what was requested. */
export interface IdleSides {
  readonly on: IdleSide;
  readonly off: IdleSide;
  readonly toUs: number;
  readonly keepAliveUs: number;
  /** Without keep-alive the other end sent none either. */
  readonly peerKeepAliveOff: boolean;
  /** The thumbprint of the client certificate that arrived, where the peer reports it. */
  readonly arrivedThumbprint?: string | null;
}

/** Whether the peer is known to end connections in this way itself. */
export function isNormalEnd({ observation }: IdleSide): boolean {
  return observation !== undefined && classify(observation).id === 'idle.closed-by-peer';
}

/**
 * Returns the headline of a measurement of idle connections: the side with keep-alive before the other, as current versions
 * have it on; what is not normal before what is. Without a lost connection, the attempts that opened them decide, where
 * any failed.
 * @param attempts the verdict on the attempts alone.
 */
export function idleVerdict(sides: IdleSides, attempts: Verdict, { ok, failed }: Counts): Verdict {
  const { on, off } = sides;
  const lost = [on, off].filter(({ observation }) => observation !== undefined);
  const side = lost.find((one) => !isNormalEnd(one)) ?? lost[0];
  if (side?.observation !== undefined) return lossVerdict(side, side.observation, sides);
  // A search without a finding is not good news when some of its connections could not even be opened.
  if (failed > 0 || ok === 0) return attempts;
  return on.longestOkUs === undefined && off.longestOkUs === undefined
    ? stoppedVerdict(
        `${ok === 1 ? '1 connection was' : `${counted(ok, 'connection')} were`} opened, and ${ok === 1 ? 'its call was' : 'their calls were'} answered.`,
        'any of them had been idle for the time requested, so nothing is known about idle connections',
      )
    : survival(sides);
}

/** Only tentacle-pong can be asked to stop its keep-alives. */
const FROM_THIS_END =
  ' from this end (the keep-alives of a Tentacle, every 15 s from 8.1.62 on, cannot be turned off from here)';

function survival({ on, off, toUs, peerKeepAliveOff }: IdleSides): Verdict {
  const least = Math.min(on.longestOkUs ?? 0, off.longestOkUs ?? 0);
  const isWhole = least >= toUs;
  const exceptions = on.exceptions + off.exceptions;
  const early =
    exceptions === 0
      ? ''
      : ` ${counted(exceptions, 'connection')} failed earlier, while others of that time did not: by chance, or because results vary.`;
  const without = `without${peerKeepAliveOff ? '' : FROM_THIS_END}`;
  return {
    id: 'ok',
    title: isWhole ? 'Idle connections survived' : 'Idle connections survived for as long as tested',
    means: isWhole
      ? `Connections that were idle for up to ${durationText(toUs)} still worked, both with TCP keep-alive and ${without}.${early}`
      : `The longest idle time of a connection that still worked was ${longestOk(on)} with TCP keep-alive and ${longestOk(off)} ${without}. The run was stopped before longer times had passed.${early}`,
    // It states what was measured, of these connections at that time, and no cause.
    certainty: { kind: 'conclusive' },
    next: isWhole
      ? []
      : [{ who: 'you', action: 'To test longer times, let the run finish (see --idle and --deadline).' }],
  };
}

function lossVerdict(side: IdleSide, observation: Observation, sides: IdleSides): Verdict {
  const { longestOkUs, shortestDeadUs, exact, exceptions, failedAt } = side;
  const lost = { count: 1, ...(failedAt === undefined ? {} : { firstAt: failedAt, lastAt: failedAt }) };
  const verdict = failureVerdict(classify(observation).id, observation, lost, { sent: 1, ok: 0, failed: 1 });
  const between =
    exact || shortestDeadUs === undefined || longestOkUs === undefined
      ? ''
      : ` The limit is between ${durationText(longestOkUs)} and ${durationText(shortestDeadUs)}.`;
  const contradictions =
    exceptions === 0 ? '' : ` Results varied: ${counted(exceptions, 'other connection')} contradicted this.`;
  const { says, certainty } = remoteConclusion(side.there, classify(observation).id);
  return {
    ...verdict,
    means: `${verdict.means}${between}${contradictions} ${otherSide(side, sides)}${says}`,
    certainty: certainty ?? remainingCauses(observation, sides) ?? verdict.certainty,
  };
}

/**
 * Returns what the other end's records prove, where they agree on all connections that were lost in this way. Silence proves
 * less: a machine that was paused in the meantime, as virtual ones may be, is silent too.
 */
function remoteConclusion(
  there: RemoteIdleEndings | undefined,
  id: FailureId,
): { readonly says: string; readonly certainty?: Diagnosis } {
  if (there === undefined || there.of === there.unknown) return { says: '' };
  const { of, endedThere, notEndedThere, unknown } = there;
  const those = of === 1 ? 'this connection' : `these ${of} connections`;
  const isSilent = id === 'idle.silent';
  // False where the listener closed a connection after this end saw it end, which the times in both records exclude.
  if (notEndedThere === of) {
    const shown = ` tentacle-pong's records show that it did not end ${those}`;
    return isSilent
      ? { says: `${shown}, and that no call arrived on ${of === 1 ? 'it' : 'them'} afterwards.` }
      : { says: `${shown}, and neither did this machine: ${CUT_IN_BETWEEN}.`, certainty: CONCLUSIVE };
  }
  if (endedThere === of) {
    const shown = ` tentacle-pong's records show that it ended ${those} itself`;
    return isSilent
      ? { says: `${shown}, but nothing about that arrived here.` }
      : { says: `${shown}. Therefore, ${ENDED_BY_PEER}.`, certainty: CONCLUSIVE };
  }
  const counts = [
    ...(endedThere === 0 ? [] : [`it ended ${endedThere} itself`]),
    ...(notEndedThere === 0 ? [] : [`it did not end ${notEndedThere}`]),
    ...(unknown === 0 ? [] : [`${unknown} ${unknown === 1 ? 'is' : 'are'} unknown`]),
  ];
  return { says: ` According to tentacle-pong's records of these ${of} connections, ${counts.join(', ')}.` };
}

/** What keep-alive changes, from the comparison of both sides. */
function otherSide(side: IdleSide, { on, off, keepAliveUs, peerKeepAliveOff }: IdleSides): string {
  const isOn = side === on;
  const other = isOn ? off : on;
  const keepAlive = isOn
    ? `Without TCP keep-alive${peerKeepAliveOff ? '' : ' from this end'}`
    : `With TCP keep-alive every ${durationText(keepAliveUs)}`;
  if (other.shortestDeadUs !== undefined) {
    const when = other.exact
      ? `after ${durationText(other.shortestDeadUs)}`
      : `within ${durationText(other.shortestDeadUs)}`;
    return `${keepAlive}, connections were lost ${when}.`;
  }
  if (other.longestOkUs === undefined) return `${keepAlive}, there was no result.`;
  const meaning = isOn
    ? ''
    : ' Octopus Server 2024.1, Tentacle 8.1.62 and later have keep-alive on and are not affected; older ones are.';
  return `${keepAlive}, connections survived ${durationText(other.longestOkUs)}, the longest time that was tried.${meaning}`;
}

/**
 * Returns what remains of the causes, given both sides or what is known about a pong. A connection that is lost without
 * keep-alive while others survive with it was dropped in between: no peer was switched off or restarted. A pong says after
 * which time it closes, and never closes without TLS's goodbye; where TLS is terminated in between, that is not its goodbye.
 */
function remainingCauses(observation: Observation, { on, off, arrivedThumbprint }: IdleSides): Diagnosis | undefined {
  const { peerKind, ownThumbprint, idle } = observation.facts;
  const { id } = classify(observation);
  if (id === 'idle.silent' || id === 'idle.reset-on-use') {
    // False where a peer was paused or restarted meanwhile: then connections with keep-alive of the same time were lost, too.
    const isSpared = on.shortestDeadUs === undefined && (on.longestOkUs ?? 0) >= (off.shortestDeadUs ?? Infinity);
    return isSpared && on.exceptions + off.exceptions === 0 ? { kind: 'conclusive' } : undefined;
  }
  if (peerKind !== 'pong' || arrivedThumbprint !== ownThumbprint) return undefined;
  // False where a device in between terminates TLS, so that its goodbye is not that of pong: the certificate that arrived
  // there excludes that.
  const isSure = id === 'idle.closed-by-peer' || (id === 'idle.closed' && idle?.goodbye !== true);
  return isSure ? { kind: 'conclusive' } : undefined;
}

function longestOk({ longestOkUs }: IdleSide): string {
  return longestOkUs === undefined ? 'unknown' : durationText(longestOkUs);
}
