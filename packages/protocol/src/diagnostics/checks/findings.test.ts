import { describe, expect, it } from 'vitest';
import { catalogue } from '../catalogue.js';
import { endings } from '../endings.js';
import { findings } from './findings.js';

/** A title is one line of a list, behind its status, at 120 columns. */
const TITLE_MAX_CHARS = 100;

describe('what checks can find', () => {
  it('has ids of its own', () => {
    const ids = findings.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const others = new Set<string>([...catalogue, ...endings].map(({ id }) => id));
    expect(ids.filter((id) => others.has(id))).toEqual([]);
  });

  it.each(findings)('$id: a problem or a warning has its meaning and a step', ({ id, example }) => {
    expect(id).toMatch(/^[a-z-]+\.[a-z0-9-]+$/);
    expect(example.title.length).toBeLessThanOrEqual(TITLE_MAX_CHARS);
    if (example.status !== 'problem' && example.status !== 'warning') return;
    expect(example.means).toBeDefined();
    expect(example.next).not.toEqual([]);
  });
});
