import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, startPong } from '../binaries/command.js';
import { describeWith, linux } from '../real-components.js';
import { type RunningExporter, startExporter, stopExporter } from './start-exporter.js';

const TARGETS = 1000;

/** What one target costs Prometheus: fewer than 25 of its own, as docs/fleet.md counts on. */
const SERIES_OF_TARGET_MAX = 25;

/** Of the exporter: none is for a target. */
const SERIES_OF_EXPORTER_MAX = 150;

// Addresses of 127.0.0.0/8 are targets of their own.
describeWith(linux, 'series in Prometheus', () => {
  let pong: Command & { port: number };
  let exporter: RunningExporter;

  beforeAll(async () => {
    pong = await startPong('--bind', '0.0.0.0');
    exporter = await startExporter('--max-waiting', String(TARGETS));
  });

  afterAll(async () => {
    await stopExporter(exporter);
    pong.process.kill('SIGTERM');
    await pong.ended;
  });

  it(`are bounded for ${TARGETS} targets, of which a half fails`, async () => {
    const all = new Set<string>();
    let most = 0;
    const targets = Array.from(
      { length: TARGETS },
      (_, i) => `127.0.${i >> 8}.${i & 255 || 1}:${i % 2 === 0 ? pong.port : 1}`,
    );
    await eachOf(targets, 16, async (target) => {
      const { text } = await exporter.get(`/probe?target=${target}`);
      const series = seriesOf(text);
      most = Math.max(most, series.length);
      for (const one of series) all.add(`${target} ${one}`);
    });
    expect(most).toBeLessThanOrEqual(SERIES_OF_TARGET_MAX);
    expect(all.size).toBeLessThanOrEqual(TARGETS * SERIES_OF_TARGET_MAX);
    const own = seriesOf((await exporter.get('/metrics')).text);
    expect(own.length).toBeLessThanOrEqual(SERIES_OF_EXPORTER_MAX);
    expect(own.join('\n')).not.toContain('127.0.');
  });
});

/** Names with labels, without values. */
function seriesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** Runs a task for each value, a number at a time. */
async function eachOf<Value>(
  values: readonly Value[],
  max: number,
  task: (value: Value) => Promise<void>,
): Promise<void> {
  const left = [...values];
  await Promise.all(
    Array.from({ length: max }, async () => {
      for (let value = left.pop(); value !== undefined; value = left.pop()) await task(value);
    }),
  );
}
