import { KEEP_ALIVE_IDLE_MS } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type IdleSide, isNormalEnd } from '../../report/idle-verdict.js';
import type { IdleMode } from '../../options/idle-options.js';
import type { RunOptions } from '../../options/run-options.js';
import type { IdleProbe } from '../../report/idle-report.js';
import type { Report } from '../../report/report.js';
import { type RemoteViewResult, viewRemote } from '../../remote-records/view-remote.js';
import { Session, type SessionSettings } from '../../session/session.js';
import { Worker } from '../../session/worker.js';
import { buildFinding, type Finding } from './build-finding.js';
import { IdleSearch, type OnProgress, type SideResult } from './idle-search.js';
import { withRemoteEvidence } from './remote-evidence.js';

/** Where nothing ends for long, the connections that still wait are reported again after this time. */
const REMIND_MS = 60_000;

/** The options of a session that is to find idle timeouts. */
export interface IdleSettings extends SessionSettings {
  readonly options: RunOptions & { readonly mode: IdleMode };
  readonly onProgress: OnProgress;
  /** Called with the search when it begins, for those who watch it. */
  readonly onSearch?: (search: IdleSearch) => void;
  /** After this much silence the system checks whether the other end is there. Absent: that of the real library. */
  readonly keepAliveUs?: number;
}

/**
 * Finds the idle timeout: one attempt that finds out what the peer is, then connections that are left idle, with
 * keep-alive and without at the same time. Whatever happens, there is a report.
 */
export async function measureIdleTimeout(settings: IdleSettings): Promise<Report> {
  const { options, onProgress, keepAliveUs = KEEP_ALIVE_IDLE_MS * 1000 } = settings;
  const session = new Session(settings);
  const { record } = await session.attempt({ worker: new Worker(), scheduled: { number: 1, isLate: false } });
  if (record.outcome !== 'ok')
    return session.report(omitUndefined({ otherEnd: (await viewRemote(session))?.otherEnd }));
  // Hours of waiting on another peer than the pong that was pinned would show nothing.
  if (options.pongKey !== undefined && session.attestation?.attested.result !== 'one-session') return session.report();

  const reusing = session.variant({ options: { ...options, reuse: true } });
  const search = new IdleSearch(reusing, onProgress);
  settings.onSearch?.(search);
  const reminder = setInterval(() => onProgress(search.waiting), REMIND_MS);
  try {
    const { mode } = options;
    const sides = await Promise.all([search.searchSide(mode, keepAliveUs), search.searchSide(mode)]);
    const remote = await viewRemote(session);
    return buildIdleReport({ session, options, keepAliveUs, probes: search.probes, sides, remote });
  } finally {
    clearInterval(reminder);
  }
}

interface IdleResults {
  readonly session: Session;
  readonly options: IdleSettings['options'];
  readonly keepAliveUs: number;
  readonly probes: readonly IdleProbe[];
  /** With keep-alive, and without. */
  readonly sides: readonly SideResult[];
  readonly remote: RemoteViewResult | undefined;
}

/** The report of a search for the idle timeout, with what the other end recorded of each connection. */
function buildIdleReport({ session, options, keepAliveUs, remote, ...results }: IdleResults): Report {
  const { fromUs, toUs, floorUs } = options.mode;
  const sides = results.sides.map((side) => ({
    ...side,
    probes: side.probes.map((probe) => withRemoteEvidence(probe, remote)),
  }));
  const [on, off] = sides.map((side) => buildFinding(side, floorUs)) as [Finding, Finding];
  const withEvidence = new Map(sides.flatMap(({ probes }) => probes.map(({ probe }) => [probe.number, probe])));
  const probes = results.probes.map((probe) => withEvidence.get(probe.number) ?? probe);
  const idleSides = {
    on: sideOf(on),
    off: sideOf(off),
    toUs,
    keepAliveUs,
    ...omitUndefined({ arrivedThumbprint: session.peer?.peerView?.clientThumbprint }),
  };
  // A single connection on which the other end sends keep-alives is enough to leave the result uncertain.
  const peerKeepAliveOff = probes.every((probe) => probe.keepAliveUs !== undefined || probe.peerKeepAliveOff === true);
  const report = {
    fromUs,
    toUs,
    keepAliveOn: { keepAliveUs, ...on.arm, normal: isNormalEnd(idleSides.on) },
    keepAliveOff: { ...off.arm, normal: isNormalEnd(idleSides.off), peerKeepAliveOff },
    probes,
  };
  const measurement = { kind: 'idle', report, sides: { ...idleSides, peerKeepAliveOff } } as const;
  return session.report(omitUndefined({ otherEnd: remote?.otherEnd, measurement }));
}

function sideOf({ arm, observation, failedAt, there }: Finding): IdleSide {
  return { ...arm, ...omitUndefined({ observation, failedAt, there }) };
}

/** Whether connections ended by the peer's own limit only, and there is a result. */
export function isIdleHealthy({ idle, attempts }: Report): boolean {
  if (idle === undefined || attempts.failed > 0) return false;
  const sides = [idle.keepAliveOn, idle.keepAliveOff];
  const isHealthy = sides.every(({ outcome, normal }) => outcome === 'ok' || outcome === 'unknown' || normal);
  return isHealthy && sides.some(({ outcome }) => outcome !== 'unknown');
}
