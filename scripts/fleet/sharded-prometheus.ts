import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { type Running, serve } from '../bench/processes.js';
import { fetchText } from './scrapes.js';

/** Where Debian's package is unpacked; by default, where it is installed. */
const PROGRAMS = process.env['PROMETHEUS_PROGRAMS'] ?? '/usr/bin';
const SHIPPED = fileURLToPath(new URL('../../../deploy/prometheus', import.meta.url));

/** For the samples of ten thousand targets, on a host that has no time. */
const ANSWER_MS = 300_000;

/** What Prometheus has to scrape. */
export interface ShardedPlan {
  readonly folder: string;
  readonly targets: readonly string[];
  readonly exporterPorts: readonly number[];
  readonly intervalSeconds: number;
}

interface Job {
  job_name: string;
  scrape_interval?: string;
  relabel_configs?: { readonly source_labels?: readonly string[]; readonly action?: string }[];
  static_configs?: readonly { readonly targets: readonly string[] }[];
}

/** A Prometheus with the shipped rules and the shipped configuration for several exporters. */
export class ShardedPrometheus {
  readonly #program: Running;
  readonly #port: number;

  private constructor(program: Running, port: number) {
    this.#program = program;
    this.#port = port;
  }

  static async start(plan: ShardedPlan, env: NodeJS.ProcessEnv): Promise<ShardedPrometheus> {
    const { folder, targets } = plan;
    cpSync(SHIPPED, folder, { recursive: true });
    mkdirSync(join(folder, 'targets'), { recursive: true });
    writeFileSync(join(folder, 'targets', 'tentacles.json'), JSON.stringify([{ targets }]));
    const file = join(folder, 'prometheus-sharded.yml');
    writeFileSync(file, configuration(readFileSync(file, 'utf8'), plan));
    const command = [
      join(PROGRAMS, 'prometheus'),
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ];
    const program = await serve(command, env, /"Listening on" address=127\.0\.0\.1:(\d+)[^]*Server is ready/);
    return new ShardedPrometheus(program, Number(program.ready[1]));
  }

  /** The values of an instant query. */
  async values(query: string): Promise<number[]> {
    interface Vector {
      readonly result: readonly { readonly value: readonly [number, string] }[];
    }
    const { result } = await this.#get<Vector>(`query?query=${encodeURIComponent(query)}`);
    return result.map(({ value }) => Number(value[1]));
  }

  /** All samples of a range query, of all series, with their times in seconds. */
  async samples(query: string): Promise<{ readonly seconds: number; readonly value: number }[]> {
    interface Matrix {
      readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[];
    }
    const { result } = await this.#get<Matrix>(`query?query=${encodeURIComponent(query)}`);
    return result.flatMap(({ values }) => values.map(([seconds, value]) => ({ seconds, value: Number(value) })));
  }

  /** The number of targets of each exporter, in the order of the ports. */
  async targetsOf(ports: readonly number[]): Promise<number[]> {
    interface Targets {
      readonly activeTargets: readonly { readonly scrapeUrl: string; readonly scrapePool: string }[];
    }
    const { activeTargets } = await this.#get<Targets>('targets?state=active');
    const probes = activeTargets.filter(({ scrapePool }) => scrapePool === 'tentacle-probe');
    return ports.map((port) => probes.filter(({ scrapeUrl }) => scrapeUrl.includes(`:${port}/`)).length);
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  async #get<Data>(path: string): Promise<Data> {
    const text = await fetchText({ port: this.#port, path: `/api/v1/${path}`, timeout: ANSWER_MS });
    return (JSON.parse(text) as { readonly data: Data }).data;
  }
}

/** The shipped configuration with this interval, and these exporters in place of its four. */
function configuration(text: string, { exporterPorts, intervalSeconds }: ShardedPlan): string {
  const config = parse(text) as { scrape_configs: Job[] };
  const exporters = exporterPorts.map((port) => `127.0.0.1:${port}`);
  for (const job of config.scrape_configs) {
    if (job.job_name === 'tentacle-exporter') job.static_configs = [{ targets: exporters }];
    if (job.job_name !== 'tentacle-probe') continue;
    job.scrape_interval = `${intervalSeconds}s`;
    const isShard = ({ source_labels: [label] = [] }: { readonly source_labels?: readonly string[] }): boolean =>
      label === '__tmp_shard';
    job.relabel_configs = [
      ...(job.relabel_configs ?? [])
        .filter((step) => !isShard(step))
        .map((step) => (step.action === 'hashmod' ? { ...step, modulus: exporters.length } : step)),
      ...exporters.flatMap((address, shard) => [
        { source_labels: ['__tmp_shard'], regex: String(shard), target_label: '__address__', replacement: address },
        {
          source_labels: ['__tmp_shard'],
          regex: String(shard),
          target_label: 'exporter',
          replacement: `http://${address}`,
        },
      ]),
    ];
  }
  return stringify(config);
}
