import { REQUEST_VALUES_MAX } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { limitDefinitions } from '../options/limit-definitions.js';
import { describeLimits, fixedLimits, LIMITS, limitsInForce, reachedLimits } from './limits.js';

test('every limit is set by an option or listed as fixed, and the line at the start has them all', () => {
  const line = describeLimits(limitsInForce({ unidentifiedMax: 7 }));
  const fixed = fixedLimits();
  for (const [name, { option, meaning, value, unit }] of limitDefinitions) {
    expect(LIMITS[name]).toBe(value);
    if (option === undefined) expect(fixed.map((limit) => limit.meaning)).toContain(meaning);
    else if (name === 'unidentifiedMax') expect(line).toContain(`--${option} 7;`);
    else expect(line).toContain(`--${option} ${unit === 'ms' ? `${value / 1000}s` : value};`);
  }
  for (const { meaning, value } of fixed) expect(line).toContain(`${meaning}: ${value}`);
  expect(fixed.map(({ value }) => value)).toContain(String(REQUEST_VALUES_MAX));
});

test('a limit counts as reached by the endings of its connections', () => {
  expect(reachedLimits({ served: 4, 'too-many-connections': 2 }, LIMITS)).toEqual([
    { option: '--max-connections 10000', connections: 2 },
  ]);
});
