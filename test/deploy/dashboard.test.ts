import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../project/source-files.js';
import { itWith } from '../real-components.js';
import { existingMetrics, metricsIn } from './metric-names.js';
import { prometheusProgram, promtool } from './prometheus-programs.js';
import { rulesOf } from './rule-files.js';

/** The part of Grafana's model of a dashboard that is used here. */
interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Rectangle;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly datasource: { readonly uid: string };
  }[];
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

const dashboard = JSON.parse(readFileSync(join(ROOT, 'deploy/grafana/tentacles.json'), 'utf8')) as Dashboard;
const { panels } = dashboard;
const plain = panels.filter(({ type }) => type !== 'row');
const queries = plain.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
const variables = dashboard.templating.list;

/** As Grafana replaces variables before it asks Prometheus. */
function interpolated(expr: string): string {
  return expr.replaceAll(/\$(?:module|target)\b/g, '.*').replaceAll('$__rate_interval', '5m');
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

describe('the dashboard for Grafana', () => {
  it('has panels with ids of their own, which do not overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const overlapping = panels.flatMap((a, i) =>
      panels
        .slice(i + 1)
        .filter((b) => overlap(a.gridPos, b.gridPos))
        .map((b) => [a.title, b.title]),
    );
    expect(overlapping).toEqual([]);
  });

  it('has queries of the chosen data source only', () => {
    for (const { datasource, targets = [] } of plain) {
      expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) expect(target.datasource.uid).toBe('${datasource}');
    }
  });

  it('has a variable for each name in its queries', () => {
    expect(variables.map(({ name }) => name)).toEqual(['datasource', 'module', 'target']);
    const used = queries.flatMap(({ expr }) => [...expr.matchAll(/\$\{?([a-zA-Z_]\w*)/g)].map(([, name = '']) => name));
    const known = [...variables.map(({ name }) => name), '__rate_interval'];
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('names only metrics that exist', () => {
    const existing = existingMetrics();
    for (const file of ['rules/recording.yml', 'rules/failures.yml'])
      for (const { record = '' } of rulesOf(file)) existing.add(record);
    const ofVariables = variables.flatMap(({ type, query }) =>
      type === 'query' && typeof query === 'object' ? [/\((\w+)/.exec(query.query)?.[1] ?? ''] : [],
    );
    const named = [...queries.flatMap(({ expr }) => metricsIn(expr)), ...ofVariables];
    expect(named.length).toBeGreaterThan(queries.length);
    expect(named.filter((name) => !existing.has(name))).toEqual([]);
  });

  itWith(prometheusProgram('promtool'), 'has queries that Prometheus accepts', async () => {
    const rules = queries.map(({ expr }, i) => ({ record: `panel:${i}`, expr: interpolated(expr) }));
    const file = join(mkdtempSync(join(tmpdir(), 'tentacle-dashboard-')), 'rules.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { status, text } = promtool(['check', 'rules', file]);
    expect({ status, text }).toMatchObject({ status: 0 });
    return Promise.resolve();
  });
});
