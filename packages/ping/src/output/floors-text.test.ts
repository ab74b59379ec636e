import { DurationHistogram } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import type { StageFigures } from '../report/stage-figures.js';
import { floorsText } from './floors-text.js';

function stage(us: number, floorUs?: number): StageFigures {
  const histogram = new DurationHistogram();
  histogram.add(us);
  return floorUs === undefined ? histogram.figures : { ...histogram.figures, floorUs };
}

describe('floorsText', () => {
  it('names the stages of which this tool takes a quarter or more', () => {
    const text = floorsText(
      { stages: { tcp: stage(200, 20), tls: stage(2000, 900), rpc: stage(100, 25) } },
      { width: 80 },
    );
    expect(text).toContain('0.90 ms of tls');
    expect(text).toContain('0.03 ms of rpc');
    expect(text).not.toContain('tcp');
  });

  it('is empty on a slower path, and without floors', () => {
    expect(floorsText({ stages: { tcp: stage(20_000, 20), tls: stage(42_000, 900) } }, { width: 80 })).toBe('');
    expect(floorsText({ stages: { tcp: stage(20) } }, { width: 80 })).toBe('');
  });
});
