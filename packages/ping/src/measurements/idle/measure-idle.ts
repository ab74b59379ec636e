import { setMaxListeners } from 'node:events';
import {
  type Identity,
  type IdleSide,
  idleVerdict,
  isNormalEnd,
  KEEP_ALIVE_IDLE_MS,
  stopAfter,
} from 'tentacle-protocol';
import { runAttempt } from '../../session/attempt.js';
import { Worker } from '../../session/worker.js';
import { buildReport } from '../../report/build-report.js';
import type { Report } from '../../report/report.js';
import { Tally } from '../../report/tally.js';
import { idleWarnings } from '../../report/warnings.js';
import { type RemoteViewResult, viewRemote } from '../../remote-records/view-remote.js';
import { fetchLandingPage, FAILURES_WORTH_A_PAGE_PROBE } from '../../session/page-probe.js';
import { createTlsContext } from '../../session/tls-context.js';
import type { Plan } from '../../plan.js';
import { measureRoundTrip } from '../../session/exchange.js';
import { Session } from '../../session/session.js';
import { type Finding, buildFinding } from './findings.js';
import type { IdleMode } from '../../idle/idle-options.js';
import { IdleSearch, type OnProgress } from './idle-search.js';
import { withRemoteEvidence } from './remote-evidence.js';

/** Where nothing ends for long, what still waits is said again so often. */
const REMIND_MS = 60_000;

/**
 * The idle ladder: one attempt that asks the peer what it is, then connections that are left idle, with keep-alive and
 * without at the same time. Whatever happens, there is a report.
 * @param keepAliveUs after so much silence the system asks whether the other end is there.
 */
export async function measureIdleTimeout(
  plan: Plan & { readonly mode: IdleMode },
  identity: Identity,
  version: string,
  onProgress: OnProgress,
  stop: AbortSignal,
  keepAliveUs = KEEP_ALIVE_IDLE_MS * 1000,
): Promise<Report> {
  const { mode } = plan;
  const secureContext = createTlsContext(plan, identity);
  const run = new Session(plan, secureContext, identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  setMaxListeners(0, signal);
  const report = (seen?: RemoteViewResult): Report => {
    const course = { startedAt, endedAt: new Date().toISOString(), reconnects: 0, unstarted: 0 };
    return buildReport(version, run, tally, { ...course, ...(seen && { otherEnd: seen.otherEnd }) });
  };

  const first = await runAttempt(run, new Worker(), { number: 1, isLate: false }, measureRoundTrip, signal);
  tally.add(first.record, first.sighting);
  if (first.record.outcome !== 'ok') {
    if (FAILURES_WORTH_A_PAGE_PROBE.includes(first.record.outcome)) run.page = await fetchLandingPage(plan, signal);
    return report(await viewRemote(run, tally, signal));
  }
  // Hours of waiting on somebody else than the pong that was asked for would tell nothing.
  if (plan.pongKey !== undefined && run.attestation?.attested.result !== 'one-session') return report();

  const keeping = new Session({ ...plan, reuse: true }, secureContext, identity.thumbprint);
  keeping.peer = run.peer;
  const ladder = new IdleSearch(keeping, tally, onProgress, signal);
  const reminder = setInterval(() => onProgress(ladder.waiting), REMIND_MS);
  try {
    const climbed = await Promise.all([ladder.searchSide(mode, keepAliveUs), ladder.searchSide(mode)]);
    const seen = await viewRemote(run, tally, signal);
    const looked = climbed.map(({ probes, ...one }) => ({
      ...one,
      probes: probes.map((found) => withRemoteEvidence(found, seen)),
    }));
    const [on, off] = looked.map((one) => buildFinding(one, mode.floorUs)) as [Finding, Finding];
    const found = new Map(looked.flatMap(({ probes }) => probes.map(({ probe }) => [probe.number, probe])));
    const probes = ladder.probes.map((probe) => found.get(probe.number) ?? probe);
    const sides = {
      on: sideOf(on),
      off: sideOf(off),
      toUs: mode.toUs,
      keepAliveUs,
      ...(run.peer?.seesUs && { arrivedThumbprint: run.peer.seesUs.clientThumbprint }),
    };
    // One that was not quiet is enough to know nothing sure.
    const peerQuiet = probes.every((probe) => probe.keepAliveUs !== undefined || probe.peerQuiet === true);
    const verdict = idleVerdict({ ...sides, peerQuiet });
    const base = report(seen);
    return {
      ...base,
      // A ladder that went well, of which some connections were not even made, is no good news.
      verdict: tally.failed > 0 && ['ok', 'nothing-measured'].includes(verdict.id) ? base.verdict : verdict,
      warnings: [...base.warnings, ...idleWarnings(probes)],
      idle: {
        fromUs: mode.fromUs,
        toUs: mode.toUs,
        keepAliveOn: { keepAliveUs, ...on.arm, normal: isNormalEnd(sides.on) },
        keepAliveOff: { ...off.arm, normal: isNormalEnd(sides.off), peerQuiet },
        probes,
      },
    };
  } finally {
    clearInterval(reminder);
  }
}

function sideOf({ arm, sighting, there }: Finding): IdleSide {
  return { ...arm, ...(sighting && { sighting }), ...(there && { there }) };
}

/** Nothing died but by the peer's own limit, and something is known. */
export function isIdleHealthy({ idle, attempts }: Report): boolean {
  if (idle === undefined || attempts.failed > 0) return false;
  const arms = [idle.keepAliveOn, idle.keepAliveOff];
  const isWell = arms.every(({ outcome, normal }) => outcome === 'ok' || outcome === 'unknown' || normal);
  return isWell && arms.some(({ outcome }) => outcome !== 'unknown');
}
