import { DurationHistogram } from 'tentacle-protocol/cli';
import { describe, expect, it } from 'vitest';
import type { Report } from './report.js';
import { collectWarnings } from './warnings.js';

const proxy = { used: true, by: '--proxy', host: 'proxy.example', port: 3128 };

/** A report through a proxy whose stage took this long. */
function warnings(stage: 'dns' | 'proxy', us: number): { id: string; text: string }[] {
  const stats = new DurationHistogram();
  stats.add(us);
  const about: Pick<Report, 'target' | 'proxy' | 'stages' | 'peer' | 'records' | 'endedAt'> = {
    target: { host: 'tentacle.example', port: 10933 },
    proxy,
    stages: { [stage]: stats.figures },
    peer: { kind: 'unknown', ownThumbprint: '' },
    records: [],
    endedAt: '2026-01-01T00:00:00.000Z',
  };
  return collectWarnings(about);
}

describe('through a proxy', () => {
  it('warns of a slow tunnel, with the time after which Octopus stops waiting', () => {
    expect(warnings('proxy', 4_999_000)).toEqual([]);
    const [warning] = warnings('proxy', 16_000_000);
    expect(warning).toMatchObject({ id: 'proxy.slow' });
    expect(warning?.text).toMatch(/proxy\.example:3128 .*\b16 s\b.*\b15 s\b/);
  });

  it("a slow look-up is one of the proxy's name", () => {
    const [warning] = warnings('dns', 2_000_000);
    expect(warning?.id).toBe('dns.slow');
    expect(warning?.text).toContain('proxy.example');
  });
});
