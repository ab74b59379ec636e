import { columns, endings, ms, rowOf, verdictText } from 'tentacle-protocol';
import type { StageReport } from '../measure/stage-stats.js';
import type { ServePlan } from '../serve/plan.js';
import type { PollingReport, SubscriptionReport } from '../polling-server/polling-report.js';
import type { CallRecord } from '../polling-server/polling-tally.js';

/** What a person reads once it listens. */
export function listeningText(
  plan: ServePlan,
  about: { version: string; port: number; ownThumbprint: string; pollCommand: string },
): string {
  const lines = [
    `tentacle-ping listens for polling Tentacles on port ${about.port}. Ctrl+C ends it and prints what came.`,
    '',
    `  thumbprint  ${about.ownThumbprint}`,
    `  serves      ${plan.trust.length === 0 ? 'everybody' : `the ${plan.trust.length} that --trust names`}`,
    '',
    'On the other machine run:',
    `  ${about.pollCommand}`,
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

/** The report as text: calls, times, who polled, who was refused, how connections ended, and the verdict. */
export function pollingText(report: PollingReport): string {
  const { calls, port, startedAt, endedAt, refused } = report;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const cancelled = calls.cancelled === 0 ? '' : `, ${calls.cancelled} cancelled`;
  return [
    `\n--- polled on port ${port}: ${calls.queued} calls, ${calls.ok} ok, ${calls.failed} failed${cancelled} in ${seconds} s\n`,
    timesTable(report),
    failureTable(report),
    ...report.subscriptions.map(subscriptionText),
    refused.length === 0 ? '' : 'refused, with the option that lets them in:\n',
    ...refused.map(
      ({ thumbprint, address, count }) =>
        `  ${thumbprint === null ? 'no certificate' : `--trust ${thumbprint}`}  from ${address}, ${count} times\n`,
    ),
    endingTable(report),
    verdictText(report.verdict),
  ].join('');
}

function timesTable({ collect, roundTrip, keepAlive }: PollingReport): string {
  const stages: [string, StageReport | undefined][] = [
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
  return columns('lrrrrrrr', [['(ms)', 'count', 'min', 'mean', 'p50', 'p90', 'p99', 'max'], ...rows]);
}

function failureTable({ failures }: PollingReport): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ id, count, firstAt, lastAt }) => [id, String(count), firstAt, lastAt, rowOf(id).title]);
  return columns('lrlll', [['failure', 'count', 'first', 'last', 'title'], ...rows]);
}

function subscriptionText({ subscription, peak, switches, pollers }: SubscriptionReport): string {
  const many = pollers.length > 1 ? `, calls changed between them ${switches} times` : '';
  const lines = pollers.map(({ address, thumbprint, connections, calls, peer, serverName, tlsVersion }) => {
    const asked = serverName === undefined ? '' : `, asked for ${serverName}`;
    return `  ${address}  ${thumbprint ?? 'no certificate'}  ${peer?.kind ?? 'unknown'}, ${connections} connections, ${calls} calls, ${tlsVersion}${asked}\n`;
  });
  return `${subscription}: at most ${peak} connections at a time${many}\n${lines.join('')}`;
}

function endingTable(report: PollingReport): string {
  const rows = Object.entries(report.endings).map(([id, count]) => [
    `  ${id}`,
    String(count),
    endings.find((ending) => ending.id === id)?.title ?? '',
  ]);
  return rows.length === 0 ? '' : `how connections ended (docs/endings.md):\n${columns('lrl', rows)}`;
}
