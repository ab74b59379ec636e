import type { IdleArm } from '../report/idle-report.js';
import type { Report } from '../report/report.js';
import { MetricsWriter } from './metrics-writer.js';
import type { KeptProbe } from './probe-history.js';

/** The stages of the path, one after the other: their sum is the attempt. */
const STAGES = ['dns', 'tcp', 'proxy', 'tls', 'identity', 'rpc', 'other'] as const;

const US_PER_S = 1_000_000;

/**
 * The metrics of one probe, in Prometheus' text format. Values of labels are from lists of this program or of OpenSSL,
 * never text of a peer, so that no peer decides how many series there are.
 */
export async function probeMetrics(probe: KeptProbe, certificateChanges: number): Promise<string> {
  const { number, report, elapsedUs } = probe;
  const metrics = new MetricsWriter();
  addReport(metrics, report);
  metrics.value(
    'tentacle_probe_elapsed_seconds',
    'Time from the request to the result, with the wait for a turn',
    elapsedUs / US_PER_S,
  );
  metrics.value(
    'tentacle_probe_certificate_changes',
    'How often the certificate of the target changed since the start of this process',
    certificateChanges,
  );
  metrics.value(
    'tentacle_probe_number',
    'Number of the probe: its report is at /probes/NUMBER of this exporter',
    number,
  );
  return metrics.text();
}

/** Adds what a report has measured. */
export function addReport(metrics: MetricsWriter, report: Report): void {
  const isSuccess = report.verdict.id === 'ok';
  metrics.value('tentacle_probe_success', '1 where the probe succeeded, 0 where it failed', isSuccess ? 1 : 0);
  addDurations(metrics, report);
  addVerdict(metrics, report, isSuccess);
  addPeer(metrics, report);
  addSearches(metrics, report);
}

function addDurations(metrics: MetricsWriter, { stages }: Report): void {
  const help = 'Duration of each stage that was completed';
  for (const stage of STAGES) {
    const figures = stages[stage];
    if (figures !== undefined)
      metrics.labeled('tentacle_probe_duration_seconds', help, { stage }, figures.meanUs / US_PER_S);
  }
}

function addVerdict(metrics: MetricsWriter, report: Report, isSuccess: boolean): void {
  const { verdict, level } = report;
  const { id, certainty } = verdict;
  if (!isSuccess)
    metrics.labeled(
      'tentacle_probe_failure',
      'The failure of this probe, by its id; absent after a success',
      { id },
      1,
    );
  metrics.labeled(
    'tentacle_probe_verdict_info',
    'The verdict, and how certain it is: conclusive, ambiguous or unknown',
    { id, certainty: certainty.kind },
    1,
  );
  metrics.labeled('tentacle_probe_level_info', 'The last stage of the path that worked', { level }, 1);
  metrics.value('tentacle_probe_warnings', 'Number of warnings in the report', report.warnings.length);
}

function addPeer(metrics: MetricsWriter, { peer }: Report): void {
  const { tlsVersion, cipher, certificate, addresses, failedAddresses } = peer;
  if (addresses !== undefined) {
    metrics.value('tentacle_probe_addresses', 'Number of addresses of the name', addresses.length);
    metrics.value(
      'tentacle_probe_failed_addresses',
      'Number of addresses that failed before another one accepted, or with all others',
      failedAddresses?.length ?? 0,
    );
  }
  if (tlsVersion !== undefined && cipher !== undefined)
    metrics.labeled('tentacle_probe_tls_info', 'TLS version and suite', { version: tlsVersion, cipher }, 1);
  if (certificate === undefined) return;
  metrics.value(
    'tentacle_probe_certificate_not_after_timestamp_seconds',
    'When the certificate of the target expires',
    Date.parse(certificate.notAfter) / 1000,
  );
  if (certificate.keyBits !== undefined)
    metrics.value('tentacle_probe_certificate_key_size', 'Bits of the key in the certificate', certificate.keyBits);
}

/** The limits that a search has found. A limit that does not exist has no value. */
function addSearches(metrics: MetricsWriter, { idle, sizes }: Report): void {
  for (const [direction, found] of [
    ['upload', sizes?.upload],
    ['download', sizes?.download],
  ] as const) {
    if (found?.largestOkBytes !== undefined)
      metrics.labeled(
        'tentacle_probe_size_passed_bytes',
        'Largest size that passed',
        { direction },
        found.largestOkBytes,
      );
    if (found?.smallestFailedBytes !== undefined)
      metrics.labeled(
        'tentacle_probe_size_lost_bytes',
        'Smallest size that was lost',
        { direction },
        found.smallestFailedBytes,
      );
  }
  if (idle === undefined) return;
  for (const [keepalive, { longestOkUs, shortestDeadUs }] of [
    ['on', idle.keepAliveOn],
    ['off', idle.keepAliveOff],
  ] satisfies [string, IdleArm][]) {
    if (longestOkUs !== undefined)
      metrics.labeled(
        'tentacle_probe_idle_survived_seconds',
        'Longest idle time that a connection survived, with TCP keep-alive and without',
        { keepalive },
        longestOkUs / US_PER_S,
      );
    if (shortestDeadUs !== undefined)
      metrics.labeled(
        'tentacle_probe_idle_lost_seconds',
        'Shortest idle time after which a connection was dead, with TCP keep-alive and without',
        { keepalive },
        shortestDeadUs / US_PER_S,
      );
  }
}
