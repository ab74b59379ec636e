import type { Check, CheckGroup, CheckStatus } from '../diagnostics/checks/check.js';
import type { Glossary } from '../html/glossary.js';
import { type Child, fragment, h, type Markup } from '../html/markup.js';
import { markIcon } from '../html/mark-icon.js';
import type { PageResult } from '../html/page.js';
import { facts, figures, type Section, section, table } from '../html/parts.js';
import { stepsList } from '../html/steps-list.js';
import { verdictBlock } from '../html/verdict-block.js';
import type { MarkKind } from '../text/screen.js';
import { count, formatDuration } from '../text/units.js';
import type { CheckReport } from './check-report.js';
import { checkGroups } from './groups.js';

/** The mark of each status. */
const MARKS: Readonly<Record<CheckStatus, MarkKind>> = {
  ok: 'good',
  warning: 'warning',
  problem: 'bad',
  unknown: 'unknown',
  skipped: 'none',
};

/** The page of a checked host: the verdict, the endpoints, then each group with its checks. */
export function checkPage(report: CheckReport, glossary: Glossary, runtime?: string): PageResult {
  const { verdict, host, counts, groups, startedAt, elapsedUs, tool } = report;
  const kind = MARKS[verdict.status];
  return {
    title: host.name,
    about: `Check of a host, ${startedAt.slice(0, 10)} ${startedAt.slice(11, 19)} UTC, ${formatDuration(elapsedUs)}`,
    kind,
    headline: verdict.title,
    lead: fragment(
      verdictBlock({ verdict, glossary, kind }),
      figures([
        ['Problems', counts.problem],
        ['Warnings', counts.warning],
        ['Unknown', counts.unknown],
        ['OK', counts.ok],
        ['Skipped', counts.skipped],
      ]),
    ),
    sections: [
      section({ id: 'endpoints-table', title: 'Tested endpoints' }, endpointsTable(groups, glossary)),
      ...groups.map((group) => groupSection(group, glossary)),
      section(
        { id: 'settings', title: 'Environment' },
        facts([
          ['program', `${tool.name} ${tool.version}`],
          ['runtime', runtime],
          ['host', host.name],
          ['platform', host.platform],
        ]),
      ),
    ],
  };
}

function endpointsTable(groups: readonly CheckGroup[], glossary: Glossary): Markup {
  const checks = groups.flatMap((group) => group.checks);
  return table({
    caption: 'All endpoints',
    columns: [
      { name: 'endpoint' },
      { name: 'address' },
      { name: 'through' },
      { name: 'time', kind: 'number' },
      { name: 'result' },
      { name: 'thumbprint' },
    ],
    rows: checks.flatMap(({ endpoint, status, id }): Child[][] => {
      if (endpoint === undefined) return [];
      const { name, address = '', from, elapsedUs, answer, thumbprint = '' } = endpoint;
      return [
        [
          fragment(markIcon(MARKS[status]), ' ', name),
          address,
          from,
          elapsedUs === undefined ? '' : formatDuration(elapsedUs),
          fragment(answer ?? '', answer === undefined ? '' : ' ', status === 'ok' ? '' : glossary.link(id)),
          h('code', {}, thumbprint),
        ],
      ];
    }),
  });
}

function groupSection({ name, checks, elapsedUs }: CheckGroup, glossary: Glossary): Section | undefined {
  if (checks.length === 0) return undefined;
  const title = checkGroups.find((group) => group.name === name)?.title ?? name;
  return section(
    { id: `group-${name}`, title },
    h('p', { class: 'note' }, `${count(checks.length, 'check')}, ${formatDuration(elapsedUs)}`),
    checks.map((check) => checkEntry(check, glossary)),
  );
}

function checkEntry({ status, title, id, means, evidence, next }: Check, glossary: Glossary): Markup {
  const isFine = status === 'ok' || status === 'skipped';
  const head = h(
    'p',
    {},
    markIcon(MARKS[status]),
    ' ',
    isFine ? title : h('strong', {}, title),
    ' ',
    isFine ? h('code', { class: 'muted' }, id) : glossary.link(id),
  );
  if (isFine) return head;
  return h(
    'div',
    { class: 'entry' },
    head,
    means === undefined ? undefined : h('p', {}, means),
    evidence.length === 0 ? undefined : h('pre', {}, evidence.join('\n')),
    stepsList(next),
  );
}
