import { columns, count, type Screen, styled, verdictText, wrap } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Polling, PollReport } from '../poller/poll-report.js';
import type { PollTally } from '../poller/poll-tally.js';
import { type FiguresRow, figuresTable, spanText } from './figures-text.js';
import { localTime } from './log-text.js';

/** Before the facts of the start text: their names, and the spaces around them. */
const LABEL_CHARS = 16;

/** The text that appears when polling begins. */
export function pollingText(
  polling: Polling,
  { version, notes }: { readonly version: string; readonly notes: readonly string[] },
  { width }: Screen,
): string {
  const { server, proxy, connections, subscription, thumbprint } = polling;
  const route = proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
  const fact = (label: string, text: string): string =>
    wrap(text, `  ${label.padEnd(LABEL_CHARS - 4)}  `, ' '.repeat(LABEL_CHARS), width);
  const title = `tentacle-pong ${version} is polling ${server.host}:${server.port}${route}`;
  const lines = [
    wrap(styled('strong', title), '', '', width),
    '',
    width < LABEL_CHARS + thumbprint.length
      ? `${wrap('thumbprint, which the server must trust', '  ', '  ', width)}\n${thumbprint}`
      : fact('thumbprint', `${thumbprint} (trust it there)`),
    fact('subscription', subscription),
    fact('connections', String(connections)),
    ...notes.map((note) => fact('note', note)),
    '',
    wrap('Press Ctrl+C to stop and print a report.', '', '', width),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the status line shows while it polls. */
export function pollStatusText({ open, tried, failed, answeredCalls, keepAlives }: PollTally): string {
  if (open === 0 && tried === 0) return styled('dim', '[ connecting ]');
  const failures = failed === 0 ? '0 failed' : styled('bad', `${failed} failed`);
  return `[ ${open} open   ${count(answeredCalls, 'call')}   ${count(keepAlives.count, 'keep-alive')}   ${failures} ]`;
}

/** The text at the end: connections, times, failures, then the verdict; with all details also calls and certificates. */
export function pollReportText(report: PollReport, screen: Screen, isVerbose: boolean): string {
  const { width } = screen;
  const { tries, server, startedAt, endedAt } = report;
  const counts = `${count(tries.tried, 'connection')} in ${spanText(startedAt, endedAt)}, ${tries.taken} accepted, ${tries.failed} failed`;
  const parts = [
    `${wrap(`${server.host}:${server.port}, polled for ${report.subscription}`, '', '  ', width)}\n${wrap(counts, '', '  ', width)}\n`,
    timesTable(report, screen),
    isVerbose ? callTable(report, width) : '',
    failureTable(report, width),
    isVerbose ? certificateLines(report, width) : '',
    isVerbose || report.registration?.passes === false ? registrationText(report, width) : '',
    verdictText(report.verdict, screen, { isVerbose }),
    isVerbose ? '' : '  More: --verbose\n',
  ];
  return parts
    .filter((part) => part !== '')
    .map((part) => `\n${part}`)
    .join('');
}

function timesTable({ stages, polling, answering, keepAlives }: PollReport, screen: Screen): string {
  const named = Object.entries({ ...stages, polling, answering, 'keep-alives': keepAlives });
  const rows = named.flatMap(([name, figures]): FiguresRow[] => (figures === undefined ? [] : [[name, figures]]));
  return figuresTable(rows, screen);
}

function callTable({ calls }: PollReport, width: number): string {
  const rows = Object.entries(calls).map(([name, times]) => [name, String(times)]);
  return rows.length === 0 ? '' : columns('lr', [['call', 'count'], ...rows], width);
}

function failureTable({ failures }: PollReport, width: number): string {
  return failures
    .map(({ id, count: times, firstAt, lastAt }) => {
      const when = times === 1 ? `at ${localTime(firstAt)}` : `from ${localTime(firstAt)} to ${localTime(lastAt)}`;
      return `${wrap(`${id}: ${failureDefinition(id).title}, ${when}`, `${times} x `, '    ', width)}\n`;
    })
    .join('');
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
