import { STAGES } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { warningsOfOwnCertificate } from 'tentacle-protocol/diagnostics';
import { DEPTHS, type MeasurementDepth } from './measurement-depth.js';
import { reportedOptions } from '../options/run-options.js';
import type { SessionResults, AttestedConnection, RunSummary } from './session-results.js';
import type { Measurement } from './measurement.js';
import type { PeerReport, ProxyReport, Report } from './report.js';
import type { MeasuredStage, Tally } from './tally.js';
import { buildVerdict } from './verdict.js';
import { collectWarnings } from './warnings.js';

/** The report of a session, from what was counted and what was observed of the peer. */
export function buildReport(version: string, session: SessionResults, summary: RunSummary): Report {
  const { plan, tally } = session;
  const { startedAt, endedAt, reconnects, notStarted, floors, busyP99Us, otherEnd, measurement } = summary;
  const level = measuredLevel(session);
  const attestation = attestationOf(session);
  const peer = peerOf(session);
  const evidence = omitUndefined({ tally, level, peerKind: peer.kind, otherEnd, attestation, measurement });
  const report: Omit<Report, 'warnings'> = omitUndefined({
    schema: 'tentacle-ping/report/1',
    tool: { name: 'tentacle-ping', version },
    target: { host: plan.host, port: plan.port },
    plan: reportedOptions(plan),
    proxy: proxyOf(session),
    startedAt,
    endedAt,
    attempts: { sent: tally.sent, ok: tally.ok, failed: tally.failed, cancelled: tally.cancelled },
    pace: omitUndefined({ late: tally.late, notStarted, warmup: tally.warmup, spanUs: tally.spanUs, busyP99Us }),
    outcomes: outcomesOf(tally),
    stages: stagesOf(tally, floors),
    peer,
    otherEnd,
    attestation: attestation?.attested,
    level,
    levelReason: DEPTHS[level].why,
    failures: [...tally.failures.values()].map(({ id, count, firstAt, lastAt, evidence }) => ({
      id,
      count,
      firstAt,
      lastAt,
      evidence,
    })),
    failurePattern: tally.sequence.pattern,
    outages: tally.sequence.outages,
    outagesDropped: tally.sequence.outagesDropped,
    timeline: tally.timeline.timeline,
    reconnects,
    ...reportOf(measurement),
    verdict: buildVerdict(evidence),
    records: tally.records.all().sort((a, b) => a.number - b.number),
    recordsDropped: tally.records.dropped,
  });
  const ownWarnings = session.ownCertificate === undefined ? [] : warningsOfOwnCertificate(session.ownCertificate);
  return { ...report, warnings: [...collectWarnings(report), ...ownWarnings] };
}

/** The part of a report that one of the other measurements adds. */
function reportOf(measurement: Measurement | undefined): Pick<Report, 'idle' | 'sizes' | 'transfers'> {
  if (measurement?.kind === 'idle') return { idle: measurement.report };
  if (measurement?.kind === 'sizes') return { sizes: measurement.report };
  return measurement?.kind === 'transfers' ? { transfers: measurement.report } : {};
}

/** In the order of the path, then those of the whole attempt. */
const STAGE_ORDER: readonly MeasuredStage[] = [
  ...STAGES.filter((stage) => stage !== 'trust' && stage !== 'idle'),
  'upload',
  'download',
  'other',
  'total',
  'sinceScheduled',
];

function stagesOf({ stages }: Tally, floors: Readonly<Partial<Record<MeasuredStage, number>>> = {}): Report['stages'] {
  const figures = STAGE_ORDER.flatMap((stage) => {
    const stats = stages.get(stage);
    if (stats === undefined) return [];
    const { figures } = stats;
    const floorUs = floors[stage];
    // Added to the object itself: a copy of it would encode the histogram, which most reports of one attempt never need.
    return [[stage, floorUs === undefined ? figures : Object.assign(figures, { floorUs })] as const];
  });
  return Object.fromEntries(figures);
}

/** With --pong-key a missing attestation counts too, where the peer could be asked. */
function attestationOf(session: SessionResults): AttestedConnection | undefined {
  const { attestation, plan, tally, bestFacts } = session;
  const expectedKey = plan.pongKey;
  if (attestation !== undefined || expectedKey === undefined || tally.ok === 0) return attestation;
  return { attested: { result: 'none', why: 'not-asked', expectedKey }, facts: bestFacts };
}

/** The number of attempts by outcome. */
function outcomesOf(tally: Tally): Record<string, number> {
  const outcomes: Record<string, number> = tally.ok > 0 ? { ok: tally.ok } : {};
  for (const { id, count } of tally.failures.values()) outcomes[id] = count;
  return outcomes;
}

/** The last step that worked in any attempt. */
function measuredLevel({ plan, tally: { stages, hasMovedData }, peer, page }: SessionResults): MeasurementDepth {
  if (stages.has('data')) return peer?.kind === 'pong' ? 'transfer' : 'page-upload';
  if (hasMovedData) return 'partial-transfer';
  if (stages.has('rpc')) return plan.level === 'auto' ? (peer?.level ?? 'identity') : plan.level;
  if (stages.has('identity')) return 'identity';
  if (page !== undefined) return 'page';
  if (stages.has('tls')) return 'tls';
  if (stages.has('proxy')) return 'tunnel';
  if (stages.has('tcp')) return plan.proxyChoice?.proxy === undefined ? 'tcp' : 'proxy-leg';
  return stages.has('dns') ? 'dns' : 'none';
}

function proxyOf({ plan: { proxyChoice: choice }, bestFacts: { address, addresses } }: SessionResults): ProxyReport {
  const environment = choice?.variables ?? [];
  const { host, port, user } = choice?.proxy ?? {};
  const isKnown = host !== undefined && port !== undefined;
  return omitUndefined({
    used: choice?.proxy !== undefined,
    by: choice?.by,
    ...(isKnown ? { host, port, address, addresses } : {}),
    user,
    environment: environment.length === 0 ? undefined : environment,
  });
}

function peerOf({ bestFacts, peer, page }: SessionResults): PeerReport {
  const { address, addresses, failedAddresses, thisMachine } = bestFacts;
  const { tlsVersion, cipher, peerCertificate: certificate, ownThumbprint = '' } = bestFacts;
  return omitUndefined({
    kind: peer?.kind ?? page?.author ?? 'unknown',
    // Through a proxy they are the proxy's.
    ...(bestFacts.proxy === undefined ? { address, addresses, failedAddresses, thisMachine } : {}),
    thumbprint: certificate?.thumbprint,
    tlsVersion,
    cipher,
    certificate,
    capabilities: peer?.capabilities,
    peerView: peer?.peerView,
    page,
    ownThumbprint,
  });
}
