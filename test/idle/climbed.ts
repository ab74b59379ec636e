import { fileURLToPath } from 'node:url';
import type { Report } from '../../packages/ping/src/report/report.js';
import type { Failure, FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';

/** Where to climb: the target and options, behind which command, and how often keep-alives go. */
export interface AddressMapping {
  readonly args: readonly string[];
  readonly prefix?: readonly string[];
  readonly keepAliveUs?: number;
}

/** Climb the idle ladder on a way that is set up for it and cleared away after it. */
export async function climbed(setUp: (lab: Lab) => Promise<AddressMapping>): Promise<Report> {
  const lab = await Lab.open();
  try {
    const { args, prefix = [], keepAliveUs } = await setUp(lab);
    const program = fileURLToPath(new URL('idle-ladder.js', import.meta.url));
    const job = JSON.stringify({ args, keepAliveUs });
    const ladder = lab.start([...prefix, process.execPath, program, job]);
    await new Promise((resolve) => ladder.process.once('close', resolve));
    if (ladder.output.stdout === '') throw new Error(`no report: ${ladder.output.stderr}`);
    return reportOf(ladder.output.stdout);
  } finally {
    await lab.end();
  }
}

/**
 * The first failure of that kind. On a busy machine a connection may be used in the very moment in which others end.
 * @param seen whether it showed while the connection was idle, or in the call after that.
 */
export function failureIn({ idle, verdict }: Report, id: FailureId, seen: 'idle' | 'in use'): Failure {
  const found = idle?.probes.find(
    ({ failure, checkUs }) => failure?.id === id && (checkUs === undefined) === (seen === 'idle'),
  );
  if (found?.failure === undefined) throw new Error(`none died so: ${verdict.id}: ${verdict.means}`);
  return found.failure;
}
