import { columns, ms, verdictText, WIDTH, wrap, type DurationFigures } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Polling, PollReport } from '../poller/poll-report.js';

/** What a person reads when polling begins. */
export function pollingText(polling: Polling, about: { readonly version: string; readonly note?: string }): string {
  const { server, proxy, connections, subscription, thumbprint } = polling;
  const route = proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
  const lines = [
    `tentacle-pong ${about.version} is polling ${server.host}:${server.port}${route}`,
    '',
    `  thumbprint    ${thumbprint} (the server must trust it)`,
    `  subscription  ${subscription}`,
    `  connections   ${connections}`,
    ...(about.note === undefined ? [] : [`  note          ${about.note}`]),
    '',
    'Press Ctrl+C to stop and print a report.',
  ];
  return `${lines.join('\n')}\n`;
}

/** What a person reads at the end. */
export function pollReportText(report: PollReport): string {
  const { tries, server, startedAt, endedAt } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const connections = `${tries.tried} ${tries.tried === 1 ? 'connection' : 'connections'}`;
  return [
    `\n${server.host}:${server.port}, polled for ${report.subscription}\n`,
    `${connections}, ${tries.taken} accepted, ${tries.failed} failed in ${seconds} s\n`,
    timesTable(report),
    callTable(report),
    failureTable(report),
    certificateLines(report),
    registrationText(report),
    verdictText(report.verdict),
  ].join('');
}

function timesTable({ stages, polling, answering, keepAlives }: PollReport): string {
  const named: [string, DurationFigures | undefined][] = [
    ...Object.entries(stages),
    ['polling', polling],
    ['answering', answering],
    ['keep-alives', keepAlives],
  ];
  const rows = named.flatMap(([name, d]) => {
    return d === undefined
      ? []
      : [[name, String(d.count), ...[d.minUs, d.meanUs, d.p50Us, d.p90Us, d.p99Us, d.maxUs].map(ms)]];
  });
  if (rows.length === 0) return '';
  return columns('lrrrrrrr', [['ms', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows]);
}

function callTable({ calls }: PollReport): string {
  const rows = Object.entries(calls).map(([name, count]) => [name, String(count)]);
  return rows.length === 0 ? '' : columns('lr', [['call', 'count'], ...rows]);
}

function failureTable({ failures }: PollReport): string {
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

function certificateLines({ peer, thumbprint }: PollReport): string {
  const { certificate, tlsVersion, cipher } = peer;
  if (certificate === undefined) return '';
  const { subject, keyType, keyBits, signatureAlgorithm, selfSigned, issuer } = certificate;
  const issued = selfSigned ? 'self-signed' : `issued by ${issuer}`;
  return columns('ll', [
    ['server', `thumbprint ${certificate.thumbprint}`],
    ['', `${tlsVersion ?? ''} ${cipher ?? ''}`.trim()],
    ['', `${subject}, ${keyType} ${keyBits ?? ''}, ${signatureAlgorithm}, ${issued}`],
    ['this Tentacle', `thumbprint ${thumbprint}`],
  ]);
}

/** The result of registration's check, and what the check does not test. */
function registrationText({ registration, server, tries, verdict }: PollReport): string {
  if (registration === undefined) return '';
  const { status, passes, text } = registration;
  const answer = status === undefined ? 'no HTTP answer' : `HTTP ${status}${text === undefined ? '' : ` "${text}"`}`;
  const result = passes ? 'Registration would consider the port open.' : 'Registration would consider the port closed.';
  const isConfirmed = tries.taken > 0 && verdict.id === 'ok';
  const limits = isConfirmed
    ? 'Polling confirmed this; the check itself examines neither certificate nor identity.'
    : 'The check examines neither certificate nor identity: an intercepting proxy, a web server or a Tentacle passes as well. It does not test whether the server trusts this Tentacle.';
  const sentences = [
    `The check that register-with runs (POST https://${server.host}:${server.port}/handshake) received ${answer}.`,
    result,
    ...(passes ? [limits] : []),
  ];
  return `${wrap(sentences.join(' '), '', '', WIDTH)}\n`;
}
