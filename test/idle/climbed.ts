import { fileURLToPath } from 'node:url';
import type { Report } from '../../packages/ping/src/measure/report.js';
import type { Failure } from '../../packages/protocol/src/index.js';
import { reportOf } from '../binaries/report.js';
import { Lab } from '../lab/lab.js';

/** Where to climb: the target and options, behind which command, and how often keep-alives go. */
export interface Way {
  readonly args: readonly string[];
  readonly prefix?: readonly string[];
  readonly keepAliveUs?: number;
}

/** Climb the idle ladder on a way that is set up for it and cleared away after it. */
export async function climbed(setUp: (lab: Lab) => Promise<Way>): Promise<Report> {
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

/** The first of the failures that decided the verdict. */
export function decidingFailure({ idle, verdict }: Report): Failure {
  const found = idle?.probes.find(({ failure }) => failure?.id === verdict.id)?.failure;
  if (found === undefined) throw new Error(`none died: ${verdict.id}: ${verdict.means}`);
  return found;
}
