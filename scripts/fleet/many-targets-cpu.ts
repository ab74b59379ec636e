import { writeFileSync } from 'node:fs';
import { benchProgram, run } from '../bench/processes.js';

/** What a shell's `times` prints of its children: user, then system. */
const CHILDREN_TIMES = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/;

/**
 * Measures the processor time of one attempt in a run of tentacle-ping over all targets, in milliseconds: without that of
 * a run over the first one only, which is the start of the program.
 */
export async function measureManyTargetsCpu(
  targets: readonly string[],
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const measure = async (some: readonly string[]): Promise<number> => {
    writeFileSync(file, some.join('\n'));
    const ping = benchProgram('../../../packages/ping/bin/tentacle-ping.js');
    const { stdout } = await run(['sh', '-c', '"$@"; times', 'sh', ...ping, '--targets', file, '--quiet'], env);
    const [, userMin, userS, systemMin, systemS] = CHILDREN_TIMES.exec(stdout) ?? [];
    return 1000 * (60 * (Number(userMin) + Number(systemMin)) + Number(userS) + Number(systemS));
  };
  const [all, one] = [await measure(targets), await measure(targets.slice(0, 2))];
  return (all - one) / (targets.length - 2);
}

/** How to run the attempts of a fleet at a fixed rate. */
interface PacedRun {
  readonly file: string;
  readonly perSecond: number;
  readonly env: NodeJS.ProcessEnv;
}

/** Measures the processor time of one attempt of such a run at a fixed rate, in milliseconds, without the first one. */
export async function measurePacedTargetsCpu(
  targets: readonly string[],
  { file, perSecond, env }: PacedRun,
): Promise<number> {
  writeFileSync(file, targets.join('\n'));
  const { stdout } = await run([...benchProgram('../fleet/programs/paced-targets.js'), file, String(perSecond)], env);
  const { ok, cpuMs } = JSON.parse(stdout) as { readonly ok: number; readonly cpuMs: number };
  if (ok !== targets.length) throw new Error(`${targets.length - ok} of ${targets.length} attempts failed`);
  return cpuMs;
}
