import { parseArgs } from 'node:util';
import { AttackEnvironment } from './attack/attack-environment.js';
import { type FleetResult, runFleet } from './fleet/run-fleet.js';
import { parseDuration } from './soak/parse-duration.js';

/** A probe in the exporter may cost this much more than the same attempt in a run over many targets. */
const RATIO_MAX = 1.3;

/** From the third round to the last one: memory that grows more is not flat. The collector works in steps of this size. */
const GROWTH_MAX_BYTES = 32e6;
const WARM_ROUNDS = 2;

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '60s' },
    duration: { type: 'string', default: '10m' },
  },
});
const targets = Number(values.targets);
const intervalSeconds = parseDuration(values.interval);
const seconds = parseDuration(values.duration);
if (intervalSeconds === undefined || seconds === undefined || !Number.isInteger(targets) || targets < 10) {
  process.stderr.write('npm run fleet -- [--targets 1000] [--interval 60s] [--duration 10m]\n');
  process.exit(2);
}
const environment = await AttackEnvironment.create([]);
try {
  const rounds = Math.max(1, Math.round(seconds / intervalSeconds));
  const result = await runFleet({ targets, intervalSeconds, rounds }, environment, (text) => console.error(text));
  const broken = brokenBounds(result);
  process.stdout.write(`${JSON.stringify({ ...result, broken }, undefined, 2)}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  environment.clear();
}

function brokenBounds({ missed, failed, ratio, residentBytes }: FleetResult): string[] {
  const warm = residentBytes.slice(WARM_ROUNDS);
  const growth = (warm.at(-1) ?? 0) - (warm[0] ?? 0);
  return [
    ...(missed > 0 ? ['missed'] : []),
    ...(failed > 0 ? ['failed'] : []),
    ...(ratio > RATIO_MAX ? ['ratio'] : []),
    ...(growth > GROWTH_MAX_BYTES ? ['memory'] : []),
  ];
}
