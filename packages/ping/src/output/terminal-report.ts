import {
  columns,
  count,
  formatDuration,
  ms,
  type Screen,
  verdictText,
  warningsText,
  wrap,
} from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import { DEPTHS } from '../report/measurement-depth.js';
import type { PeerReport, ProxyReport, Report } from '../report/report.js';
import { buildDistribution } from '../report/distribution.js';
import { attestationLines } from './attestation-lines.js';
import { remoteViewText } from './remote-view-text.js';
import { idleText } from './idle-text.js';
import { outagesText } from './outages-text.js';
import { sizesText } from './sizes-text.js';
import { stepLabel } from './step-label.js';
import { transfersText } from './transfers-text.js';

/** The report as text: counts, stage times, failures, the peer, the verdict and the next steps. */
export function terminalReport(report: Report, screen: Screen): string {
  const { width } = screen;
  const { attempts, target, startedAt, endedAt } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const cancelled = attempts.cancelled === 0 ? '' : `, ${attempts.cancelled} canceled`;
  return [
    `\n--- ${target.host}:${target.port}: ${attempts.sent} sent, ${attempts.ok} ok, ${attempts.failed} failed${cancelled} in ${seconds} s\n`,
    stageTable(report, width),
    results(report, width),
    failureTable(report, width),
    outagesText(report, width),
    proxyLines(report.proxy),
    peerLines(report.peer),
    attestationLines(report, width),
    remoteViewText(report.otherEnd, screen, { isVerbose: true }),
    measuredText(report, width),
    scheduleText(report, width),
    reconnectsText(report, width),
    verdictText(report.verdict, screen),
    warningsText(report.warnings, width),
  ].join('');
}

/** The results of what the run was for: sizes, idle times, data, or the distribution of times. */
function results(report: Report, width: number): string {
  const { sizes, idle, transfers } = report;
  if (sizes !== undefined) return sizesText(sizes, width);
  if (idle !== undefined) return idleText(idle, width);
  return transfers === undefined ? distribution(report, width) : transfersText(transfers, width);
}

function stageTable({ stages, plan, pace: schedule }: Report, width: number): string {
  // Uploads and downloads together are neither; each has a row of its own.
  const isPooled = stages.upload !== undefined && stages.download !== undefined;
  const hidden = [
    isPooled ? 'data' : 'upload',
    isPooled ? 'data' : 'download',
    // Where no attempt was late it equals the total, plus a timer's millisecond.
    plan.perSecond === undefined && schedule.late === 0 ? 'sinceScheduled' : '',
  ];
  const shown = Object.entries(stages).filter(([stage]) => !hidden.includes(stage));
  const rows = shown.map(([stage, s]) => [
    stage === 'sinceScheduled' ? 'since scheduled' : stage,
    String(s.count),
    ...[s.minUs, s.meanUs, s.p50Us].map(ms),
    // With fewer times than a percentile has parts, it is the maximum under another name.
    s.count < 10 ? '-' : ms(s.p90Us),
    s.count < 100 ? '-' : ms(s.p99Us),
    ms(s.maxUs),
  ]);
  if (rows.length === 0) return '';
  return columns('lrrrrrrr', [['stage (ms)', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows], width);
}

/** How much of the path was measured, and why not more. */
function measuredText({ level, levelReason }: Report, width: number): string {
  const label = 'measured: ';
  return `${wrap(`${DEPTHS[level].measured}; ${levelReason}`, label, ' '.repeat(label.length), width)}\n`;
}

/** With --reuse: how often the connection dropped. */
function reconnectsText({ reconnects }: Report, width: number): string {
  if (reconnects === 0) return '';
  const times = reconnects === 1 ? 'once' : count(reconnects, 'time');
  return `${wrap(`the reused connection dropped and was re-established ${times}`, '', '  ', width)}\n`;
}

/** What is notable about the schedule: attempts that were late or not started and, under load, the rate. */
function scheduleText({ pace: schedule, plan, attempts, stages }: Report, width: number): string {
  const lines: string[] = [];
  const { warmup, late, notStarted, spanUs, busyP99Us } = schedule;
  if (warmup.sent > 0)
    lines.push(`warm-up: ${count(warmup.sent, 'attempt')}, ${warmup.failed} failed; not counted above`);
  const isLoad = plan.perSecond !== undefined || plan.intervalUs === 0 || plan.concurrency > 1;
  if (isLoad && spanUs > 0) lines.push(`rate: ${perSecond((attempts.sent * 1e6) / spanUs)} attempts per second`);
  if (late > 0) {
    const least = stages.total === undefined ? undefined : Math.ceil((stages.total.meanUs / plan.intervalUs) * 1.5);
    const remedy = least === undefined || least <= plan.concurrency ? '' : `; use --concurrency ${least} to keep up`;
    const running = plan.concurrency === 1 ? 'the previous attempt was' : `${plan.concurrency} earlier attempts were`;
    lines.push(
      `late: ${count(late, 'attempt')} started after the scheduled time, because ${running} still running${remedy}`,
    );
  }
  if (notStarted > 0)
    lines.push(
      `not started: ${count(notStarted, 'attempt')} that ${notStarted === 1 ? 'was' : 'were'} due when the run was stopped`,
    );
  if (busyP99Us !== undefined && busyP99Us >= BUSY_US)
    lines.push(
      `warning: this process was blocked for up to ${formatDuration(busyP99Us)} at a time; measured times may be that much too high`,
    );
  return lines.map((line) => `${wrap(line, '', '  ', width)}\n`).join('');
}

/** Three digits, or a whole number. */
function perSecond(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}

/** A shorter time changes no conclusion from a stage's time. */
const BUSY_US = 5000;

/** The longest bar, and what a line needs besides: the label before it and the count behind it. */
const BAR_MAX_CHARS = 50;
const BESIDE_BAR_CHARS = 30;

/** The distribution of the times of the round trip: a bar for each step of 1, 2, 5, 10, ... */
function distribution({ stages }: Report, width: number): string {
  const [name, stage] = stages.rpc === undefined ? ['total', stages.total] : ['rpc', stages.rpc];
  // With fewer times, the table above shows as much.
  if (stage === undefined || stage.count < 10) return '';
  const steps = buildDistribution(stage);
  const most = Math.max(...steps.map((step) => step.count));
  const barMax = Math.max(1, Math.min(BAR_MAX_CHARS, width - BESIDE_BAR_CHARS));
  const rows = steps.map((step) => [
    `  <= ${stepLabel(step.upToUs)}`,
    `${'#'.repeat(Math.ceil((step.count / most) * barMax))} ${step.count}`,
  ]);
  return `${name}, distribution\n${columns('rl', rows, width)}`;
}

function failureTable({ failures }: Report, width: number): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count: times, firstAt, lastAt }) => {
    return [id, String(times), firstAt, lastAt, failureDefinition(id).title];
  });
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows], width);
}

function proxyLines({ used, by, host, port, user, address, environment = [] }: ProxyReport): string {
  const lines: string[] = [];
  if (used) {
    const at = address === undefined || address === host ? '' : ` (${address})`;
    lines.push(`proxy: ${host ?? ''}:${port ?? ''}${at}${user === undefined ? '' : ` as ${user}`}, from ${by ?? ''}`);
  }
  for (const { name, value } of environment) {
    const effect = name === by ? (used ? 'used' : 'therefore no proxy is used') : 'set, not used';
    lines.push(`environment: ${name}=${value} (${effect})`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** What the peer is, for people. */
const PEER_NAMES: Readonly<Record<PeerReport['kind'], string>> = {
  tentacle: 'Tentacle',
  'octopus-server': 'Octopus Server',
  pong: 'tentacle-pong',
  ping: 'tentacle-ping listen',
  'legacy-pong': 'the original TentaclePong',
  halibut: 'Halibut listener',
  'octopus-portal': 'web portal of an Octopus Server',
  'web-server': 'web server or appliance',
  unknown: 'unknown',
};

function peerLines(peer: PeerReport): string {
  if (peer.thumbprint === undefined) return '';
  const { certificate: cert } = peer;
  const lines = [
    `peer: ${PEER_NAMES[peer.kind]}, thumbprint ${peer.thumbprint}`,
    `      ${peer.tlsVersion ?? ''} ${peer.cipher ?? ''}`,
    ...(cert === undefined
      ? []
      : [
          `      ${cert.subject}, ${[cert.keyType.toUpperCase(), cert.keyBits ?? []].flat().join(' ')}, ${cert.signatureAlgorithm}, ${cert.selfSigned ? 'self-signed' : `issued by ${cert.issuer}`}`,
        ]),
    ...(peer.capabilities === undefined ? [] : [`      capabilities: ${peer.capabilities.join(', ')}`]),
    ...(peer.peerView === undefined
      ? []
      : [
          `      sees you as ${peer.peerView.address} port ${peer.peerView.port}, thumbprint ${peer.peerView.clientThumbprint ?? 'none'}`,
        ]),
    ...(peer.page === undefined ? [] : [`      landing page: HTTP ${peer.page.status} "${peer.page.text}"`]),
    `you:  thumbprint ${peer.ownThumbprint}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
