import { count, formatDuration, type Target, withPort } from 'tentacle-protocol/cli';
import { facts, fragment, Glossary, h, markIcon, momentText, renderPage, section, table } from 'tentacle-protocol/html';
import type { PollingReport } from '../measurements/polling-server/polling-report.js';
import { pollingPage } from '../pages/polling-page.js';
import { reportPage } from '../pages/report-page.js';
import type { Exporter } from './exporter.js';
import type { KeptProbe } from './probe-history.js';

/** Of which target and module probes are shown. Absent: of all. */
export interface ProbeFilter {
  readonly target?: Target;
  readonly module?: string;
}

/** The first page of the exporter: the recent probes, each with a link to its report. Alerts lead to those of one target. */
export function historyPage({ history, version, polling }: Exporter, filter: ProbeFilter = {}): string {
  const probes = history.list().filter((probe) => isShown(probe, filter));
  const failures = probes.filter(({ isSuccess }) => !isSuccess);
  const successes = probes.filter(({ isSuccess }) => isSuccess);
  const generator = `tentacle-ping ${version}`;
  const glossary = new Glossary();
  const { target } = filter;
  const failed = `${failures.length} of ${count(probes.length, 'recent probe')} failed`;
  const headline = probes.length === 0 ? 'No probe yet' : failed;
  const kind = probes.length === 0 ? 'none' : failures.length > 0 ? 'bad' : 'good';
  return renderPage({
    generator,
    glossary,
    results: [
      {
        title: target === undefined ? 'Recent probes' : `Recent probes of ${withPort(target.host, target.port)}`,
        about: generator,
        kind,
        headline,
        lead: fragment(
          h(
            'section',
            { class: `verdict ${kind}` },
            h('h2', {}, kind === 'none' ? undefined : markIcon(kind), h('span', {}, headline)),
          ),
          target === undefined ? undefined : targetFacts(target, filter.module),
        ),
        sections: [
          section({ id: 'failed', title: 'Failed' }, probeTable('Failed probes', failures, glossary)),
          section({ id: 'succeeded', title: 'Succeeded' }, probeTable('Successful probes', successes, glossary)),
          section(
            { id: 'addresses', title: 'This exporter' },
            target === undefined ? exporterFacts(polling !== undefined) : undefined,
          ),
        ],
      },
    ],
  });
}

function isShown({ module, report }: KeptProbe, filter: ProbeFilter): boolean {
  const { target } = filter;
  if (filter.module !== undefined && filter.module !== module) return false;
  return target === undefined || (target.host === report.target.host && target.port === report.target.port);
}

/** The paths for people; alerts and Prometheus know the others. */
function exporterFacts(hasPolling: boolean) {
  return facts([
    ['Each row', 'one probe; its number leads to the report'],
    ['Kept', 'the last 400 failures, at least one for each failing target, and the last 100 successes'],
    ['Probes of one target', h('code', {}, '/?target=HOST:PORT')],
    ['Probe a target now, with the report', h('code', {}, '/probe?target=HOST:PORT&debug=true')],
    ['Modules and allowed targets', h('a', { href: 'config' }, '/config')],
    ['Polling Tentacles', hasPolling ? h('a', { href: 'polling' }, '/polling') : undefined],
    ['Metrics of this exporter', h('a', { href: 'metrics' }, '/metrics')],
  ]);
}

function targetFacts(target: Target, module: string | undefined) {
  const parameters = new URLSearchParams({
    target: withPort(target.host, target.port),
    ...(module === undefined ? {} : { module }),
  });
  const now = `probe?${parameters.toString()}&debug=true`;
  return facts([
    ['Module', module],
    ['Now', h('a', { href: now }, 'probe this target, with the report')],
    ['All targets', h('a', { href: './' }, 'recent probes')],
  ]);
}

/** The report of one probe. */
export function probePage({ report }: KeptProbe, { version, environment }: Exporter): string {
  const glossary = new Glossary();
  const results = [reportPage(report, { glossary, runtime: environment.runtime })];
  return renderPage({ generator: `tentacle-ping ${version}`, results, glossary });
}

/** What the port for polling Tentacles has seen since the start. */
export function pollingServerPage(report: PollingReport, { version, environment }: Exporter): string {
  const glossary = new Glossary();
  const results = [pollingPage(report, { glossary, runtime: environment.runtime })];
  return renderPage({ generator: `tentacle-ping ${version}`, results, glossary });
}

function probeTable(caption: string, probes: readonly KeptProbe[], glossary: Glossary) {
  return table({
    caption,
    // On a narrow screen, the last columns are reached by scrolling.
    columns: [
      { name: 'Probe', kind: 'number' },
      { name: 'Target' },
      { name: 'Result' },
      { name: 'Duration', kind: 'number' },
      { name: 'Module' },
      { name: 'Started (UTC)', kind: 'nowrap' },
    ],
    rows: probes.map(({ number, module, isSuccess, elapsedUs, report: { target, startedAt, verdict } }) => [
      h('a', { href: `probes/${number}` }, String(number)),
      h(
        'a',
        { href: `?${new URLSearchParams({ target: withPort(target.host, target.port), module }).toString()}` },
        withPort(target.host, target.port),
      ),
      fragment(markIcon(isSuccess ? 'good' : 'bad'), ' ', glossary.link(verdict.id), ` ${verdict.title}`),
      formatDuration(elapsedUs),
      module,
      h('time', { datetime: startedAt }, momentText(startedAt)),
    ]),
  });
}
