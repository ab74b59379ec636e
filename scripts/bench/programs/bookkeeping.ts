/**
 * Runs ping's work for an attempt without the network: the line, the counts, the histograms, the stored records. Argument:
 * the number of attempts. Prints one line of JSON: the time per attempt of the second half in microseconds, and at the end
 * the resident memory and the memory in use, in bytes. Run with --expose-gc.
 */
import type { AttemptRecord } from '../../../packages/ping/src/report/attempt-record.js';

const { Tally } = (await import(
  new URL('../../../../packages/ping/dist/report/tally.js', import.meta.url).href
)) as typeof import('../../../packages/ping/src/report/tally.js');
const { attemptLines } = (await import(
  new URL('../../../../packages/ping/dist/output/attempt-line.js', import.meta.url).href
)) as typeof import('../../../packages/ping/src/output/attempt-line.js');

/** A record with times like those of a network, over several decades. Not random, because generating numbers takes time. */
function recordOf(number: number): AttemptRecord {
  const us = 100 + ((number * 7919) % 100_003);
  return {
    number,
    startedAt: new Date().toISOString(),
    outcome: 'ok',
    address: '192.0.2.10',
    localPort: 50_000,
    reused: false,
    stages: [
      { stage: 'dns', durationUs: us },
      { stage: 'tcp', durationUs: us + 1 },
      { stage: 'tls', durationUs: us * 2 },
      { stage: 'trust', durationUs: 50 },
      { stage: 'identity', durationUs: us + 2 },
      { stage: 'rpc', durationUs: us + 3 },
    ],
    totalUs: us * 6,
  };
}

const lines = attemptLines({ host: 'web01', level: 'auto', mode: { kind: 'round-trips' } }, { width: 80 });
const attempts = Number(process.argv[2]);
const tally = new Tally();
let chars = 0;
const bookkeep = (number: number): void => {
  const record = recordOf(number);
  tally.add(record);
  chars += lines.line(record).length;
};
const half = Math.floor(attempts / 2);
for (let number = 1; number <= half; number++) bookkeep(number);
const startedMs = performance.now();
for (let number = half + 1; number <= attempts; number++) bookkeep(number);
const eachUs = ((performance.now() - startedMs) * 1000) / (attempts - half);
const residentBytes = process.memoryUsage.rss();
// Garbage does not count as growth: the engine chooses when to collect it.
globalThis.gc?.();
const { heapUsed, external } = process.memoryUsage();
process.stdout.write(`${JSON.stringify({ eachUs, residentBytes, usedBytes: heapUsed + external, chars })}\n`);
