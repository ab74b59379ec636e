import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated } from './mutation.js';
import { targets } from './targets.js';
import type { FuzzTarget } from './target.js';

/** Runs of a small decoder: by default what fits into the tests; `npm run fuzz` sets more. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? '500');
const SEED = process.env['FUZZ_SEED'];

/** Inputs that once were decoded wrongly, `decoder--what.bin` each: tried first, always. */
const CORPUS = new URL('./corpus/', import.meta.url);
const corpus = readdirSync(CORPUS).filter((name) => name.endsWith('.bin'));

/** Returns how a decoder answered: with a value, or with an error. @throws any error that it may not answer with. */
async function answerOf({ decode, errors }: FuzzTarget, bytes: Buffer): Promise<'value' | 'error'> {
  try {
    await decode(bytes);
    return 'value';
  } catch (error) {
    if (error instanceof Error && errors.includes(error.name)) return 'error';
    throw error;
  }
}

describe.each(targets)('$name', (target) => {
  const { name, seeds, variants, cost = 1 } = target;
  const inputs = variants === undefined ? mutated(seeds) : fc.oneof(mutated(seeds), variants);

  test('decodes an input that is as it should be', async () => {
    const [first] = seeds;
    if (first === undefined) throw new Error('no seed');
    const { decode, isWhole = () => true } = target;
    const value = await decode(first);
    expect(isWhole(value), inspect(value)).toBe(true);
  });

  test.each(corpus.filter((file) => file.startsWith(`${name.replaceAll(/\W/g, '-')}--`)))(
    'answers %s',
    async (file) => {
      await answerOf(target, readFileSync(new URL(file, CORPUS)));
    },
  );

  test('answers any input with a value or an error that says what is wrong', { timeout: 24 * 3_600_000 }, async () => {
    const answers = { value: 0, error: 0 };
    let slowestMs = 0;
    const runs = Math.max(20, Math.ceil(RUNS / cost));
    const property = fc.asyncProperty(inputs, async (bytes) => {
      const startedMs = performance.now();
      answers[await answerOf(target, bytes)]++;
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    });
    await fc.assert(property, { numRuns: runs, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
    expect(answers.value + answers.error).toBe(runs);
    if (process.env['FUZZ_RUNS'] !== undefined)
      process.stdout.write(
        `${name.padEnd(16)} ${runs} inputs, ${answers.value} values, ${answers.error} errors, slowest ${slowestMs.toFixed(1)} ms\n`,
      );
  });
});
