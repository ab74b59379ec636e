import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { failurePage } from '../../packages/ping/src/output/further-reading.js';
import { type Command, command, startPong } from '../binaries/command.js';
import { freePort } from '../free-port.js';
import { ROOT } from '../project/source-files.js';
import { describeWith, itWith } from '../real-components.js';
import { prometheusProgram, promtool } from './prometheus-programs.js';
import { PROMETHEUS_FOLDER } from './rule-files.js';

const PROMETHEUS = prometheusProgram('prometheus');

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

describeWith(PROMETHEUS, 'Prometheus with the shipped files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tentacle-deploy-'));
  let works: Command & { port: number };
  let exporter: Command;
  let prometheus: ChildProcess;
  let later: Command | undefined;
  let laterPort = 0;
  let api = '';
  let exporterAddress = '';

  beforeAll(async () => {
    works = await startPong();
    laterPort = await freePort();
    exporter = command('ping', ['serve', '--port', '0']);
    const [, address = ''] = await exporter.printed(/http:\/\/([\d.:]+)/);
    exporterAddress = address;
    cpSync(PROMETHEUS_FOLDER, folder, { recursive: true });
    shorten(join(folder, 'prometheus.yml'), address);
    for (const file of ['failures', 'recording', 'alerts']) shorten(join(folder, `rules/${file}.yml`), address);
    const targets = [`127.0.0.1:${works.port}`, `127.0.0.1:${laterPort}`];
    writeFileSync(join(folder, 'targets/tentacles.json'), JSON.stringify([{ targets, labels: { role: 'web' } }]));
    mkdirSync(join(folder, 'data'));
    const port = await freePort();
    api = `http://127.0.0.1:${port}/api/v1`;
    prometheus = spawn(
      PROMETHEUS.path,
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => prometheus.once('exit', resolve));
    const commands = [works, exporter, ...(later === undefined ? [] : [later])];
    for (const { process } of commands) process.kill('SIGTERM');
    prometheus.kill('SIGTERM');
    await Promise.all([ended, ...commands.map((one) => one.ended)]);
  });

  const alerts = async (): Promise<readonly Alert[]> =>
    (await get<{ alerts: readonly Alert[] }>(`${api}/alerts`))?.alerts ?? [];

  const query = async (expr: string): Promise<readonly unknown[] | undefined> =>
    (await get<{ result: readonly unknown[] }>(`${api}/query?query=${encodeURIComponent(expr)}`))?.result;

  itWith(undefined, 'has an alert for a target that fails, with the page of its failure', async () => {
    const alert = await until(async () => (await alerts()).find(({ state }) => state === 'firing'));
    expect(alert.labels).toMatchObject({
      alertname: 'TentacleProbeFailing',
      instance: `127.0.0.1:${laterPort}`,
      id: 'tcp.refused',
      actor: 'tentacle-admin',
      role: 'web',
      module: 'default',
    });
    expect(alert.annotations['runbook_url']).toBe(failurePage('tcp.refused'));
    expect(alert.annotations['description']).toContain(`tentacle-ping diagnose 127.0.0.1:${laterPort}`);
    const report = alert.annotations['report'] ?? '';
    expect(report).toBe(`http://${exporterAddress}/?target=127.0.0.1%3A${laterPort}&module=default`);
    expect(JSON.stringify(alert.annotations)).not.toMatch(/<error|<no value>/);
  });

  itWith(undefined, 'leads from the alert to the report of the failure, and from a line of the log too', async () => {
    const alert = await until(async () => (await alerts()).find(({ state }) => state === 'firing'));
    const read = async (url: string): Promise<string> => (await fetch(url)).text();
    const link = alert.annotations['report'] ?? '';
    const [path = ''] = /probes\/\d+/.exec(await read(link)) ?? [];
    expect(await read(new URL(path, link).href)).toContain('tcp.refused');
    const [, logged = ''] = await exporter.printed(new RegExp(`:${laterPort}" .*tcp\\.refused, report (/probes/\\d+)`));
    expect(await read(new URL(logged, link).href)).toContain('tcp.refused');
  });

  itWith(undefined, 'answers every query of the dashboard', async () => {
    const text = readFileSync(join(ROOT, 'deploy/grafana/tentacles.json'), 'utf8');
    const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
    const empty: string[] = [];
    for (const { title, type, targets = [] } of panels)
      for (const { expr } of targets) {
        const written = expr.replaceAll(/\$(?:module|target)\b/g, '.*').replaceAll('$__rate_interval', '1m');
        const result = await query(written);
        expect(result, `${title}: ${written}`).toBeDefined();
        if (result?.length === 0 && type === 'stat') empty.push(title);
      }
    expect(empty).toEqual([]);
    expect(await query('instance:tentacle_probe_failure:seconds')).toHaveLength(1);
  });

  itWith(undefined, 'has no alert anymore once the target works', async () => {
    later = command('pong', ['--port', String(laterPort)]);
    await until(async () => ((await alerts()).length === 0 ? true : undefined));
  });

  itWith(prometheusProgram('promtool'), 'divides a thousand targets among four exporters', async () => {
    const targets = Array.from({ length: 1000 }, (_, i) => `web${i}.example.com:10933`);
    writeFileSync(join(folder, 'targets/tentacles.json'), JSON.stringify([{ targets }]));
    const { text } = promtool(
      ['check', 'service-discovery', '--timeout=2s', 'prometheus-sharded.yml', 'tentacle-probe'],
      folder,
    );
    const counts = [0, 1, 2, 3].map((shard) => text.split(`"__address__": "exporter-${shard}:9933"`).length - 1);
    expect(counts.reduce((sum, one) => sum + one, 0)).toBe(1000);
    // A binomial distribution with a mean of 250 and a standard deviation of 14, and four of those to each side.
    for (const one of counts) expect(Math.abs(one - 250)).toBeLessThan(56);
    return Promise.resolve();
  });
});

/** The same file for a test: seconds in place of minutes. */
function shorten(path: string, exporter: string): void {
  const text = readFileSync(path, 'utf8')
    .replaceAll('127.0.0.1:9933', exporter)
    .replaceAll(/(interval|timeout): \d+s/g, '$1: 1s')
    .replaceAll('> 180', '> 2');
  writeFileSync(path, text);
}

async function get<Data>(url: string): Promise<Data | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true ? ((await response.json()) as { data: Data }).data : undefined;
}

/** Asks until there is an answer: Prometheus scrapes and evaluates at times of its own. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
  }
}
