import { NO_PROC, residentBytes } from './machine.js';
import { benchProgram, run, serve } from './processes.js';
import { bareRate } from './round-trips.js';
import type { Row } from './row.js';
import { compare, spreadOf } from './spread.js';
import type { PingReport, Pong, BenchEnvironment } from './bench-environment.js';

/** One or two seconds in each direction. */
const RATE_BYTES = 1024 ** 3;

const SMALL_BYTES = 10_000_000;
/** By then the engine's young generation has reached its full size, which it keeps. */
const MIDDLE_BYTES = 100_000_000;
const LARGE_BYTES = 1024 ** 3;

/** Measures data in one direction on one connection against bare TLS, and the memory for each size. */
export async function data(bench: BenchEnvironment): Promise<Row[]> {
  const pong = await bench.pong('--log-level', 'warn');
  const target = `127.0.0.1:${pong.port}`;
  await bench.ping(target, '--count', '1');
  const bare = await serve(
    [...benchProgram('programs/bare-stream.js'), 'serve', bench.identityFile('pong')],
    bench.env,
    /port (\d+)/,
  );
  const rows: Row[] = [];
  for (const [option, direction] of [
    ['--upload', 'up'],
    ['--download', 'down'],
  ] as const) {
    const measured = async (): Promise<number> => {
      const { stages } = await bench.ping(target, option, String(RATE_BYTES));
      return RATE_BYTES / (stages['data']?.p50Us ?? Number.NaN);
    };
    const moveBare = async (bytes: number): Promise<string> => {
      const args = [direction, bare.ready[1] ?? '', bench.identityFile(), String(bytes)];
      return (await run([...benchProgram('programs/bare-stream.js'), ...args], bench.env)).stdout;
    };
    const reference = async (): Promise<number> => bareRate(await moveBare(RATE_BYTES)) / 1_000_000;
    const compared = await compare(bench.rounds, measured, reference);
    const what = `${option} of 1 GiB, compared byte for byte`;
    rows.push({ measurement: '4', what, unit: 'MB/s', against: 'bare TLS', ...compared, target: '>= 0.8' });
    rows.push(...(await memory(bench, pong, option)), await bareMemory(option, moveBare));
  }
  await Promise.all([pong.stop(), bare.stop()]);
  return rows;
}

/** Measures the memory of the engine and Node alone, which allocate a buffer for each record received. */
async function bareMemory(option: string, moveBare: (bytes: number) => Promise<string>): Promise<Row> {
  const most = async (bytes: number): Promise<number> =>
    (JSON.parse(await moveBare(bytes)) as { residentBytes: number }).residentBytes / 1_000_000;
  const [large, less] = [await most(LARGE_BYTES), await most(SMALL_BYTES)];
  const what = `memory of bare TLS, direction of ${option}`;
  const against = 'bare TLS with 10 MB';
  const figures = { measured: spreadOf([large]), reference: spreadOf([less]), difference: spreadOf([large - less]) };
  return { measurement: '4', what, unit: 'MB', against, ...figures };
}

/** Measures ping's peak resident memory with 1 GiB, against its peak with less data. */
async function memory(bench: BenchEnvironment, pong: Pong, option: string): Promise<Row[]> {
  const most = async (bytes: number): Promise<number> => {
    let resident = 0;
    const command = bench.binary('ping', `127.0.0.1:${pong.port}`, option, String(bytes), '--json', '--quiet');
    const { stdout } = await run(command, bench.env, (pid) => {
      resident = Math.max(resident, residentBytes(pid) ?? 0);
    });
    if ((JSON.parse(stdout) as PingReport).attempts.ok !== 1) throw new Error(`${option} ${bytes} failed`);
    return resident / 1_000_000;
  };
  const row = { measurement: '4', what: `memory of ping, ${option} of 1 GiB`, unit: 'MB' };
  const large = await most(LARGE_BYTES);
  if (large === 0) return [{ ...row, notMeasured: NO_PROC }];
  const against = async (name: string, bytes: number): Promise<Row> => {
    const less = await most(bytes);
    const difference = spreadOf([large - less]);
    return { ...row, against: name, measured: spreadOf([large]), reference: spreadOf([less]), difference };
  };
  return [
    { ...(await against('ping with 10 MB', SMALL_BYTES)), target: '<= 20' },
    await against('ping with 100 MB', MIDDLE_BYTES),
  ];
}
