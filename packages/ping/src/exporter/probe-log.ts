import { quote } from 'tentacle-protocol/cli';
import type { KeptProbe } from './probe-history.js';
import { RecentTargets } from './recent-targets.js';

/**
 * Writes a line when the result of a target changes, with the number of the probe, by which its report is found. Not each
 * time: a target that is down for a day would leave a thousand lines.
 */
export class ProbeLog {
  readonly #results = new RecentTargets<string>();
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  add(target: string, { number, module, report }: KeptProbe): void {
    const { id } = report.verdict;
    const former = this.#results.get(target);
    this.#results.set(target, id);
    if (former === id || (former === undefined && id === 'ok')) return;
    const { host, port } = report.target;
    this.#write(`${report.endedAt} ${quote(`${host}:${port}`)} module ${module}: ${id}, report /probes/${number}\n`);
  }
}
