import { writeFile } from 'node:fs/promises';
import { run, serve } from './processes.js';
import type { Row } from './row.js';
import { compare } from './spread.js';
import { rateOf, type BenchEnvironment } from './bench-environment.js';

const TARGETS = 1000;

/** Each takes a fifth of a second: a thousand per round would take most of the bench's time. */
const LOOP_TARGETS = 40;

/** Measures many loopback addresses in one run against new connections to one of them, and against a shell loop with one process per target. */
export async function targets(bench: BenchEnvironment): Promise<Row[]> {
  // Only a listener on all addresses accepts connections to 127.0.x.y.
  const command = bench.binary('pong', '--port', '0', '--bind', '0.0.0.0', '--json', '--log-level', 'warn');
  const pong = await serve(command, bench.env, /"port":(\d+)/);
  const hosts = Array.from({ length: TARGETS }, (_, index) => {
    return `127.0.${Math.floor(index / 250)}.${(index % 250) + 1}:${pong.ready[1] ?? ''}`;
  });
  const file = bench.file('targets.txt');
  await writeFile(file, hosts.join('\n'));
  await bench.ping(hosts[0] ?? '', '--count', '1');

  const measured = async (): Promise<number> => {
    const { stdout, wallUs } = await run(bench.binary('ping', '--targets', file, '--quiet'), bench.env);
    if (!stdout.includes(`, ${TARGETS} ok,`)) throw new Error(`not all of ${TARGETS} targets are ok: ${stdout}`);
    return (TARGETS * 1_000_000) / wallUs;
  };
  const loop = async (): Promise<number> => {
    const ping = bench.binary('ping').join("' '");
    const script = `for host in "$@"; do '${ping}' "$host" --count 1 --quiet >/dev/null || exit 1; done`;
    const { wallUs } = await run(['sh', '-c', script, 'loop', ...hosts.slice(0, LOOP_TARGETS)], bench.env);
    return (LOOP_TARGETS * 1_000_000) / wallUs;
  };
  // As in measurement 2, in the same rounds as the targets.
  const connections = async (): Promise<number> =>
    rateOf(await bench.ping(hosts[0] ?? '', '--level', 'tls', '--interval', '0', '--count', String(TARGETS)));
  const row = { measurement: '7', what: `${TARGETS} targets, one attempt each`, unit: '1/s' };
  const against = 'new connections to one target (measurement 2)';
  const loopName = `a shell loop with one process per target (${LOOP_TARGETS} targets)`;
  const rows: Row[] = [
    { ...row, against, ...(await compare(bench.rounds, measured, connections)), target: '>= 0.6' },
    { ...row, against: loopName, ...(await compare(bench.rounds, measured, loop)), target: '>= 20' },
  ];
  await pong.stop();
  return rows;
}
