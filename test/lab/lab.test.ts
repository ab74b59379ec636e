import { describe, expect, it, vi } from 'vitest';
import { runVariant, missingRequirement } from './run-scenario.js';
import { scenarios } from './scenarios/index.js';

/*
 * The lab as tests: each fault recreated with its real component, and named right by both commands. Most of the time is
 * waiting, so four go on at once on the two cores there are; more would make one another slow.
 */
vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

describe.concurrent('the lab', () => {
  for (const scenario of scenarios) {
    const cannot = missingRequirement(scenario);
    for (const [index, variant] of scenario.variants.entries()) {
      const title = `${scenario.id}: ${variant.name}`;
      // Outside CI one variant of each fault is enough for a developer's minutes.
      const why = cannot ?? (index === 0 ? undefined : 'npm run lab and CI run every variant');
      if (why !== undefined && process.env['CI'] !== 'true') {
        it.skip(`${title} (skipped: ${why})`, () => undefined);
        continue;
      }
      it(title, async () => {
        if (cannot !== undefined) throw new Error(`CI must have everything, and ${cannot}`);
        const { measured, diagnosed, right } = await runVariant(scenario, variant);
        expect(right, `ping: ${JSON.stringify(measured)}, diagnose: ${JSON.stringify(diagnosed)}`).toBe(true);
      });
    }
  }
});
