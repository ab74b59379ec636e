import {
  columns,
  count,
  type DurationFigures,
  mark,
  type Screen,
  shortThumbprint,
  styled,
  verdictText,
  wrap,
} from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import type { Polling, PollReport } from '../poller/poll-report.js';
import { figuresTable, type FiguresRow } from './figures-text.js';

/** Columns of the labels of facts, with the spaces around them. */
const LABEL_COLUMNS = 16;

/** The text that appears when polling begins. */
export function pollingText(polling: Polling, version: string, notes: readonly string[], { width }: Screen): string {
  const { server, proxy, connections, subscription, thumbprint } = polling;
  const route = proxy === undefined ? '' : ` through the proxy ${proxy.host}:${proxy.port}`;
  const title = `tentacle-pong ${version} is polling ${server.host}:${server.port}${route}`;
  const fact = (label: string, text: string): string =>
    wrap(text, `  ${label}`.padEnd(LABEL_COLUMNS), ' '.repeat(LABEL_COLUMNS), width);
  const lines = [
    wrap(styled('strong', title), '', '  ', width),
    '',
    fact('thumbprint', `${thumbprint} (trust it there)`),
    fact('subscription', subscription),
    fact('connections', String(connections)),
    ...notes.map((note) => fact('note', note)),
    '',
    wrap('Press Ctrl+C to stop and print a report.', '', '', width),
  ];
  return `${lines.join('\n')}\n`;
}

/** The text at the end: connections, times, failures, the registration check, the server's certificate, and the verdict. */
export function pollReportText(report: PollReport, screen: Screen, isVerbose: boolean): string {
  const { width } = screen;
  return [
    `\n${countsText(report, width)}`,
    timesTable(report, screen),
    callsText(report, width),
    failureLines(report, screen),
    serverText(report, width, isVerbose),
    registrationText(report, width, isVerbose),
    '\n',
    verdictText(report.verdict, screen, { isVerbose }),
    isVerbose ? '' : `\n  ${styled('dim', 'More: --verbose')}\n`,
  ].join('');
}

function countsText({ tries, startedAt, endedAt }: PollReport, width: number): string {
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const text = `${count(tries.tried, 'connection')}, ${tries.taken} accepted, ${tries.failed} failed in ${seconds} s`;
  return `${wrap(text, '', '', width)}\n`;
}

function timesTable({ stages, polling, answering, keepAlives }: PollReport, screen: Screen): string {
  const named: [string, DurationFigures | undefined][] = [
    ...Object.entries(stages),
    ['polling', polling],
    ['answering', answering],
    ['keep-alives', keepAlives],
  ];
  const rows = named.flatMap(([name, figures]): FiguresRow[] => (figures === undefined ? [] : [[name, figures]]));
  return figuresTable(rows, screen);
}

/** The calls that were answered, by method. */
function callsText({ calls }: PollReport, width: number): string {
  const counts = Object.entries(calls).map(([name, times]) => `${name.split('.').at(-1) ?? name} ${times}`);
  return counts.length === 0 ? '' : `${wrap(`Calls: ${counts.join(', ')}`, '', '  ', width)}\n`;
}

/** Each failure beside the verdict's: how often, and when. */
function failureLines({ failures, verdict }: PollReport, screen: Screen): string {
  return failures
    .filter(({ id }) => id !== verdict.id)
    .map(({ id, count: times, firstAt, lastAt }) => {
      const span = times === 1 ? localTime(firstAt) : `${localTime(firstAt)} to ${localTime(lastAt)}`;
      const text = `${styled('strong', id)} ${count(times, 'time')}, ${span}: ${failureDefinition(id).title}`;
      return `${wrap(text, `${mark('bad', screen)} `, '  ', screen.width)}\n`;
    })
    .join('');
}

/** The time of day where this machine is. @param iso UTC, ISO 8601. */
function localTime(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}

/** The server's certificate and TLS, in one line; with `--verbose` all of it, and this poller's thumbprint. */
function serverText({ peer, thumbprint }: PollReport, width: number, isVerbose: boolean): string {
  const { certificate, tlsVersion = '', cipher = '' } = peer;
  if (certificate === undefined) return '';
  const { subject, keyType, keyBits, signatureAlgorithm, selfSigned, issuer } = certificate;
  const key = [keyType.toUpperCase(), keyBits ?? []].flat().join(' ');
  if (!isVerbose) {
    const text = `Server: ${shortThumbprint(certificate.thumbprint)} ${subject}, ${key}, ${tlsVersion}`;
    return `${wrap(text, '', '  ', width)}\n`;
  }
  const issued = selfSigned ? 'self-signed' : `issued by ${issuer}`;
  const rows = [
    ['server', `thumbprint ${certificate.thumbprint}`],
    ['', `${tlsVersion} ${cipher}`.trim()],
    ['', `${subject}, ${key}, ${signatureAlgorithm}, ${issued}`],
    ['this Tentacle', `thumbprint ${thumbprint}`],
  ];
  return columns('ll', rows, width);
}

/** The result of registration's check; with `--verbose` what the check does not test. */
function registrationText(report: PollReport, width: number, isVerbose: boolean): string {
  const { registration, server, tries, verdict } = report;
  if (registration === undefined) return '';
  const { status, passes, text } = registration;
  const response =
    status === undefined ? 'no HTTP response' : `HTTP ${status}${text === undefined ? '' : ` "${text}"`}`;
  const result = passes ? 'Registration would consider the port open' : 'Registration would consider the port closed';
  if (!isVerbose) return `${wrap(`${result} (${response}).`, '', '  ', width)}\n`;
  const isConfirmed = tries.taken > 0 && verdict.id === 'ok';
  const limits = isConfirmed
    ? 'Polling confirmed this; the check itself examines neither certificate nor identity.'
    : 'The check examines neither certificate nor identity: an intercepting proxy, a Tentacle, or a web server that answers 200 or 400 passes as well. It does not test whether the server trusts this Tentacle.';
  const sentences = [
    `The check that register-with runs (POST https://${server.host}:${server.port}/handshake) received ${response}.`,
    `${result}.`,
    ...(passes ? [limits] : []),
  ];
  return `${wrap(sentences.join(' '), '', '', width)}\n`;
}
