import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleModules } from '../package/bundle-program.js';
import { nodeBinary, PLATFORMS } from '../package/node-binary.js';
import { DIST, PROGRAMS, ROOT } from '../package/program.js';
import type { BenchEnvironment } from './bench-environment.js';
import { run } from './processes.js';
import type { Row } from './row.js';
import { spreadOf } from './spread.js';

/** One start takes a tenth of a second, and the noise is as large: the median needs many. */
const STARTS_PER_ROUND = 6;

/** The most that a start may take, as a multiple of that of Node.js alone. */
const TARGETS = { version: 1.5, help: 1.5, explain: 2.5, attempt: 3 } as const;

/** Measures the time that a user waits before anything happens, in what is handed out. */
export async function startUp(bench: BenchEnvironment): Promise<Row[]> {
  const pong = await bench.pong('--log-level', 'warn');
  try {
    const commands = [
      { args: ['--version'], target: TARGETS.version },
      { args: ['--help'], target: TARGETS.help },
      { args: ['explain', 'tcp.refused'], target: TARGETS.explain },
      { args: ['explain', 'tcp.actively-refused'], target: TARGETS.explain },
      { args: [`127.0.0.1:${pong.port}`, '-c', '1'], target: TARGETS.attempt },
    ];
    const rows: Row[] = [];
    for (const { name, command, node } of await programs(bench)) {
      const starts = commands.map(({ args }) => [...command, ...args]);
      const [references = [], ...measured] = await interleaved(bench, [[node, '-e', '0'], ...starts]);
      commands.forEach(({ args, target }, index) => {
        const times = measured[index] ?? [];
        rows.push({
          measurement: '6',
          what: `${name} ${args.join(' ').replace(String(pong.port), 'PORT')}`,
          unit: 'ms',
          against: 'node -e 0',
          measured: spreadOf(times),
          reference: spreadOf(references),
          ratio: spreadOf(times.map((ms, round) => ms / (references[round] ?? Number.NaN))),
          target: `<= ${target}`,
        });
      });
    }
    return rows;
  } finally {
    await pong.stop();
  }
}

/** How a packaged program is started, and the Node.js that it is compared with. */
interface StartedProgram {
  readonly name: string;
  readonly command: readonly string[];
  readonly node: string;
}

/** The bundle, from dist/ or built now, and the executable where there is one. */
async function programs(bench: BenchEnvironment): Promise<StartedProgram[]> {
  const [ping] = PROGRAMS;
  const packed = fileURLToPath(new URL(`npm/${ping.name}/${ping.name}.js`, DIST));
  const { version } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
  const entry = existsSync(packed)
    ? packed
    : (await bundleModules(ping, version, pathToFileURL(`${bench.file('bundle')}/`))).entry;
  const bundle = { name: ping.name, command: [process.execPath, entry], node: process.execPath };
  const [platform] = PLATFORMS;
  const executable = fileURLToPath(new URL(`executables/${platform.name}/${ping.name}`, DIST));
  if (!existsSync(executable) || process.platform !== 'linux') return [bundle];
  return [bundle, { name: `${ping.name} (executable)`, command: [executable], node: await nodeBinary(platform) }];
}

/** The times of each command in milliseconds: all once, then all again, so that other load affects all. */
async function interleaved(bench: BenchEnvironment, commands: readonly (readonly string[])[]): Promise<number[][]> {
  const times = commands.map((): number[] => []);
  for (let round = 0; round <= bench.rounds * STARTS_PER_ROUND; round++)
    for (const [index, command] of commands.entries()) {
      const { wallUs } = await run(command, bench.env);
      // The first start fills caches, and creates the identity.
      if (round > 0) times[index]?.push(wallUs / 1000);
    }
  return times;
}
