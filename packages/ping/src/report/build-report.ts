import { LEVELS_MEASURED, type MeasuredLevel } from 'tentacle-protocol';
import type { RemoteView } from './remote-view.js';
import { type Plan, plainPlan } from '../plan.js';
import type { Session } from '../session/session.js';
import type { PeerReport, ProxyReport, Report } from './report.js';
import type { Tally } from './tally.js';
import { buildVerdict } from './verdict.js';
import { collectWarnings } from './warnings.js';

/** What a run knows of itself beside its attempts. */
export interface RunSummary {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly reconnects: number;
  /** Attempts that were due and were not started. */
  readonly unstarted: number;
  /** See PaceReport. */
  readonly busyP99Us?: number;
  readonly otherEnd?: RemoteView;
}

/** The report of a run, from what was counted and what was seen of the peer. */
export function buildReport(version: string, run: Session, tally: Tally, course: RunSummary): Report {
  const { plan } = run;
  const { startedAt, endedAt, reconnects, unstarted, busyP99Us, otherEnd } = course;
  const level = measuredLevel(plan, tally, run);
  const attestation = attestationOf(run, tally);
  const report: Omit<Report, 'warnings'> = {
    schema: 'tentacle-ping/report/1',
    tool: { name: 'tentacle-ping', version },
    target: { host: plan.host, port: plan.port },
    plan: plainPlan(plan),
    proxy: proxyOf(run),
    startedAt,
    endedAt,
    attempts: { sent: tally.sent, ok: tally.ok, failed: tally.failed, cancelled: tally.cancelled },
    pace: {
      late: tally.late,
      unstarted,
      warmup: tally.warmup,
      spanUs: tally.spanUs,
      ...(busyP99Us === undefined ? {} : { busyP99Us }),
    },
    outcomes: outcomesOf(tally),
    stages: Object.fromEntries([...tally.stages].map(([stage, stats]) => [stage, stats.report()])),
    peer: peerOf(run),
    ...(otherEnd === undefined ? {} : { otherEnd }),
    ...(attestation === undefined ? {} : { attestation: attestation.attested }),
    level,
    levelWhy: LEVELS_MEASURED[level].why,
    failures: [...tally.failures.values()].map(({ id, count, firstAt, lastAt, evidence }) => ({
      id,
      count,
      firstAt,
      lastAt,
      evidence,
    })),
    reconnects,
    verdict: buildVerdict(tally, level, run.page?.author, otherEnd, attestation),
    records: tally.records.all().sort((a, b) => a.number - b.number),
    recordsDropped: tally.records.dropped,
  };
  return { ...report, warnings: collectWarnings(report) };
}

/** With --pong-key its absence counts too, where there was somebody to ask. */
function attestationOf(
  { attestation, plan: { pongKey: expectedKey }, bestFacts: facts }: Session,
  tally: Tally,
): Session['attestation'] {
  if (attestation !== undefined || expectedKey === undefined || tally.ok === 0) return attestation;
  return { attested: { result: 'none', why: 'not-asked', expectedKey }, facts };
}

function outcomesOf(tally: Tally): Record<string, number> {
  const outcomes: Record<string, number> = tally.ok > 0 ? { ok: tally.ok } : {};
  for (const { id, count } of tally.failures.values()) outcomes[id] = count;
  return outcomes;
}

/** The last step that worked in any attempt. */
function measuredLevel(plan: Plan, { stages }: Tally, run: Session): MeasuredLevel {
  if (stages.has('data')) return run.peer?.kind === 'pong' ? 'transfer' : 'page-upload';
  if (stages.has('rpc')) return plan.level === 'auto' ? (run.peer?.level ?? 'identity') : plan.level;
  if (stages.has('identity')) return 'identity';
  if (run.page !== undefined) return 'page';
  if (stages.has('tls')) return 'tls';
  if (stages.has('proxy')) return 'tunnel';
  if (stages.has('tcp')) return plan.way?.proxy === undefined ? 'tcp' : 'proxy-leg';
  return stages.has('dns') ? 'dns' : 'none';
}

function proxyOf({ plan: { way }, bestFacts: { address, addresses } }: Session): ProxyReport {
  const environment = way?.variables ?? [];
  const { host, port, user } = way?.proxy ?? {};
  return {
    used: way?.proxy !== undefined,
    ...(way?.by === undefined ? {} : { by: way.by }),
    ...(host === undefined || port === undefined ? {} : { host, port, ...addressesOf(address, addresses) }),
    ...(user === undefined ? {} : { user }),
    ...(environment.length === 0 ? {} : { environment }),
  };
}

function addressesOf(address?: string, addresses?: readonly string[]) {
  return { ...(address === undefined ? {} : { address }), ...(addresses === undefined ? {} : { addresses }) };
}

function peerOf(run: Session): PeerReport {
  const { bestFacts: facts, peer, page } = run;
  const { address, addresses, tlsVersion, cipher, peerCertificate: certificate } = facts;
  return {
    kind: peer?.kind ?? page?.author ?? 'unknown',
    // Through a proxy they are the proxy's.
    ...(facts.proxy === undefined ? addressesOf(address, addresses) : {}),
    ...(certificate === undefined ? {} : { thumbprint: certificate.thumbprint }),
    ...(tlsVersion === undefined ? {} : { tlsVersion }),
    ...(cipher === undefined ? {} : { cipher }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(peer?.capabilities === undefined ? {} : { capabilities: peer.capabilities }),
    ...(peer?.seesUs === undefined ? {} : { seesUs: peer.seesUs }),
    ...(page === undefined ? {} : { page }),
    ownThumbprint: facts.ownThumbprint ?? '',
  };
}
