import { count, formatDuration } from 'tentacle-protocol/cli';
import { facts, fragment, Glossary, h, markIcon, momentText, renderPage, section, table } from 'tentacle-protocol/html';
import type { PollingReport } from '../measurements/polling-server/polling-report.js';
import { pollingPage } from '../pages/polling-page.js';
import { reportPage } from '../pages/report-page.js';
import type { Exporter } from './exporter.js';
import type { KeptProbe } from './probe-history.js';

/** The first page of the exporter: the recent probes, each with a link to its report. */
export function historyPage({ history, version, polling }: Exporter): string {
  const probes = history.list();
  const failures = probes.filter(({ isSuccess }) => !isSuccess);
  const successes = probes.filter(({ isSuccess }) => isSuccess);
  const glossary = new Glossary();
  const failed = `${failures.length} of ${count(probes.length, 'recent probe')} failed`;
  const headline = probes.length === 0 ? 'No probe yet' : failed;
  const kind = probes.length === 0 ? 'none' : failures.length > 0 ? 'bad' : 'good';
  const generator = `tentacle-ping ${version}`;
  return renderPage({
    generator,
    glossary,
    results: [
      {
        title: 'Recent probes',
        about: generator,
        kind,
        headline,
        lead: h(
          'section',
          { class: `verdict ${kind}` },
          h('h2', {}, kind === 'none' ? undefined : markIcon(kind), h('span', {}, headline)),
        ),
        sections: [
          section({ id: 'failed', title: 'Failed' }, probeTable('Failed probes', failures, glossary)),
          section({ id: 'succeeded', title: 'Succeeded' }, probeTable('Successful probes', successes, glossary)),
          section(
            { id: 'addresses', title: 'Addresses of this exporter' },
            facts([
              ['Metrics of this exporter', pageLink('metrics')],
              ['Modules', pageLink('config')],
              ['Polling Tentacles', polling === undefined ? undefined : pageLink('polling')],
              ['A probe', h('code', {}, '/probe?target=HOST:PORT&module=NAME')],
              ['A probe with its report', h('code', {}, '/probe?target=HOST:PORT&debug=true')],
            ]),
          ),
        ],
      },
    ],
  });
}

function pageLink(name: string) {
  return h('a', { href: name }, h('code', {}, `/${name}`));
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
      `${target.host}:${target.port}`,
      fragment(markIcon(isSuccess ? 'good' : 'bad'), ' ', glossary.link(verdict.id), ` ${verdict.title}`),
      formatDuration(elapsedUs),
      module,
      h('time', { datetime: startedAt }, momentText(startedAt)),
    ]),
  });
}
