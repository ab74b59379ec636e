import { fileURLToPath } from 'node:url';
import type { Report } from '../../packages/ping/src/report/report.js';
import type { Failure, FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';

/** The target and options of a search, its command prefix, and its keep-alive interval. */
export interface SearchTarget {
  readonly args: readonly string[];
  readonly prefix?: readonly string[];
  readonly keepAliveUs?: number;
}

/** Runs an idle search over a path that is set up for it and removed afterwards. */
export async function runIdleSearch(setUp: (lab: Lab) => Promise<SearchTarget>): Promise<Report> {
  const lab = await Lab.open();
  try {
    const { args, prefix = [], keepAliveUs } = await setUp(lab);
    const program = fileURLToPath(new URL('idle-search.js', import.meta.url));
    const job = JSON.stringify({ args, keepAliveUs });
    const search = lab.start([...prefix, process.execPath, program, job]);
    await new Promise((resolve) => search.process.once('close', resolve));
    if (search.output.stdout === '') throw new Error(`no report: ${search.output.stderr}`);
    return reportOf(search.output.stdout);
  } finally {
    await lab.end();
  }
}

/**
 * Returns the first failure with this id. On a busy machine a connection may be used just when others end.
 * @param phase whether it was observed while the connection was idle, or during the call after that.
 */
export function failureIn({ idle, verdict }: Report, id: FailureId, phase: 'idle' | 'in use'): Failure {
  const probe = idle?.probes.find(
    ({ failure, checkUs }) => failure?.id === id && (checkUs === undefined) === (phase === 'idle'),
  );
  if (probe?.failure === undefined) throw new Error(`no connection failed with ${id}: ${verdict.id}: ${verdict.means}`);
  return probe.failure;
}
