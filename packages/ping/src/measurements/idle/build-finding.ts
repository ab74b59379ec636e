import type { RemoteIdleEndings, Observation } from 'tentacle-protocol/diagnostics';
import type { IdleArm } from '../../report/idle-report.js';
import type { SideResult } from './idle-search.js';
import { findThreshold, isPrecise } from './probe-points.js';
import { countRemoteDeaths } from './remote-evidence.js';

/** The result of one side, and the failure that explains it. */
export interface Finding {
  readonly arm: IdleArm;
  readonly observation?: Observation;
  /** What the other end's records show of all connections that failed the same way. */
  readonly there?: RemoteIdleEndings;
}

/** @param floorUs the lower bound that was requested. */
export function buildFinding({ outcomes: seen, probes }: SideResult, floorUs: number): Finding {
  const edge = findThreshold(seen);
  const { longestOkUs, shortestDeadUs, exact, deaths, exceptions } = edge;
  const settled = seen.length > 0 && exceptions === 0 && isPrecise(edge, floorUs);
  const base = { exact, settled, deaths, exceptions, ...(longestOkUs === undefined ? {} : { longestOkUs }) };
  // Where no connection was found dead, another kind of failure is the only result.
  const first =
    shortestDeadUs === undefined
      ? probes.find((found) => found.outcome === undefined && found.observation !== undefined)
      : probes.find((found) => found.outcome?.kind === 'dead' && found.outcome.idleUs === shortestDeadUs);
  const { failure } = first?.probe ?? {};
  const outcome: IdleArm['outcome'] = failure?.id ?? (longestOkUs === undefined ? 'unknown' : 'ok');
  const arm = { outcome, ...base, ...(shortestDeadUs === undefined ? {} : { shortestDeadUs }) };
  if (first?.observation === undefined) return { arm };
  const { signature, facts } = first.observation;
  const { idle } = facts;
  const there = countRemoteDeaths(probes, outcome);
  const died = { arm, ...(there && { there }) };
  if (idle === undefined || longestOkUs === undefined || shortestDeadUs === undefined)
    return { ...died, observation: first.observation };
  return { ...died, observation: { signature, facts: { ...facts, idle: { ...idle, survivedUs: longestOkUs } } } };
}
