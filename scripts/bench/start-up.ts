import { run } from './processes.js';
import type { Row } from './row.js';
import { compare } from './spread.js';
import type { BenchEnvironment } from './bench-environment.js';

/** One start takes a tenth of a second, and the noise is as large: the median needs many. */
const STARTS_PER_ROUND = 6;

/** Measures the time that a user waits before anything happens. */
export async function startUp(bench: BenchEnvironment): Promise<Row[]> {
  const node = async (): Promise<number> => (await run([process.execPath, '-e', '0'], bench.env)).wallUs / 1000;
  const rows: Row[] = [];
  for (const option of ['--version', '--help']) {
    const measured = async (): Promise<number> => (await run(bench.binary('ping', option), bench.env)).wallUs / 1000;
    const compared = await compare(bench.rounds * STARTS_PER_ROUND, measured, node);
    const what = `tentacle-ping ${option}`;
    rows.push({ measurement: '6', what, unit: 'ms', against: 'node -e 0', ...compared, target: '<= 2.5' });
  }
  return rows;
}
