import { describe, expect, it, vi } from 'vitest';
import { runVariant, missingRequirement } from './run-scenario.js';
import { scenarios } from './scenarios/index.js';

/*
 * The lab as tests: each fault is recreated with its real component, and both commands must identify it. Most of the time
 * is waiting, so four tests run concurrently on two cores; more would slow each other down.
 */
vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

describe.concurrent('the lab', () => {
  for (const scenario of scenarios) {
    const missing = missingRequirement(scenario);
    for (const [index, variant] of scenario.variants.entries()) {
      const title = `${scenario.id}: ${variant.name}`;
      // Outside CI, one variant of each fault keeps the run short.
      const why = missing ?? (index === 0 ? undefined : 'npm run lab and CI run every variant');
      if (why !== undefined && process.env['CI'] !== 'true') {
        it.skip(`${title} (skipped: ${why})`, () => undefined);
        continue;
      }
      it(title, async () => {
        if (missing !== undefined) throw new Error(`CI must have every component, and ${missing}`);
        const { measured, diagnosed, isCorrect } = await runVariant(scenario, variant);
        expect(isCorrect, `ping: ${JSON.stringify(measured)}, diagnose: ${JSON.stringify(diagnosed)}`).toBe(true);
      });
    }
  }
});
