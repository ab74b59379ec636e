import { kindOfVerdict } from '../cli/verdict-text.js';
import type { CertificateFacts } from '../identity/certificate.js';
import type { DurationFigures } from '../plain-data/histogram.js';
import { formatDuration } from '../text/units.js';
import { certificateFacts } from './certificate-facts.js';
import { shareBar } from './charts/share-bar.js';
import type { Glossary } from './glossary.js';
import { fragment, h } from './markup.js';
import { lengthUs, momentText, percentText, runText } from './moments.js';
import type { PageResult } from './page.js';
import { facts, figures, folded, part, section, table } from './parts.js';
import { distributionCharts, stageTable, type StageTimes } from './stage-figures.js';
import { valueFacts } from './value-facts.js';
import { type ShownVerdict, verdictBlock } from './verdict-block.js';

/** The report of `tentacle-pong --poll` as its page shows it. */
export interface ShownPollReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly server: { readonly host: string; readonly port: number };
  readonly proxy?: { readonly host: string; readonly port: number };
  readonly subscription: string;
  readonly connections: number;
  readonly thumbprint: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly tries: {
    readonly tried: number;
    readonly taken: number;
    readonly failed: number;
    readonly peak: number;
  };
  readonly stages: Readonly<Record<string, DurationFigures>>;
  readonly polling?: DurationFigures;
  readonly answering?: DurationFigures;
  readonly keepAlives?: DurationFigures;
  readonly calls: Readonly<Record<string, number>>;
  readonly peer: {
    readonly address?: string;
    readonly tlsVersion?: string;
    readonly cipher?: string;
    readonly certificate?: CertificateFacts;
  };
  readonly registration?: object;
  readonly servers?: readonly object[];
  readonly failures: readonly {
    readonly id: string;
    readonly count: number;
    readonly firstAt: string;
    readonly lastAt: string;
    readonly evidence: object;
  }[];
  readonly verdict: ShownVerdict;
}

/** The page of a run in the place of a polling Tentacle. */
export function pollReportPage(report: ShownPollReport, glossary: Glossary, runtime?: string): PageResult {
  const { server, proxy, tries, peer, verdict, calls, failures, tool, startedAt, endedAt } = report;
  const { registration, servers } = report;
  const times = timesOf(report);
  return {
    title: `${server.host}:${server.port}`,
    about: `Polled by tentacle-pong, ${runText(startedAt, endedAt)}`,
    kind: kindOfVerdict(verdict.id),
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary }),
      figures([
        ['Connections', tries.tried.toLocaleString('en-US')],
        ['Accepted', tries.taken.toLocaleString('en-US')],
        [
          'Failed',
          fragment(tries.failed.toLocaleString('en-US'), ' ', h('small', {}, percentText(tries.failed, tries.tried))),
        ],
        ['At a time', tries.peak.toLocaleString('en-US')],
        [
          'Calls',
          Object.values(calls)
            .reduce((sum, one) => sum + one, 0)
            .toLocaleString('en-US'),
        ],
        ['Keep-alives', (report.keepAlives?.count ?? 0).toLocaleString('en-US')],
        ['Duration', formatDuration(lengthUs(startedAt, endedAt))],
      ]),
    ),
    sections: [
      section(
        { id: 'failures', title: 'Failures' },
        table({
          caption: 'Failed connections',
          columns: [
            { name: 'failure', kind: 'nowrap' },
            { name: 'share', kind: 'bar' },
            { name: 'connections', kind: 'number' },
            { name: 'first', kind: 'nowrap' },
            { name: 'last', kind: 'nowrap' },
          ],
          rows: failures.map(({ id, count: failed, firstAt, lastAt }) => [
            glossary.link(id),
            shareBar([{ className: 'failed', from: 0, to: failed / Math.max(1, tries.tried) }]),
            failed.toLocaleString('en-US'),
            momentText(firstAt),
            momentText(lastAt),
          ]),
        }),
        failures.map(({ id, evidence }) => folded(`Evidence of the first ${id}`, valueFacts(evidence))),
      ),
      section({ id: 'stages', title: 'Stages' }, stageTable('Times in ms', times)),
      section({ id: 'distributions', title: 'Distributions' }, distributionCharts(times)),
      section(
        { id: 'calls', title: 'Calls' },
        table({
          caption: 'Answered calls',
          columns: [{ name: 'call' }, { name: 'times', kind: 'number' }],
          rows: Object.entries(calls).map(([name, answered]) => [
            h('code', {}, name),
            answered.toLocaleString('en-US'),
          ]),
        }),
      ),
      section(
        { id: 'peer', title: 'Server, TLS and certificate' },
        facts([
          ['address', peer.address],
          ['TLS', [peer.tlsVersion ?? [], peer.cipher ?? []].flat().join(', ') || undefined],
          ['check of registration', registration === undefined ? undefined : valueFacts(registration)],
        ]),
        peer.certificate === undefined ? undefined : part('Certificate', certificateFacts(peer.certificate)),
        servers === undefined || servers.length < 2
          ? undefined
          : part(
              'Servers that answered',
              servers.map((one) => valueFacts(one)),
            ),
      ),
      section(
        { id: 'settings', title: 'Options and environment' },
        facts([
          ['subscription', report.subscription],
          ['connections', report.connections.toLocaleString('en-US')],
          ['your thumbprint', h('code', {}, report.thumbprint)],
          ['proxy', proxy === undefined ? undefined : `${proxy.host}:${proxy.port}`],
          ['program', `${tool.name} ${tool.version}`],
          ['runtime', runtime],
        ]),
      ),
    ],
  };
}

/** What each time is. */
const TEXTS: Readonly<Record<string, string>> = {
  dns: 'name resolution',
  tcp: 'TCP connection',
  proxy: 'tunnel through the proxy',
  tls: 'TLS handshake',
  identity: 'exchange of identities',
};

function timesOf({ stages, polling, answering, keepAlives }: ShownPollReport): StageTimes[] {
  const others = [
    ['polling', 'from the identities to the end', polling],
    ['answering', 'from a call to its answer', answering],
    ['keep-alives', 'between two messages of the server', keepAlives],
  ] as const;
  return [
    ...Object.entries(stages).map(([name, times]) => ({ name, what: TEXTS[name] ?? '', figures: times })),
    ...others.flatMap(([name, what, times]) =>
      times === undefined ? [] : [{ name, what, figures: times, isTotal: true }],
    ),
  ];
}
