import { columns, count, type DurationFigures, ms, type Screen, verdictText, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Polling, PollReport } from '../poller/poll-report.js';

/** The text that appears when polling begins. */
export function pollingText(polling: Polling, version: string, notes: readonly string[]): string {
  const { server, proxy, connections, subscription, thumbprint } = polling;
  const route = proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
  const lines = [
    `tentacle-pong ${version} is polling ${server.host}:${server.port}${route}`,
    '',
    `  thumbprint    ${thumbprint} (the server must trust it)`,
    `  subscription  ${subscription}`,
    `  connections   ${connections}`,
    ...notes.map((note) => `  note          ${note}`),
    '',
    'Press Ctrl+C to stop and print a report.',
  ];
  return `${lines.join('\n')}\n`;
}

/** The text at the end: connections, times, calls, failures, the server's certificate, and the verdict. */
export function pollReportText(report: PollReport, screen: Screen): string {
  const { width } = screen;
  const { tries, server, startedAt, endedAt } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  return [
    `\n${server.host}:${server.port}, polled for ${report.subscription}\n`,
    `${count(tries.tried, 'connection')}, ${tries.taken} accepted, ${tries.failed} failed in ${seconds} s\n`,
    timesTable(report, width),
    callTable(report, width),
    failureTable(report, width),
    certificateLines(report, width),
    registrationText(report, width),
    verdictText(report.verdict, screen),
  ].join('');
}

function timesTable({ stages, polling, answering, keepAlives }: PollReport, width: number): string {
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
  return columns('lrrrrrrr', [['ms', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows], width);
}

function callTable({ calls }: PollReport, width: number): string {
  const rows = Object.entries(calls).map(([name, times]) => [name, String(times)]);
  return rows.length === 0 ? '' : columns('lr', [['call', 'count'], ...rows], width);
}

function failureTable({ failures }: PollReport, width: number): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count: times, firstAt, lastAt }) => {
    return [id, String(times), firstAt, lastAt, failureDefinition(id).title];
  });
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows], width);
}

function certificateLines({ peer, thumbprint }: PollReport, width: number): string {
  const { certificate, tlsVersion, cipher } = peer;
  if (certificate === undefined) return '';
  const { subject, keyType, keyBits, signatureAlgorithm, selfSigned, issuer } = certificate;
  const issued = selfSigned ? 'self-signed' : `issued by ${issuer}`;
  const key = [keyType.toUpperCase(), keyBits ?? []].flat().join(' ');
  const rows = [
    ['server', `thumbprint ${certificate.thumbprint}`],
    ['', `${tlsVersion ?? ''} ${cipher ?? ''}`.trim()],
    ['', `${subject}, ${key}, ${signatureAlgorithm}, ${issued}`],
    ['this Tentacle', `thumbprint ${thumbprint}`],
  ];
  return columns('ll', rows, width);
}

/** The result of registration's check, and what the check does not test. */
function registrationText({ registration, server, tries, verdict }: PollReport, width: number): string {
  if (registration === undefined) return '';
  const { status, passes, text } = registration;
  const response =
    status === undefined ? 'no HTTP response' : `HTTP ${status}${text === undefined ? '' : ` "${text}"`}`;
  const result = passes ? 'Registration would consider the port open.' : 'Registration would consider the port closed.';
  const isConfirmed = tries.taken > 0 && verdict.id === 'ok';
  const limits = isConfirmed
    ? 'Polling confirmed this; the check itself examines neither certificate nor identity.'
    : 'The check examines neither certificate nor identity: an intercepting proxy, a Tentacle, or a web server that answers 200 or 400 passes as well. It does not test whether the server trusts this Tentacle.';
  const sentences = [
    `The check that register-with runs (POST https://${server.host}:${server.port}/handshake) received ${response}.`,
    result,
    ...(passes ? [limits] : []),
  ];
  return `${wrap(sentences.join(' '), '', '', width)}\n`;
}
