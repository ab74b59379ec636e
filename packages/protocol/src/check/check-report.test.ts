import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_STATUSES, type CheckGroup } from '../diagnostics/checks/check.js';
import { findings } from '../diagnostics/checks/findings.js';
import { checkVerdict, countChecks } from './check-report.js';
import { checkVerdictText, groupText } from './check-text.js';
import { checkGroups } from './groups.js';
import { ShownSteps } from './shown-steps.js';

/** The terminal that the texts are laid out for. */
const SCREEN = { width: 80, unicode: true };

/** Groups as checks fill them: the findings of the tables, with any status, in any order. */
const groups: fc.Arbitrary<readonly CheckGroup[]> = fc.subarray([...checkGroups]).chain((definitions) =>
  fc.tuple(
    ...definitions.map(({ name }) =>
      fc
        .array(fc.tuple(fc.constantFrom(...findings), fc.constantFrom(...CHECK_STATUSES)), { maxLength: 6 })
        .map((drawn) => ({
          name,
          elapsedUs: 1,
          checks: drawn.map(([{ example }, status]) => ({ ...example, status })),
        })),
    ),
  ),
);

describe('the verdict', () => {
  it('agrees with every check', () => {
    fc.assert(
      fc.property(groups, (drawn) => {
        const checks = drawn.flatMap((group) => group.checks);
        const { id, status, next } = checkVerdict(drawn);
        const counts = countChecks(drawn);
        expect(Object.values(counts).reduce((sum, number) => sum + number, 0)).toBe(checks.length);
        const worst = CHECK_STATUSES.find((one) => counts[one] > 0);
        if (worst === undefined || worst === 'skipped') expect([id, status]).toEqual(['unknown', 'unknown']);
        else expect(status).toBe(worst);
        const first = checks.find((check) => check.status === status);
        if (status === 'problem' || status === 'warning') expect([id, next]).toEqual([first?.id, first?.next]);
        else expect(id).toBe(status);
      }),
    );
  });

  it('names each problem, and each step is printed where it is not a repetition', () => {
    fc.assert(
      fc.property(groups, fc.constantFrom('linux' as const, 'win32' as const), (drawn, platform) => {
        const isVerbose = true;
        const shown = new ShownSteps({ platform, ownActor: 'tentacle-admin', isVerbose });
        const text = drawn
          .map((group) => {
            const definition = checkGroups.find(({ name }) => name === group.name);
            return definition === undefined ? '' : groupText(definition, group, { shown, screen: SCREEN, isVerbose });
          })
          .join('')
          // A long command continues behind a pipe, on a line of its own.
          .replaceAll(/\|\n +/g, '| ');
        const verdict = checkVerdictText(
          {
            schema: 'tentacle-pong/check/1',
            tool: { name: 'tentacle-pong', version: '1' },
            startedAt: '',
            elapsedUs: 1,
            host: { name: 'web01', platform },
            groups: drawn,
            counts: countChecks(drawn),
            verdict: checkVerdict(drawn),
          },
          SCREEN,
        ).replaceAll(/\s+/g, ' ');
        for (const { id, status, next } of drawn.flatMap(({ checks }) => checks)) {
          if (status === 'problem') expect(verdict).toContain(id);
          if (status === 'ok' || status === 'skipped') continue;
          for (const { windows, linux } of next)
            for (const command of ((platform === 'win32' ? windows : linux) ?? '').split('\n'))
              expect(text).toContain(command);
        }
      }),
      { numRuns: 50 },
    );
  });
});
