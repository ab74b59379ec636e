import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from '../components.js';
import { freePort } from '../free-port.js';

/** Where Debian's package is unpacked; by default, where it is installed. */
const PROGRAMS = process.env['PROMETHEUS_PROGRAMS'] ?? '/usr/bin';

export const prometheus: Component = {
  name: 'prometheus',
  missing:
    spawnSync(join(PROGRAMS, 'promtool'), ['--version']).status === 0 ? undefined : 'prometheus is not installed',
};

/** One value of a vector: its labels and its number. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Runs promtool. @returns its status, and all that it printed. */
export function promtool(
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(join(PROGRAMS, 'promtool'), args, { input });
  return { status, text: `${stdout.toString()}${stderr.toString()}` };
}

/** A Prometheus that runs, with a folder for its files. */
export class RunningPrometheus {
  readonly folder: string;
  readonly #process: ChildProcess;
  readonly #url: string;

  private constructor(folder: string, child: ChildProcess, url: string) {
    this.folder = folder;
    this.#process = child;
    this.#url = url;
  }

  /** @param files by name; `prometheus.yml` is the configuration. */
  static async start(files: Readonly<Record<string, string>>): Promise<RunningPrometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'tentacle-prometheus-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    mkdirSync(join(folder, 'data'));
    const port = await freePort();
    const args = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn(join(PROGRAMS, 'prometheus'), args, { stdio: 'ignore' });
    return new RunningPrometheus(folder, child, `http://127.0.0.1:${port}`);
  }

  /** Replaces a file in one step, as a file of targets has to be. */
  write(name: string, text: string): void {
    const file = join(this.folder, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  /** Queries until the result is as expected: Prometheus starts, then scrapes at times of its own. */
  async until(query: string, isExpected: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]> {
    for (;;) {
      const samples = await this.query(query);
      if (samples !== undefined && isExpected(samples)) return samples;
    }
  }

  /** @returns undefined while it starts. */
  async query(query: string): Promise<readonly Sample[] | undefined> {
    interface Result {
      readonly metric: Record<string, string>;
      readonly value: [number, string];
    }
    const data = await this.#get<{ result: readonly Result[] }>(`query?query=${encodeURIComponent(query)}`);
    return data?.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The last error of each scraped target of a job. */
  async scrapeErrors(job: string): Promise<string[]> {
    interface Target {
      readonly labels: Record<string, string>;
      readonly lastError: string;
    }
    const data = await this.#get<{ activeTargets: readonly Target[] }>('targets?state=active');
    return (data?.activeTargets ?? []).filter(({ labels }) => labels['job'] === job).map(({ lastError }) => lastError);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }

  async #get<Data>(path: string): Promise<Data | undefined> {
    const response = await fetch(`${this.#url}/api/v1/${path}`).catch(() => undefined);
    return response?.ok === true ? ((await response.json()) as { data: Data }).data : undefined;
  }
}
