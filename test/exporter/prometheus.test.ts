import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, startPong } from '../binaries/command.js';
import { freePort } from './free-port.js';

/** Where Debian's package is unpacked; by default, where it is installed. */
const PROGRAMS = process.env['PROMETHEUS_PROGRAMS'] ?? '/usr/bin';
const isInstalled = spawnSync(join(PROGRAMS, 'promtool'), ['--version']).status === 0;

/** A vector of Prometheus' HTTP API. */
interface QueryResult {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[];
  };
}

describe.skipIf(!isInstalled)('Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tentacle-prometheus-'));
  let pong: Command & { port: number };
  let exporter: Command;
  let address = '';
  let prometheus: ChildProcess;
  let api = '';

  beforeAll(async () => {
    pong = await startPong();
    exporter = command('ping', ['serve', '--port', '0']);
    [, address = ''] = await exporter.printed(/http:\/\/([\d.:]+)/);
    const targets = [{ targets: [`127.0.0.1:${pong.port}`, '127.0.0.1:1'], labels: { module: 'default' } }];
    writeFileSync(join(folder, 'targets.json'), JSON.stringify(targets));
    writeFileSync(join(folder, 'prometheus.yml'), configuration(address));
    mkdirSync(join(folder, 'data'));
    const port = await freePort();
    api = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      join(PROGRAMS, 'prometheus'),
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
    for (const process of [prometheus, exporter.process, pong.process]) process.kill('SIGTERM');
    await Promise.all([ended, exporter.ended, pong.ended]);
  });

  it.each(['/metrics', '/probe?target=127.0.0.1:1', 'healthy'])(
    'has no objection to the metrics of %s',
    async (path) => {
      const request = path === 'healthy' ? `/probe?target=127.0.0.1:${pong.port}` : path;
      const input = await (await fetch(`http://${address}${request}`)).text();
      const { status, stdout, stderr } = spawnSync(join(PROGRAMS, 'promtool'), ['check', 'metrics'], { input });
      expect(`${stdout.toString()}${stderr.toString()}`).toBe('');
      expect(status).toBe(0);
    },
  );

  it('accepts the configuration', () => {
    const { status } = spawnSync(join(PROGRAMS, 'promtool'), ['check', 'config', join(folder, 'prometheus.yml')]);
    expect(status).toBe(0);
  });

  it('scrapes targets from a file: one that works, one that is refused', { timeout: 60_000 }, async () => {
    const values = await query(`${api}/api/v1/query?query=tentacle_probe_success`, 2);
    expect(values).toEqual({ [`127.0.0.1:${pong.port}`]: '1', '127.0.0.1:1': '0' });
    const failures = await query(`${api}/api/v1/query?query=tentacle_probe_failure{id="tcp.refused"}`, 1);
    expect(failures).toEqual({ '127.0.0.1:1': '1' });
  });
});

/** Asks until there are as many results as expected: Prometheus starts, then scrapes at a time of its own. */
async function query(url: string, results: number): Promise<Record<string, string>> {
  for (;;) {
    const response = await fetch(encodeURI(url)).catch(() => undefined);
    const answer = response?.ok === true ? ((await response.json()) as QueryResult) : undefined;
    const result = answer?.data.result ?? [];
    if (result.length >= results)
      return Object.fromEntries(result.map(({ metric, value }) => [metric['instance'] ?? '', value[1]]));
  }
}

/** The multi-target pattern: the target moves into a parameter, and the exporter is scraped. */
function configuration(exporter: string): string {
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: tentacle
    metrics_path: /probe
    file_sd_configs: [{ files: [targets.json] }]
    relabel_configs:
      - { source_labels: [__address__], target_label: __param_target }
      - { source_labels: [module], target_label: __param_module }
      - { source_labels: [__param_target], target_label: instance }
      - { target_label: __address__, replacement: "${exporter}" }
`;
}
