import { NO_PROC, residentBytes } from './machine.js';
import { own, run } from './processes.js';
import type { Row } from './row.js';
import { spreadOf } from './spread.js';
import type { Workplace } from './workplace.js';

const FEW = 10_000;
const MANY = 1_000_000;
/** Real round trips in a normal run: a million are minutes. */
const MANY_REAL = 50_000;
const MEGABYTE = 1024 ** 2;

/** What ping itself costs for each attempt, and whether it grows. */
export async function bookkeeping(place: Workplace): Promise<Row[]> {
  const costs: number[] = [];
  const growth: number[] = [];
  for (let round = 0; round < place.rounds; round++) {
    const few = await kept(place, FEW);
    const many = await kept(place, MANY);
    costs.push(many.eachUs);
    growth.push((many.residentBytes - few.residentBytes) / MEGABYTE);
  }
  const measurement = '5';
  return [
    { measurement, what: 'bookkeeping of one attempt', unit: 'us', ours: spreadOf(costs) },
    {
      measurement,
      what: `resident memory after ${MANY} records, beyond that after ${FEW}`,
      unit: 'MB',
      ours: spreadOf(growth),
      reachFor: 'flat',
    },
    await real(place),
  ];
}

async function kept(place: Workplace, attempts: number): Promise<{ eachUs: number; residentBytes: number }> {
  const { stdout } = await run([...own('programs/bookkeeping.js'), String(attempts)], place.env);
  return JSON.parse(stdout) as { eachUs: number; residentBytes: number };
}

/** The memory of a whole ping at the end of its work. */
async function real(place: Workplace): Promise<Row> {
  const many = place.big ? MANY : MANY_REAL;
  const about = {
    measurement: '5',
    what: `resident memory of ping after ${many} round trips, beyond that after ${FEW}`,
    unit: 'MB',
    reachFor: 'flat',
  };
  const pong = await place.pong('--log-level', 'warn');
  const after = async (count: number): Promise<number | undefined> => {
    const args = [`127.0.0.1:${pong.port}`, '--reuse', '--interval', '0', '--count', String(count), '--quiet'];
    let last: number | undefined;
    await run(place.binary('ping', ...args), place.env, (pid) => (last = residentBytes(pid) ?? last));
    return last;
  };
  const few = await after(FEW);
  const most = await after(many);
  await pong.stop();
  if (few === undefined || most === undefined) return { ...about, notMeasured: NO_PROC };
  return { ...about, ours: spreadOf([(most - few) / MEGABYTE]) };
}
