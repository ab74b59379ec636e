import { describe, expect, it, vi } from 'vitest';
import { runVariant, missingRequirement } from './run-scenario.js';
import { scenarioGroups, scenarios } from './scenarios/index.js';

/*
 * The lab as tests: each fault is recreated with its real component, and both commands must identify it. Most of the time
 * is waiting, so four tests run concurrently on two cores; more would slow each other down.
 */
vi.setConfig({ maxConcurrency: 4, testTimeout: 300_000 });

/** One fault of each kind keeps the run short. */
const short = new Set(scenarioGroups.map(([first]) => first?.variants[0]));
const isWhole = process.env['TENTACLE_TESTS'] === 'all';

describe.concurrent('the lab', () => {
  for (const scenario of scenarios) {
    const missing = missingRequirement(scenario);
    for (const variant of scenario.variants) {
      const title = `${scenario.id}: ${variant.name}`;
      const why =
        missing ??
        (isWhole || short.has(variant) ? undefined : 'npm run lab, npm run test:all and CI run every variant');
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
