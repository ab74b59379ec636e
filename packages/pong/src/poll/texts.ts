import { columns, ms, rowOf, verdictText, WIDTH, wrap } from 'tentacle-protocol';
import type { Durations } from '../durations.js';
import type { Polling, PollReport } from './poll-report.js';

/** What a person reads when polling begins. */
export function pollingText(polling: Polling, about: { readonly version: string; readonly note?: string }): string {
  const { server, proxy, connections, subscription, thumbprint } = polling;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
  const lines = [
    `tentacle-pong ${about.version} polls ${server.host}:${server.port}${through}. Ctrl+C ends it and prints what came of it.`,
    '',
    `  thumbprint    ${thumbprint} (the server has to trust it)`,
    `  subscription  ${subscription}`,
    `  connections   ${connections}`,
    ...(about.note === undefined ? [] : [`  note          ${about.note}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a person reads at the end. */
export function pollReportText(report: PollReport): string {
  const { tries, server, startedAt, endedAt } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  return [
    `\n--- ${server.host}:${server.port}, polled for ${report.subscription}: ${tries.tried} connections, ${tries.taken} taken, ${tries.failed} failed in ${seconds} s\n`,
    timesTable(report),
    callLines(report),
    failureTable(report),
    peerLines(report),
    registrationText(report),
    verdictText(report.verdict),
  ].join('');
}

function timesTable({ stages, polling, answering, keepAlives }: PollReport): string {
  const rows: [string, Durations | undefined][] = [
    ...Object.entries(stages),
    ['polling', polling],
    ['answering', answering],
    ['keep-alives', keepAlives],
  ];
  const lines = rows.flatMap(([name, d]) => {
    return d === undefined
      ? []
      : [[name, String(d.count), ...[d.minUs, d.meanUs, d.p50Us, d.p90Us, d.p99Us, d.maxUs].map(ms)]];
  });
  if (lines.length === 0) return '';
  return columns('lrrrrrrr', [['stage (ms)', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...lines]);
}

function callLines({ calls }: PollReport): string {
  const rows = Object.entries(calls).map(([name, count]) => [name, String(count)]);
  return rows.length === 0 ? '' : columns('lr', [['call', 'count'], ...rows]);
}

function failureTable({ failures }: PollReport): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count, firstAt, lastAt }) => [id, String(count), firstAt, lastAt, rowOf(id).title]);
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows]);
}

function peerLines({ peer, thumbprint }: PollReport): string {
  const { certificate: cert, tlsVersion, cipher } = peer;
  if (cert === undefined) return '';
  const lines = [
    `peer: thumbprint ${cert.thumbprint}`,
    `      ${tlsVersion ?? ''} ${cipher ?? ''}`,
    `      ${cert.subject}, ${cert.keyType} ${cert.keyBits ?? ''}, ${cert.signatureAlgorithm}, ${cert.selfSigned ? 'self-signed' : `issued by ${cert.issuer}`}`,
    `we:   thumbprint ${thumbprint}`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** What registration looks at, and what it does not. */
function registrationText({ registration, server, tries, verdict }: PollReport): string {
  if (registration === undefined) return '';
  const { status, passes, text } = registration;
  const came =
    status === undefined ? 'got no answer in HTTP' : `got HTTP ${status}${text === undefined ? '' : ` "${text}"`}`;
  const would = passes ? 'Registration would call the port open.' : 'Registration would call the port closed.';
  const missed = passes
    ? tries.taken > 0 && verdict.id === 'ok'
      ? 'Rightly so, as polling showed; the check itself looks at no certificate and could not have told.'
      : 'It asks no more than that: it looks at no certificate and no identity, so a proxy that intercepts, a web server or a Tentacle pass as well, and whether the server trusts this Tentacle is not asked.'
    : '';
  const sentence = `registration: POST https://${server.host}:${server.port}/handshake, the check that register-with makes, ${came}. ${would} ${missed}`;
  return `${wrap(sentence.trim(), '', '  ', WIDTH)}\n`;
}
