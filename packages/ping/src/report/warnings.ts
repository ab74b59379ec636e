import {
  isWorthAWarning,
  type Warning,
  warningOf,
  warningsOfCertificate,
  warningsOfSuite,
} from 'tentacle-protocol/diagnostics';
import type { IdleProbe } from './idle-report.js';
import type { AttemptRecord } from './attempt-record.js';
import { findFirstPacketLoss, findLoss } from './retransmissions.js';
import type { Report } from './report.js';

/**
 * Half of the look-ups take this long. A healthy resolver on the far side of the world answers both questions (A, AAAA)
 * within half of it; Octopus resolves the name for every new connection.
 */
const DNS_SLOW_US = 1_000_000;

/** Half of the handshakes take this long: five round trips of 400 ms, more than any healthy link needs. */
const TLS_SLOW_US = 2_000_000;

/** One tunnel took this long: a third of the time that Octopus waits, so that it will fail under more load. */
const PROXY_SLOW_US = 5_000_000;

/** The warnings of a report, in addition to its verdict. */
export function collectWarnings(
  report: Pick<Report, 'target' | 'proxy' | 'stages' | 'peer' | 'otherEnd' | 'records' | 'endedAt' | 'idle'>,
): Warning[] {
  const { target, proxy, stages, peer, otherEnd, records, endedAt, idle } = report;
  const found: Warning[] = [];
  if (stages.dns !== undefined && stages.dns.p50Us >= DNS_SLOW_US)
    found.push(warningOf('dns.slow', { host: proxy.host ?? target.host, durationUs: stages.dns.p50Us }));
  found.push(...addressWarnings(report));
  if (stages.proxy !== undefined && stages.proxy.maxUs >= PROXY_SLOW_US)
    found.push(
      warningOf('proxy.slow', { proxy: `${proxy.host ?? ''}:${proxy.port ?? ''}`, durationUs: stages.proxy.maxUs }),
    );
  if (stages.tls !== undefined && stages.tls.p50Us >= TLS_SLOW_US)
    found.push(warningOf('tls.slow', { durationUs: stages.tls.p50Us }));
  if (peer.certificate !== undefined) found.push(...warningsOfCertificate(peer.certificate, endedAt));
  if (peer.cipher !== undefined) found.push(...warningsOfSuite(peer.cipher));
  // Round trips work, but a Tentacle would have rejected this client.
  const arrived = peer.peerView?.clientThumbprint;
  if (arrived !== undefined && arrived !== peer.ownThumbprint)
    found.push(warningOf('trust.client-certificate-changed', { arrived }));
  const [remade] = otherEnd?.status === 'compared' ? otherEnd.tls : [];
  if (remade !== undefined) found.push(warningOf('trust.tls-remade', remade));
  const ofIdle = idleWarnings(idle?.probes ?? []);
  return [...found, ...lossWarnings(timesOf(records)), ...staleConnectionWarnings(records), ...ofIdle];
}

/**
 * The name leads to an address that fails beside one that accepts, or to this machine. A name for this machine's own
 * address in the network is usual, so it is worth a warning only where no attempt succeeded.
 */
function addressWarnings({
  target: { host, port },
  peer,
  stages,
}: Pick<Report, 'target' | 'peer' | 'stages'>): Warning[] {
  const { address, failedAddresses = [], thisMachine } = peer;
  if (address === undefined || stages.tcp === undefined) return [];
  const failed = failedAddresses.filter((failure) => failure.address !== address && isWorthAWarning(failure));
  const isElsewhere = thisMachine === 'loopback' || (thisMachine === 'own-address' && stages.total === undefined);
  return [
    ...(failed.length > 0 ? [warningOf('dns.failing-address', { host, port, failed, accepted: address })] : []),
    ...(isElsewhere ? [warningOf('dns.local-address', { host, address })] : []),
  ];
}

/**
 * A call after idle time was answered after this long: longer than a system waits before it sends a lost packet for the
 * third time (0.2 s, then twice that), which is not chance on an otherwise healthy path.
 */
const IDLE_SLOW_US = 1_000_000;

/** The warnings that follow from calls that were answered after idle time. */
export function idleWarnings(probes: readonly IdleProbe[]): Warning[] {
  const slow = probes.filter(({ outcome, checkUs = 0 }) => outcome === 'ok' && checkUs >= IDLE_SLOW_US);
  const [first] = slow.sort((a, b) => a.idleUs - b.idleUs);
  if (first?.checkUs === undefined) return [];
  return [warningOf('idle.slow', { slow: slow.length, idleUs: first.idleUs, checkUs: first.checkUs })];
}

/** Times of the same work, repeated many times, by stage. */
export type StageTimes = Readonly<Partial<Record<'tcp' | 'tls' | 'identity' | 'rpc', readonly number[]>>>;

const WHAT = { tcp: 'connecting', tls: 'the TLS handshake', identity: 'the identity', rpc: 'a call' } as const;

/** A warning about packet loss, from the stage that shows it most. */
export function lossWarnings(times: StageTimes): Warning[] {
  const first = findFirstPacketLoss(times.tcp ?? []);
  if (first !== undefined) return [warningOf('path.first-packet-lost', first)];
  const found = (['tcp', 'tls', 'identity', 'rpc'] as const).flatMap((stage) => {
    const loss = findLoss(stage, times[stage] ?? [], times.tcp ?? []);
    return loss === undefined ? [] : [{ ...loss, what: WHAT[stage] }];
  });
  const [most] = found.sort((a, b) => b.slow / b.of - a.slow / a.of);
  return most === undefined ? [] : [warningOf('path.loss', most)];
}

function timesOf(records: readonly AttemptRecord[]): StageTimes {
  const of = (stage: 'tcp' | 'tls' | 'identity' | 'rpc'): number[] =>
    records.flatMap(({ stages }) => stages.filter((time) => time.stage === stage).map(({ durationUs }) => durationUs));
  return { tcp: of('tcp'), tls: of('tls'), identity: of('identity'), rpc: of('rpc') };
}

/** Octopus's read timeout is a minute: a call that works after it had used a connection that no longer existed. */
const MINUTE_US = [58_000_000, 63_000_000] as const;

/** One may be chance. */
const MINUTES_LEAST = 2;

function staleConnectionWarnings(records: readonly AttemptRecord[]): Warning[] {
  const ok = records.filter(({ outcome }) => outcome === 'ok');
  const slow = ok.filter(({ totalUs }) => totalUs >= MINUTE_US[0] && totalUs <= MINUTE_US[1]);
  const isMode = slow.length >= MINUTES_LEAST && slow.length < ok.length;
  return isMode ? [warningOf('path.stale-connection', { slow: slow.length, of: ok.length })] : [];
}
