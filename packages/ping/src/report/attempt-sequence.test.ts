import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttemptSequence, OUTAGES_KEPT } from './attempt-sequence.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** Attempts a second apart, as letters: `.` succeeded, `x` was refused, `t` timed out 10 s later, `-` was canceled. */
function attempts(letters: string) {
  return Array.from(letters, (letter, i) => {
    const number = i + 1;
    const startedAt = at(i);
    if (letter === '.') return { number, startedAt, outcome: 'ok' } as const;
    if (letter === '-') return { number, startedAt, outcome: 'cancelled' } as const;
    return letter === 'x'
      ? ({ number, startedAt, outcome: 'tcp.refused', failedAt: startedAt } as const)
      : ({ number, startedAt, outcome: 'tcp.timeout', failedAt: at(i + 10) } as const);
  });
}

type Attempts = ReturnType<typeof attempts>;

function sequenceOf(ended: Attempts): AttemptSequence {
  const sequence = new AttemptSequence();
  for (const one of ended) sequence.add(one);
  return sequence;
}

describe('the sequence of attempts', () => {
  it.each([
    ['', 'none'],
    ['....', 'none'],
    ['xxxx', 'constant'],
    ['x--x', 'constant'],
    ['xxxx....', 'came-up'],
    ['.......xxxx', 'stopped'],
    ['-.-x-', 'stopped'],
    ['.x.x.x.x', 'alternating'],
    ['x.x.x.', 'alternating'],
    ['.x.x.', 'scattered'],
    ['..x.......x...x......', 'scattered'],
    ['......xxx........', 'bursts'],
    ['.xxxxxxxxxxx.', 'bursts'],
  ])('%s has the pattern %s', (letters, pattern) => {
    expect(sequenceOf(attempts(letters)).pattern).toBe(pattern);
  });

  it('has an outage for failed attempts without a success between them', () => {
    const { outages, outagesDropped } = sequenceOf(attempts('xx..txx-t.x'));
    expect(outages).toEqual([
      { fromAt: at(0), toAt: at(1), attempts: 2, id: 'tcp.refused' },
      { fromAt: at(4), toAt: at(18), attempts: 4, id: 'tcp.timeout' },
      { fromAt: at(10), toAt: at(10), attempts: 1, id: 'tcp.refused' },
    ]);
    expect(outagesDropped).toBe(0);
  });

  const anySequence = fc
    .array(fc.constantFrom('.', '.', 'x', 't', '-'), { maxLength: 400 })
    .map((letters) => attempts(letters.join('')));

  it('does not depend on the order in which attempts end', () => {
    const shuffled = anySequence.chain((ended) =>
      fc.tuple(fc.constant(ended), fc.shuffledSubarray(ended, { minLength: ended.length })),
    );
    fc.assert(
      fc.property(shuffled, ([ended, other]) => {
        const [a, b] = [sequenceOf(ended), sequenceOf(other)];
        expect(b.outages).toEqual(a.outages);
        expect(b.pattern).toBe(a.pattern);
      }),
    );
  });

  it('accounts for every failed attempt, in a limited number of outages, and can be read at any time', () => {
    fc.assert(
      fc.property(anySequence, (ended) => {
        const sequence = new AttemptSequence();
        for (const one of ended) {
          sequence.add(one);
          if (one.number % 50 === 0) expect(sequence.outages.length).toBeLessThanOrEqual(OUTAGES_KEPT);
        }
        const { outages, outagesDropped } = sequence;
        const failed = ended.filter(({ outcome }) => outcome.includes('.')).length;
        const listed = outages.reduce((sum, { attempts: count }) => sum + count, 0);
        expect(outages.length).toBeLessThanOrEqual(OUTAGES_KEPT);
        if (outagesDropped === 0) expect(listed).toBe(failed);
        else expect(listed).toBeLessThan(failed);
        expect(outages.map(({ fromAt }) => fromAt)).toEqual(outages.map(({ fromAt }) => fromAt).toSorted());
      }),
    );
  });

  it('keeps the longest outages', () => {
    const { outages, outagesDropped } = sequenceOf(attempts(`${'x.'.repeat(OUTAGES_KEPT)}xxx.${'x.'.repeat(20)}x`));
    expect(outages).toHaveLength(OUTAGES_KEPT);
    expect(outagesDropped).toBe(22);
    expect(outages.filter(({ attempts: count }) => count === 3)).toHaveLength(1);
  });
});
