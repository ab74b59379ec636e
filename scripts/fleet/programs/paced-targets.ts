/**
 * Measures the targets of a file as a run over many targets does, but at a fixed rate. Arguments: the file, and the number
 * of attempts a second. Prints one line of JSON: how many attempts were ok, and the processor time of one in milliseconds,
 * without the first one, which loads code.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createIdentity } from 'tentacle-protocol';
import { parseTarget } from 'tentacle-protocol/cli';

const { measureLatency } = (await import(
  new URL('../../../../packages/ping/dist/measurements/measure-latency.js', import.meta.url).href
)) as typeof import('../../../packages/ping/src/measurements/measure-latency.js');
const { runOptionsFor } = (await import(
  new URL('../../../../packages/ping/dist/options/run-options.js', import.meta.url).href
)) as typeof import('../../../packages/ping/src/options/run-options.js');
const { createTlsContext } = (await import(
  new URL('../../../../packages/ping/dist/session/tls-context.js', import.meta.url).href
)) as typeof import('../../../packages/ping/src/session/tls-context.js');

const NO_OPTIONS = { flag: () => false, value: () => undefined, all: () => [] };
const ONE_ATTEMPT = { count: 1, warmup: 0, intervalUs: 0, concurrency: 1 };

const [file = '', perSecond = ''] = process.argv.slice(2);
const [first, ...others] = readFileSync(file, 'utf8')
  .split('\n')
  .map((line) => runOptionsFor(parseTarget(line), NO_OPTIONS, ONE_ATTEMPT));
if (first === undefined) throw new Error('no targets');
const identity = await createIdentity({ commonName: 'fleet' });
const secureContext = createTlsContext(first, identity);
const stop = new AbortController().signal;
let ok = 0;

async function measure(options: typeof first): Promise<void> {
  if (options === undefined) return;
  const settings = { options, identity, secureContext, stop, version: '0', remoteRecords: 'of-failures' } as const;
  const { verdict } = await measureLatency({ ...settings, onAttempt: () => undefined });
  if (verdict.id === 'ok') ok++;
}

await measure(first);
const start = process.cpuUsage();
const startedMs = performance.now();
const running: Promise<void>[] = [];
for (const [index, options] of others.entries()) {
  const waitMs = startedMs + (index * 1000) / Number(perSecond) - performance.now();
  if (waitMs > 0) await pause(waitMs);
  running.push(measure(options));
}
await Promise.all(running);
const { user, system } = process.cpuUsage(start);
process.stdout.write(`${JSON.stringify({ ok, cpuMs: (user + system) / 1000 / others.length })}\n`);
