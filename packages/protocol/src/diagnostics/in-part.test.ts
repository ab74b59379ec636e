import { describe, expect, it } from 'vitest';
import type { OtherAttempts } from '../trace.js';
import { catalogue } from './catalogue.js';
import { describeFailure } from './describe-failure.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const span = (count: number, second: number) => ({ count, firstAt: at(second), lastAt: at(second + count - 1) });

const ORDERS: readonly OtherAttempts[] = [
  { order: 'after', failed: span(3, 0), passed: span(4, 5) },
  { order: 'before', failed: span(1, 5), passed: span(1, 0) },
  { order: 'mixed', failed: span(3, 2), passed: span(5, 1) },
];

describe.each(catalogue.map((row) => [row.id, row.example] as const))('%s of only some attempts', (id, example) => {
  const whole = describeFailure(id, example);

  it.each(ORDERS.map((otherAttempts) => [otherAttempts.order, otherAttempts] as const))(
    'that others got past it (%s) leaves causes that a success allows',
    (_, otherAttempts) => {
      const inPart = describeFailure(id, { ...example, facts: { ...example.facts, otherAttempts } });
      expect(inPart.remediation.length).toBeGreaterThan(0);
      const texts = [inPart.explanation, ...inPart.remediation.map(({ action }) => action)];
      for (const text of texts) expect(text).not.toMatch(/undefined|NaN|\[object/);
      if (inPart.diagnosis.kind !== 'ambiguous') return;
      expect(new Set(inPart.diagnosis.causes).size).toBe(inPart.diagnosis.causes.length);
      expect(inPart.diagnosis.causes.length).toBeGreaterThanOrEqual(2);
      if (whole.diagnosis.kind !== 'ambiguous') return;
      // A cause that would fail every attempt is replaced; one that comes and goes stays.
      const { causes } = whole.diagnosis;
      const kept = inPart.diagnosis.causes.filter((cause) => causes.includes(cause));
      expect([0, causes.length]).toContain(kept.length);
    },
  );
});

describe('a refused connection', () => {
  const { example } = catalogue.find(({ id }) => id === 'tcp.refused') ?? {};
  it.each(ORDERS)('$order the others: its text has the times and numbers of both', (otherAttempts) => {
    if (example === undefined) throw new Error('no row');
    const { failed, passed, order } = otherAttempts;
    const { explanation } = describeFailure('tcp.refused', {
      ...example,
      facts: { ...example.facts, otherAttempts },
    });
    expect(explanation).toMatch(new RegExp(`\\b${failed.count} connection`));
    expect(explanation).toMatch(new RegExp(`\\b${passed.count} (later|earlier|other) attempt`));
    const time = (iso: string): string => iso.slice(11, 23);
    if (order === 'after') expect(explanation).toContain(time(passed.firstAt));
    if (order === 'before') expect(explanation).toContain(time(failed.firstAt));
  });
});
