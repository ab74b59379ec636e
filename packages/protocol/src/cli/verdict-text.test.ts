import { describe, expect, it } from 'vitest';
import { catalogue } from '../diagnostics/catalogue.js';
import type { Step } from '../diagnostics/step.js';
import { failureVerdict, type Verdict } from '../diagnostics/verdict.js';
import { withoutStyles } from '../text/style.js';
import { beyondAscii, commandsOf, SCREENS, tooWide, wordsOf } from './screens.test.support.js';
import { verdictText } from './verdict-text.js';

const SCREEN = { width: 80, unicode: true };

const VERDICTS: readonly (readonly [string, Verdict])[] = catalogue.map((row) => [
  row.id,
  failureVerdict(row.id, row.example, 1, { sent: 3, ok: 2, failed: 1 }),
]);

const STEP: Step = { who: 'tentacle-admin', action: 'Check the service.' };
const VERDICT: Verdict = {
  id: 'tcp.refused',
  title: 'Connection refused',
  means: `The peer presented ${'A'.repeat(40)} and not ${'B'.repeat(40)}.`,
  certainty: { kind: 'conclusive', unless: 'the page is that of another machine' },
  next: [STEP, { ...STEP, action: 'Run this.', windows: `do ${'B'.repeat(40)}`, linux: `do ${'B'.repeat(40)}` }, STEP],
};

it.each(VERDICTS)('the verdict %s fits every screen, without a broken word', (id, verdict) => {
  const whole = wordsOf(verdictText(verdict, { width: 10_000, unicode: true })).slice(1);
  const tentacleHost = id === 'tcp.refused' ? 'web01' : undefined;
  for (const screen of SCREENS) {
    for (const isVerbose of [true, false]) {
      const text = verdictText(verdict, screen, { isVerbose, tentacleHost });
      expect(tooWide(text, screen, commandsOf(verdict.next))).toEqual([]);
      if (!screen.unicode) expect(beyondAscii(text)).toEqual([]);
    }
    // All but the mark.
    expect(wordsOf(verdictText(verdict, screen)).slice(1)).toEqual(whole);
  }
});

describe('the short form', () => {
  const short = withoutStyles(verdictText(VERDICT, SCREEN, { isVerbose: false, tentacleHost: 'web01' }));
  const long = withoutStyles(verdictText(VERDICT, SCREEN, { tentacleHost: 'web01' }));

  it('has the first two steps, and says that there are more', () => {
    expect(short.match(/^ +\d\. /gm)?.length).toBe(2);
    expect(short).toContain('--verbose');
    expect(long.match(/^ +\d\. /gm)?.length).toBe(3);
    expect(long).not.toContain('--verbose');
  });

  it('shortens a thumbprint that a step has, and no other', () => {
    const [means = ''] = short.split('Next');
    expect(means).toContain('BBBBBBBB..BBBB');
    expect(means).toContain('A'.repeat(40));
    expect(long.split('B'.repeat(40))).toHaveLength(3);
  });

  it('leaves out what a certain cause depends on', () => {
    expect(wordsOf(short).join(' ')).not.toContain('the page is that of another machine');
    expect(wordsOf(long).join(' ')).toContain('the page is that of another machine');
  });
});

describe('the actor', () => {
  it('is named once where all steps are the same actor’s, with the host where it is known', () => {
    expect(verdictText(VERDICT, SCREEN, { tentacleHost: 'web01' })).toMatch(/Next, on web01/);
    expect(verdictText(VERDICT, SCREEN)).toMatch(/Next, for/);
  });

  it('is named at each step where steps are those of several', () => {
    const text = withoutStyles(verdictText({ ...VERDICT, next: [STEP, { ...STEP, who: 'network-team' }] }, SCREEN));
    expect(text.match(/^ +\d\. [A-Z][^.]*: /gm)?.length).toBe(2);
  });
});
