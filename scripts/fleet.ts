import { parseArgs } from 'node:util';
import { AttackEnvironment } from './attack/attack-environment.js';
import { type FleetResult, runFleet } from './fleet/run-fleet.js';
import { runShardedFleet, type ShardedFleetResult } from './fleet/run-sharded-fleet.js';
import { parseDuration } from './soak/parse-duration.js';

/** A probe in the exporter may cost this much more than the same attempt in a run over many targets at the same pace. */
const RATIO_MAX = 1.3;

/** From the third round to the last one: memory that grows more is not flat. The collector works in steps of this size. */
const GROWTH_MAX_BYTES = 32e6;
const WARM_ROUNDS = 2;
const WARM_MINUTES = 5;

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1000' },
    interval: { type: 'string', default: '60s' },
    duration: { type: 'string', default: '10m' },
    shards: { type: 'string', default: '1' },
  },
});
const targets = Number(values.targets);
const intervalSeconds = parseDuration(values.interval);
const seconds = parseDuration(values.duration);
const shards = Number(values.shards);
const areCounts = Number.isInteger(targets) && targets >= 10 && Number.isInteger(shards) && shards >= 1;
if (intervalSeconds === undefined || seconds === undefined || !areCounts) {
  process.stderr.write('npm run fleet -- [--targets 1000] [--interval 60s] [--duration 10m] [--shards 1]\n');
  process.stderr.write('With more than one shard, a Prometheus divides the targets among as many exporters.\n');
  process.exit(2);
}
const environment = await AttackEnvironment.create([]);
try {
  const rounds = Math.max(1, Math.round(seconds / intervalSeconds));
  const plan = { targets, intervalSeconds, rounds };
  const show = (text: string): void => console.error(text);
  const result =
    shards === 1
      ? await runFleet(plan, environment, show)
      : await runShardedFleet({ ...plan, shards }, environment, show);
  const broken = 'shards' in result ? brokenShards(result) : brokenBounds(result);
  process.stdout.write(`${JSON.stringify({ ...result, broken }, undefined, 2)}\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} finally {
  environment.clear();
}

function brokenBounds({ missed, failed, ratio, residentBytes }: FleetResult): string[] {
  return [
    ...(missed > 0 ? ['missed'] : []),
    ...(failed > 0 ? ['failed'] : []),
    ...(ratio > RATIO_MAX ? ['ratio'] : []),
    ...(growthOf(residentBytes.slice(WARM_ROUNDS)) > GROWTH_MAX_BYTES ? ['memory'] : []),
  ];
}

function brokenShards({ missed, neverScraped, failed, shards: all }: ShardedFleetResult): string[] {
  const isGrowing = all.some(({ residentBytes }) => growthOf(residentBytes.slice(WARM_MINUTES)) > GROWTH_MAX_BYTES);
  return [
    ...(missed + neverScraped > 0 ? ['missed'] : []),
    ...(failed > 0 ? ['failed'] : []),
    ...(isGrowing ? ['memory'] : []),
  ];
}

function growthOf(bytes: readonly number[]): number {
  return (bytes.at(-1) ?? 0) - (bytes[0] ?? 0);
}
