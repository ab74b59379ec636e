import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogue } from '../../packages/protocol/src/diagnostics/index.js';
import { failurePage } from '../../packages/ping/src/output/further-reading.js';
import { filesBelow, ROOT } from '../project/source-files.js';
import { itWith } from '../real-components.js';
import { existingMetrics, metricsIn } from './metric-names.js';
import { prometheusProgram, promtool } from './prometheus-programs.js';
import { PROMETHEUS_FOLDER, rulesOf } from './rule-files.js';

const PROMTOOL = prometheusProgram('promtool');
const PAGES = 'https://github.com/tentacle-ping/tentacle-ping/blob/main/';

const recorded = rulesOf('rules/recording.yml');
const alerts = rulesOf('rules/alerts.yml');
const failures = rulesOf('rules/failures.yml');
const tests = filesBelow('deploy/prometheus/tests', /\.yml$/);

describe('rules for Prometheus', () => {
  itWith(PROMTOOL, 'are accepted with each configuration', async () => {
    for (const file of ['prometheus.yml', 'prometheus-sharded.yml']) {
      const { status, text } = promtool(['check', 'config', file], PROMETHEUS_FOLDER);
      expect(text).not.toMatch(/WARNING|FAILED/);
      expect(status).toBe(0);
    }
    return Promise.resolve();
  });

  itWith(PROMTOOL, 'pass their unit tests', async () => {
    const { status, text } = promtool(['test', 'rules', ...tests.map((path) => join(ROOT, path))]);
    expect({ status, failed: /FAILED[\s\S]*/.exec(text)?.[0] }).toEqual({ status: 0, failed: undefined });
    return Promise.resolve();
  });

  it.each(alerts.map(({ alert = '' }) => alert))('have a unit test in which %s fires', (alert) => {
    const texts = tests.map((path) => readFileSync(join(ROOT, path), 'utf8'));
    const firing = new RegExp(`alertname="${alert}"[^\\n]*alertstate="firing"`);
    expect(texts.some((text) => firing.test(text))).toBe(true);
  });

  it('name only metrics that exist', () => {
    const existing = existingMetrics();
    for (const { record = '' } of [...recorded, ...failures]) existing.add(record);
    const unknown = [...recorded, ...alerts]
      .flatMap(({ expr }) => metricsIn(expr))
      .filter((name) => !existing.has(name));
    expect(unknown).toEqual([]);
  });

  it('are searched for metrics in a manner that finds them', () => {
    expect(
      metricsIn('sum by (le) (rate(a_bucket{b="c"}[5m] offset 1h)) and on (d) group_left (e) f:g:h > 3 or vector(0)'),
    ).toEqual(['a_bucket', 'f:g:h']);
    expect(existingMetrics()).toContain('tentacle_probe_success');
    expect(existingMetrics()).not.toContain('tentacle_probe_of_no_version');
  });

  it('know every failure of the catalogue', () => {
    expect(failures.map(({ labels }) => labels?.['id'])).toEqual(catalogue.map(({ id }) => id));
  });

  it.each(alerts)(
    'have a severity, a summary, a description and a page for $alert',
    ({ expr, labels, annotations }) => {
      expect(['critical', 'warning', 'info']).toContain(labels?.['severity']);
      const ofTarget = /tentacle_probe_(?!success:count)/.test(expr) && !/\b(?:count by|job_id:)/.test(expr);
      const report = ofTarget ? ['report'] : [];
      expect(Object.keys(annotations ?? {})).toEqual(['summary', 'description', ...report, 'runbook_url']);
      const { runbook_url: page = '' } = annotations ?? {};
      expect(page.startsWith(PAGES)).toBe(true);
      if (page.includes('{{')) return;
      const [path = '', anchor] = page.slice(PAGES.length).split('#');
      const headings = readFileSync(join(ROOT, path), 'utf8').match(/^#{1,6} .+$/gm) ?? [];
      if (anchor !== undefined) expect(headings.map(anchorOf)).toContain(anchor);
    },
  );

  /** The pages of alerts about a failure are made from its id: the same address must be the program's. */
  it('have pages for failures where the program has them', () => {
    const template = alerts.find(({ alert }) => alert === 'TentacleProbeFailing')?.annotations?.['runbook_url'];
    expect(template).toBeDefined();
    for (const { id } of catalogue) {
      const page = template
        ?.replace('{{ reReplaceAll "\\\\..*" "" $labels.id }}', id.replace(/\..*/, ''))
        .replace('{{ reReplaceAll "\\\\." "" $labels.id }}', id.replaceAll('.', ''));
      expect(page).toBe(failurePage(id));
    }
  });

  itWith(PROMTOOL, 'have annotations without an error in any of their tests', async () => {
    const files = tests.map((path) => join(ROOT, path));
    for (const file of files) {
      const { tests: cases, ...head } = parse(readFileSync(file, 'utf8')) as {
        rule_files: readonly string[];
        tests: readonly { readonly promql_expr_test: readonly { readonly eval_time: string }[] }[];
      };
      // What is expected is nothing, so that promtool prints what it has in its place.
      const asked = cases.map(({ promql_expr_test: queries, ...one }) => ({
        ...one,
        alert_rule_test: queries.flatMap(({ eval_time }) =>
          alerts.map(({ alert }) => ({ eval_time, alertname: alert, exp_alerts: [] })),
        ),
      }));
      const rules = head.rule_files.map((path) => join(PROMETHEUS_FOLDER, 'tests', path));
      const printed = annotationsOf(JSON.stringify({ ...head, rule_files: rules, tests: asked }));
      expect(printed).toContain('summary=');
      expect(printed).not.toMatch(/<error|<no value>|%!|\{\{/);
    }
    return Promise.resolve();
  });
});

function annotationsOf(tests: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'tentacle-rules-')), 'tests.yml');
  writeFileSync(file, tests);
  return promtool(['test', 'rules', file]).text;
}

/** As GitHub forms it. */
function anchorOf(heading: string): string {
  return heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
