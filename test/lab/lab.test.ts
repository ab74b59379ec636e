import { describe, expect, it, vi } from 'vitest';
import { runVariant, whyNot } from './run-scenario.js';
import { scenarios } from './scenarios/index.js';

/*
 * The lab as tests: each fault recreated with its real component, and named right by both commands. Most of the time is
 * waiting, so four go on at once on the two cores there are; more would make one another slow.
 */
vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

describe.concurrent('the lab', () => {
  for (const scenario of scenarios) {
    const why = whyNot(scenario);
    for (const variant of scenario.variants) {
      const title = `${scenario.id}: ${variant.name}`;
      if (why !== undefined && process.env['CI'] !== 'true') {
        it.skip(`${title} (skipped: ${why})`, () => undefined);
        continue;
      }
      it(title, async () => {
        if (why !== undefined) throw new Error(`CI must have everything, and ${why}`);
        const { measured, diagnosed, right } = await runVariant(scenario, variant);
        expect(right, `ping: ${JSON.stringify(measured)}, diagnose: ${JSON.stringify(diagnosed)}`).toBe(true);
      });
    }
  }
});
