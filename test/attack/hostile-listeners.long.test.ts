import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { itWith, linux } from '../real-components.js';

/** The part of a result that this test reads. */
interface Result {
  readonly command: string;
  readonly status?: number;
  readonly peakRssBytes?: number;
  readonly outcomes: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('../../scripts/dist/attack.js', import.meta.url));

/** The goal of `npm run attack`, which also judges times. */
const RSS_MAX_BYTES = 400_000_000;

/** Runs tentacle-ping, its measurement and its diagnosis, against one listener. */
async function against(listener: string): Promise<Result[]> {
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, '--only', `listener:${listener}`, '--json'], (error, output) => {
      if (output === '') reject(error ?? new Error(`${listener} printed nothing`));
      else resolve(output);
    });
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
}

/** The fast ones, each of which sends without end: the others take their time. */
const NAMES = ['endless-bytes', 'endless-identity', 'inflating-answer', 'tiny-values', 'endless-page'];

for (const listener of NAMES) {
  itWith(linux, `${listener}: ping ends with a failure of the catalogue, within its memory`, async () => {
    const results = await against(listener);
    expect(results.map(({ command }) => command)).toEqual(['measure', 'diagnose']);
    for (const { status, peakRssBytes, outcomes } of results) {
      expect(status).toBe(1);
      expect(outcomes.length).toBeGreaterThan(0);
      expect(outcomes).not.toContain('ok');
      expect(outcomes).not.toContain('internal.bug');
      expect(peakRssBytes).toBeLessThan(RSS_MAX_BYTES);
    }
  });
}
