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
