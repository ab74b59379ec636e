import { NO_PROC, residentBytes } from './machine.js';
import { benchProgram, run } from './processes.js';
import type { Row } from './row.js';
import { spreadOf } from './spread.js';
import type { BenchEnvironment } from './bench-environment.js';

const FEW = 10_000;
const MANY = 1_000_000;
/** Real round trips in a normal run: a million would take minutes. */
const MANY_REAL = 50_000;
const MEGABYTE = 1024 ** 2;

/** Measures the cost of ping's own bookkeeping per attempt, and whether its memory grows. */
export async function bookkeeping(bench: BenchEnvironment): Promise<Row[]> {
  const costs: number[] = [];
  const inUse: number[] = [];
  const resident: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const few = await measureRecords(bench, FEW);
    const many = await measureRecords(bench, MANY);
    costs.push(many.eachUs);
    inUse.push((many.usedBytes - few.usedBytes) / MEGABYTE);
    resident.push((many.residentBytes - few.residentBytes) / MEGABYTE);
  }
  const growth = `after ${MANY} records, growth since ${FEW}`;
  const measurement = '5';
  return [
    { measurement, what: 'bookkeeping of one attempt', unit: 'us', measured: spreadOf(costs) },
    { measurement, what: `memory in use ${growth}`, unit: 'MB', measured: spreadOf(inUse), target: 'flat' },
    { measurement, what: `resident memory ${growth}, including garbage`, unit: 'MB', measured: spreadOf(resident) },
    await measureRun(bench),
  ];
}

interface RecordsCost {
  readonly eachUs: number;
  readonly usedBytes: number;
  readonly residentBytes: number;
}

async function measureRecords(bench: BenchEnvironment, attempts: number): Promise<RecordsCost> {
  const [node = '', ...program] = benchProgram('programs/bookkeeping.js');
  const { stdout } = await run([node, '--expose-gc', ...program, String(attempts)], bench.env);
  return JSON.parse(stdout) as RecordsCost;
}

/** Measures the memory of a whole ping process at the end of its run. */
async function measureRun(bench: BenchEnvironment): Promise<Row> {
  const many = bench.big ? MANY : MANY_REAL;
  const about = {
    measurement: '5',
    what: `resident memory of ping after ${many} round trips, growth since ${FEW}`,
    unit: 'MB',
    target: 'flat',
  };
  const pong = await bench.pong('--log-level', 'warn');
  const after = async (count: number): Promise<number | undefined> => {
    const args = [`127.0.0.1:${pong.port}`, '--reuse', '--interval', '0', '--count', String(count), '--quiet'];
    let last: number | undefined;
    await run(bench.binary('ping', ...args), bench.env, (pid) => (last = residentBytes(pid) ?? last));
    return last;
  };
  const few = await after(FEW);
  const most = await after(many);
  await pong.stop();
  if (few === undefined || most === undefined) return { ...about, notMeasured: NO_PROC };
  return { ...about, measured: spreadOf([(most - few) / MEGABYTE]) };
}
