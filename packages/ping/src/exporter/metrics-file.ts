import { randomUUID } from 'node:crypto';
import { accessSync, constants, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { describeWriteError, quote, UsageError } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';
import { MetricsWriter } from './metrics-writer.js';
import { addReport } from './probe-metrics.js';

/**
 * The file of `--metrics-file`, which node_exporter's textfile collector reads: the metrics of a probe, with the target as a
 * label. It is replaced in one step, so that no half of it is ever read.
 */
export class MetricsFile {
  readonly path: string;
  readonly #metrics = new MetricsWriter();
  #isEmpty = true;

  /** @throws UsageError where it could not be written later. */
  constructor(path: string) {
    this.path = path;
    if (extname(path) !== '.prom')
      throw new UsageError(
        `--metrics-file: ${quote(path)} does not end in .prom, and node_exporter reads no other files`,
      );
    try {
      accessSync(dirname(path), constants.W_OK);
    } catch (error) {
      throw new UsageError(
        `--metrics-file: the folder of ${quote(path)} cannot be written: ${describeWriteError(error)}`,
      );
    }
  }

  /** Adds a target. One without an attempt that ended has no result. */
  add(report: Report): void {
    const { attempts, target } = report;
    if (attempts.ok + attempts.failed === 0) return;
    this.#isEmpty = false;
    this.#metrics.common = { target: `${target.host}:${target.port}` };
    addReport(this.#metrics, report);
  }

  /** Writes the file; without any result the former one is left. @returns why it could not be written, as text. */
  async write(): Promise<string | undefined> {
    if (this.#isEmpty) return undefined;
    // Another ending: node_exporter ignores it.
    const unfinished = `${this.path}.${randomUUID()}.tmp`;
    try {
      writeFileSync(unfinished, await this.#metrics.text());
      renameSync(unfinished, this.path);
      return undefined;
    } catch (error) {
      rmSync(unfinished, { force: true });
      return `${quote(this.path)} cannot be written: ${describeWriteError(error)}`;
    }
  }
}
