import { columns, count, type DurationFigures, ms, type Screen, verdictText } from 'tentacle-protocol/cli';
import { endings, failureDefinition } from 'tentacle-protocol/diagnostics';
import type { PollingReport, SubscriptionReport } from '../measurements/polling-server/polling-report.js';
import type { CallRecord } from '../measurements/polling-server/polling-tally.js';
import type { PollingServerOptions } from '../options/polling-server-options.js';

/** The text that appears once the port is open. */
export function listeningText(
  { bind, trust }: PollingServerOptions,
  server: { version: string; port: number; ownThumbprint: string; pollCommand: string },
): string {
  const { version, port, ownThumbprint, pollCommand } = server;
  const address = bind === undefined ? 'all addresses' : `address ${bind}`;
  const lines = [
    `tentacle-ping ${version} is listening for polling Tentacles on port ${port}, ${address}`,
    '',
    `  thumbprint  ${ownThumbprint}`,
    `  accepts     ${trust.length === 0 ? 'any poller (restrict: --trust)' : `${count(trust.length, 'poller')} named with --trust`}`,
    '',
    'On the other machine, run',
    `  ${pollCommand}`,
    'Press Ctrl+C to stop and print a report.',
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** One line for one call. */
export function callLine({ startedAt, number, outcome, subscription, ...call }: CallRecord): string {
  const { address, collectUs, roundTripUs } = call;
  const times = [
    ...(collectUs === undefined ? [] : [`collect ${ms(collectUs)}`]),
    ...(roundTripUs === undefined ? [] : [`round trip ${ms(roundTripUs)}`]),
  ].join('  ');
  return `${startedAt}  #${number}  ${outcome}  ${subscription}  ${address ?? ''}${times === '' ? '' : `  ${times} ms`}\n`;
}

/** The report as text: calls, times, pollers, rejected pollers, endings, and the verdict. */
export function pollingText(report: PollingReport, screen: Screen): string {
  const { width } = screen;
  const { calls, port, startedAt, endedAt, refused } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const cancelled = calls.cancelled === 0 ? '' : `, ${calls.cancelled} canceled`;
  return [
    `\nPort ${port}: ${count(calls.queued, 'call')}, ${calls.ok} ok, ${calls.failed} failed${cancelled} in ${seconds} s\n`,
    timesTable(report, width),
    failureTable(report, width),
    ...report.subscriptions.map(subscriptionText),
    refused.length === 0 ? '' : 'Rejected pollers, with the option that accepts each\n',
    ...refused.map(({ thumbprint, address, count: times }) => {
      const option = thumbprint === null ? 'no certificate' : `--trust ${thumbprint}`;
      return `  ${option}  from ${address}, ${count(times, 'time')}\n`;
    }),
    endingTable(report, width),
    verdictText(report.verdict, screen),
  ].join('');
}

function timesTable({ collect, roundTrip, keepAlive }: PollingReport, width: number): string {
  const stages: [string, DurationFigures | undefined][] = [
    ['collect', collect],
    ['round trip', roundTrip],
    ['keep-alive', keepAlive],
  ];
  const rows = stages.flatMap(([name, s]) =>
    s === undefined
      ? []
      : [[name, String(s.count), ...[s.minUs, s.meanUs, s.p50Us, s.p90Us, s.p99Us, s.maxUs].map(ms)]],
  );
  if (rows.length === 0) return '';
  return columns('lrrrrrrr', [['ms', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows], width);
}

function failureTable({ failures }: PollingReport, width: number): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count: times, firstAt, lastAt }) => {
    return [id, String(times), firstAt, lastAt, failureDefinition(id).title];
  });
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows], width);
}

function subscriptionText({ subscription, peak, switches, pollers }: SubscriptionReport): string {
  const switched = pollers.length > 1 ? `; calls switched between machines ${count(switches, 'time')}` : '';
  const lines = pollers.map(({ address, thumbprint, connections, calls, peer, serverName, tlsVersion }) => {
    const requested = serverName === undefined ? '' : `, requested name ${serverName}`;
    const counts = `${count(connections, 'connection')}, ${count(calls, 'call')}`;
    return `  ${address}  ${thumbprint ?? 'no certificate'}  ${peer?.kind ?? 'unknown'}, ${counts}, ${tlsVersion}${requested}\n`;
  });
  return `${subscription}: at most ${count(peak, 'connection')} at a time${switched}\n${lines.join('')}`;
}

function endingTable(report: PollingReport, width: number): string {
  const rows = Object.entries(report.endings).map(([id, times]) => [
    `  ${id}`,
    String(times),
    endings.find((ending) => ending.id === id)?.title ?? '',
  ]);
  return rows.length === 0 ? '' : `Endings of connections (see docs/endings.md)\n${columns('lrl', rows, width)}`;
}
