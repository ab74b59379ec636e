import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_PROC, residentBytes } from './machine.js';
import { benchProgram, run, serve } from './processes.js';
import { bareRate } from './round-trips.js';
import type { Row } from './row.js';
import { spreadOf } from './spread.js';
import type { BenchEnvironment } from './bench-environment.js';

const IDLE = 1000;
const IDLE_BIG = 10_000;

/** By then the engine's heap has the size that any number of connections needs. */
const FIRST = 500;

const BUSY = 100;
const ROUND_TRIPS_EACH = 100;

/** Memory of the handshakes is released within seconds, so the smallest sample counts. */
const SETTLING_SAMPLES = 10;
const SAMPLE_EVERY_MS = 500;

/** Measures pong under load: idle connections, and connections that all make calls. */
export async function pongLoad(bench: BenchEnvironment): Promise<Row[]> {
  return [await idle(bench), await busy(bench)];
}

/** Measures connections that are idle after their identity, as Octopus keeps them between two calls. */
async function idle(bench: BenchEnvironment): Promise<Row> {
  const count = bench.big ? IDLE_BIG : IDLE;
  const handles = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  const about = {
    measurement: '8',
    what: `memory per connection, ${count} idle connections to pong`,
    against: `file handles: ${handles}`,
    unit: 'KB',
    target: '<= 64',
  };
  const pong = await bench.pong('--log-level', 'warn');
  try {
    await bench.ping(`127.0.0.1:${pong.port}`, '--count', '1');
    if (residentBytes(pong.pid) === undefined) return { ...about, notMeasured: NO_PROC };
    const open = async (connections: number) => {
      const command = [...benchProgram('programs/clients.js'), String(pong.port), bench.identityFile()];
      return serve([...command, String(connections)], bench.env, /open (\d+)/);
    };
    const first = await open(FIRST);
    const before = await settledBytes(pong.pid);
    const clients = await open(count);
    const after = await settledBytes(pong.pid);
    await clients.stop();
    await first.stop();
    return { ...about, measured: spreadOf([(after - before) / count / 1024]) };
  } finally {
    await pong.stop();
  }
}

/** The least memory of a process in the next seconds. */
async function settledBytes(pid: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SETTLING_SAMPLES; sample++) {
    await sleep(SAMPLE_EVERY_MS);
    least = Math.min(least, residentBytes(pid) ?? least);
  }
  return least;
}

/** Measures connections that make the next call as soon as the last one is answered. */
async function busy(bench: BenchEnvironment): Promise<Row> {
  const pong = await bench.pong('--log-level', 'warn');
  await bench.ping(`127.0.0.1:${pong.port}`, '--count', '1');
  const args = [String(pong.port), bench.identityFile(), String(BUSY), String(ROUND_TRIPS_EACH)];
  const rates: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const { stdout } = await run([...benchProgram('programs/clients.js'), ...args], bench.env);
    rates.push(bareRate(stdout.split('\n')[1] ?? ''));
  }
  await pong.stop();
  return {
    measurement: '8',
    what: `round trips served by pong over ${BUSY} concurrent connections`,
    unit: '1/s',
    measured: spreadOf(rates),
  };
}
