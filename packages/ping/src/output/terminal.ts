import { columns, ms, verdictText, warningsText, WIDTH, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import { DEPTHS } from '../report/measurement-depth.js';
import type { PeerReport, ProxyReport, Report } from '../report/report.js';
import { buildDistribution } from '../report/distribution.js';
import { attestationLines } from './attestation.js';
import { remoteViewText } from './remote-view.js';
import { idleText } from './idle.js';
import { sizesText, transfersText } from './data.js';

/** The report as text: counts, stage times, failures, the peer, the verdict and the next steps. */
export function terminalReport(report: Report): string {
  const { attempts, target, startedAt, endedAt } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const cancelled = attempts.cancelled === 0 ? '' : `, ${attempts.cancelled} cancelled`;
  return [
    `\n--- ${target.host}:${target.port}: ${attempts.sent} sent, ${attempts.ok} ok, ${attempts.failed} failed${cancelled} in ${seconds} s\n`,
    stageTable(report),
    body(report),
    failureTable(report),
    proxyLines(report.proxy),
    peerLines(report.peer),
    attestationLines(report),
    remoteViewText(report.otherEnd),
    `${wrap(`${DEPTHS[report.level].measured}; ${report.levelReason}`, 'measured: ', ' '.repeat('measured: '.length), WIDTH)}\n`,
    paceLines(report),
    report.reconnects === 0 ? '' : `the reused connection dropped and was re-established ${times(report.reconnects)}\n`,
    verdictText(report.verdict),
    warningsText(report.warnings),
  ].join('');
}

/** The results of what the run was for: sizes, idle times, data, or the distribution of times. */
function body(report: Report): string {
  const { sizes, idle, transfers } = report;
  if (sizes !== undefined) return sizesText(sizes);
  if (idle !== undefined) return idleText(idle);
  return transfers === undefined ? distribution(report) : transfersText(transfers);
}

function stageTable({ stages, plan, pace }: Report): string {
  // Where no attempt was late it equals the total, plus a timer's millisecond.
  const shown = Object.entries(stages).filter(
    ([stage]) => stage !== 'sinceScheduled' || plan.perSecond !== undefined || pace.late > 0,
  );
  const rows = shown.map(([stage, s]) => [
    stage === 'sinceScheduled' ? 'since scheduled' : stage,
    String(s.count),
    ...[s.minUs, s.meanUs, s.p50Us, s.p90Us, s.p99Us, s.maxUs].map(ms),
  ]);
  if (rows.length === 0) return '';
  return columns('lrrrrrrr', [['stage (ms)', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows]);
}

/** What is notable about the schedule: attempts that were late or not started and, under load, the rate. */
function paceLines({ pace, plan, attempts, stages }: Report): string {
  const lines: string[] = [];
  const { warmup, late, notStarted, spanUs, busyP99Us } = pace;
  if (warmup.sent > 0)
    lines.push(`warm-up: ${attemptCount(warmup.sent)}, not counted above; ${warmup.failed} of them failed`);
  const isLoad = plan.perSecond !== undefined || plan.intervalUs === 0 || plan.concurrency > 1;
  if (isLoad && spanUs > 0) lines.push(`rate: ${perSecond((attempts.sent * 1e6) / spanUs)} attempts per second`);
  if (late > 0) {
    const least = stages.total === undefined ? undefined : Math.ceil((stages.total.meanUs / plan.intervalUs) * 1.5);
    const remedy = least === undefined || least <= plan.concurrency ? '' : `; use --concurrency ${least} to keep up`;
    lines.push(
      `late: ${attemptCount(late)} started after the scheduled time, because ${plan.concurrency} at a time were under way${remedy}`,
    );
  }
  if (notStarted > 0)
    lines.push(
      `not started: ${attemptCount(notStarted)} that ${notStarted === 1 ? 'was' : 'were'} due when the run was stopped`,
    );
  if (busyP99Us !== undefined && busyP99Us >= BUSY_US)
    lines.push(
      `warning: this process was blocked for up to ${ms(busyP99Us)} ms at a time; measured times may be that much too high`,
    );
  return lines.map((line) => `${wrap(line, '', '  ', WIDTH)}\n`).join('');
}

/** `1 attempt`, `2 attempts` */
function attemptCount(count: number): string {
  return count === 1 ? '1 attempt' : `${count} attempts`;
}

/** `once`, `2 times` */
function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Three digits, or a whole number. */
function perSecond(rate: number): string {
  return rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
}

/** A shorter time changes no conclusion from a stage's time. */
const BUSY_US = 5000;

/** The longest bar: with the label before it and the count behind it, it fits the narrowest terminal. */
const BAR_CHARS = 50;

/** The distribution of the times of the round trip: a bar for each step of 1, 2, 5, 10, ... */
function distribution({ stages }: Report): string {
  const [name, stage] = stages.rpc === undefined ? ['total', stages.total] : ['rpc', stages.rpc];
  // With fewer times, the table above shows as much.
  if (stage === undefined || stage.count < 10) return '';
  const steps = buildDistribution(stage);
  const most = Math.max(...steps.map(({ count }) => count));
  const rows = steps.map(({ upToUs, count }) => [
    `<= ${stepLabel(upToUs)}`,
    `${'#'.repeat(Math.ceil((count / most) * BAR_CHARS))} ${count}`,
  ]);
  const width = Math.max(...rows.map(([label = '']) => label.length));
  return `${name}, distribution\n${rows.map(([label = '', bar = '']) => `  ${label.padStart(width)}  ${bar}\n`).join('')}`;
}

function stepLabel(us: number): string {
  if (us < 1000) return `${us} us`;
  return us < 1_000_000 ? `${us / 1000} ms` : `${us / 1_000_000} s`;
}

function failureTable({ failures }: Report): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count, firstAt, lastAt }) => [
    id,
    String(count),
    firstAt,
    lastAt,
    failureDefinition(id).title,
  ]);
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows]);
}

function proxyLines({ used, by, host, port, user, address, environment = [] }: ProxyReport): string {
  const lines: string[] = [];
  if (used) {
    const at = address === undefined || address === host ? '' : ` (${address})`;
    lines.push(`proxy: ${host ?? ''}:${port ?? ''}${at}${user === undefined ? '' : ` as ${user}`}, from ${by ?? ''}`);
  }
  for (const { name, value } of environment) {
    const decided = name === by ? (used ? 'used' : 'therefore no proxy is used') : 'set, not used';
    lines.push(`environment: ${name}=${value} (${decided})`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function peerLines(peer: PeerReport): string {
  if (peer.thumbprint === undefined) return '';
  const { certificate: cert } = peer;
  const lines = [
    `peer: ${peer.kind}, thumbprint ${peer.thumbprint}`,
    `      ${peer.tlsVersion ?? ''} ${peer.cipher ?? ''}`,
    ...(cert === undefined
      ? []
      : [
          `      ${cert.subject}, ${cert.keyType} ${cert.keyBits ?? ''}, ${cert.signatureAlgorithm}, ${cert.selfSigned ? 'self-signed' : `issued by ${cert.issuer}`}`,
        ]),
    ...(peer.capabilities === undefined ? [] : [`      capabilities: ${peer.capabilities.join(', ')}`]),
    ...(peer.peerView === undefined
      ? []
      : [
          `      sees this client as ${peer.peerView.address} port ${peer.peerView.port}, thumbprint ${peer.peerView.clientThumbprint ?? 'none'}`,
        ]),
    ...(peer.page === undefined ? [] : [`      landing page: HTTP ${peer.page.status} "${peer.page.text}"`]),
    `you:  thumbprint ${peer.ownThumbprint}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}
