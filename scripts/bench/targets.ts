import { writeFile } from 'node:fs/promises';
import { run, serve } from './processes.js';
import type { Row } from './row.js';
import { compare } from './spread.js';
import type { BenchEnvironment } from './bench-environment.js';

const TARGETS = 1000;

/** Each takes a fifth of a second: a thousand per round would take most of the bench's time. */
const LOOP_TARGETS = 40;

/** Measures many loopback addresses in one run against a shell loop with one process per target. */
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
    if (!stdout.includes(`${TARGETS}  ok`)) throw new Error(`not all of ${TARGETS} targets are ok: ${stdout}`);
    return (TARGETS * 1_000_000) / wallUs;
  };
  const loop = async (): Promise<number> => {
    const ping = bench.binary('ping').join("' '");
    const script = `for host in "$@"; do '${ping}' "$host" --count 1 --quiet >/dev/null || exit 1; done`;
    const { wallUs } = await run(['sh', '-c', script, 'loop', ...hosts.slice(0, LOOP_TARGETS)], bench.env);
    return (LOOP_TARGETS * 1_000_000) / wallUs;
  };
  const compared = await compare(bench.rounds, measured, loop);
  await pong.stop();
  return [
    {
      measurement: '7',
      what: `${TARGETS} targets, one attempt each`,
      unit: '1/s',
      against: `a shell loop with one process per target (${LOOP_TARGETS} targets)`,
      ...compared,
      target: '>= 20',
    },
  ];
}
