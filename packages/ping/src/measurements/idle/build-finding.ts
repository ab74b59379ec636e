import { omitUndefined } from 'tentacle-protocol/cli';
import type { Observation } from 'tentacle-protocol/diagnostics';
import type { RemoteIdleEndings } from '../../report/idle-verdict.js';
import type { IdleArm } from '../../report/idle-report.js';
import type { SideResult } from './idle-search.js';
import { findThreshold, isPrecise } from './probe-points.js';
import { countRemoteDeaths } from './remote-evidence.js';

/** The result of one side, and the failure that explains it. */
export interface Finding {
  readonly arm: IdleArm;
  readonly observation?: Observation;
  /** UTC, ISO 8601: when the connection was lost, or found to be. */
  readonly failedAt?: string;
  /** What the other end's records show of all connections that failed the same way. */
  readonly there?: RemoteIdleEndings;
}

/** @param floorUs the lower bound that was requested. */
export function buildFinding({ outcomes, probes }: SideResult, floorUs: number): Finding {
  const threshold = findThreshold(outcomes);
  const { longestOkUs, shortestDeadUs, exact, deaths, exceptions } = threshold;
  const settled = outcomes.length > 0 && exceptions === 0 && isPrecise(threshold, floorUs);
  // Where no connection was found dead, another kind of failure is the only result.
  const first =
    shortestDeadUs === undefined
      ? probes.find((one) => one.outcome === undefined && one.observation !== undefined)
      : probes.find((one) => one.outcome?.kind === 'dead' && one.outcome.idleUs === shortestDeadUs);
  const { failure, failedAt } = first?.probe ?? {};
  const outcome: IdleArm['outcome'] = failure?.id ?? (longestOkUs === undefined ? 'unknown' : 'ok');
  const arm = omitUndefined({ outcome, exact, settled, deaths, exceptions, longestOkUs, shortestDeadUs });
  if (first?.observation === undefined) return { arm };
  const { signature, facts } = first.observation;
  const { idle } = facts;
  const there = countRemoteDeaths(probes, outcome);
  const base = omitUndefined({ arm, there, failedAt });
  if (idle === undefined || longestOkUs === undefined || shortestDeadUs === undefined)
    return { ...base, observation: first.observation };
  return { ...base, observation: { signature, facts: { ...facts, idle: { ...idle, survivedUs: longestOkUs } } } };
}
