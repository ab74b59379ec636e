import { describe, expect, it } from 'vitest';
import { DEPTHS, type MeasurementDepth } from './measurement-depth.js';
import { nothingMeasuredVerdict, okVerdict, pathWorksVerdict } from './run-verdicts.js';

describe('the verdict of a run without a failure', () => {
  it.each(Object.keys(DEPTHS) as MeasurementDepth[])('shows that it measured the path up to: %s', (level) => {
    const run = okVerdict({ sent: 3, ok: 3, failed: 0 }, level);
    expect(run).toMatchObject({ id: 'ok', certainty: { kind: 'conclusive' } });
    expect(run.means).toMatch(/\b3 attempts\b/);
    expect(run.means).toContain(DEPTHS[level].measured);
    expect(pathWorksVerdict(level)).toMatchObject({ id: 'ok', certainty: { kind: 'conclusive' } });
    expect(pathWorksVerdict(level).means).toContain(DEPTHS[level].measured);
  });

  it('differs from that of a run that measured nothing', () => {
    expect(nothingMeasuredVerdict()).toMatchObject({ id: 'nothing-measured', certainty: { kind: 'unknown' } });
  });
});
