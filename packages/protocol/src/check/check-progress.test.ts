import { describe, expect, it } from 'vitest';
import { CheckProgress } from './check-progress.js';

/** What a terminal shows on its current line after each text: a redraw writes from the first column. */
class Line {
  shown = '';
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  redraw(text: string): void {
    this.shown = `${text}${this.shown.slice(text.length)}`.trimEnd();
    expect(text.length).toBeLessThan(this.#columns);
  }
}

function progressOn(columns: number, stderrIsTerminal: boolean): { progress: CheckProgress; line: Line } {
  const line = new Line(columns);
  const redraw = (text: string): void => line.redraw(text);
  return { progress: new CheckProgress({ redraw, stderrIsTerminal, width: columns }, ['port', 'firewall']), line };
}

describe('the line of progress', () => {
  it('names the groups that still run, and is gone at the end', () => {
    const { progress, line } = progressOn(80, true);
    expect(line.shown).toMatch(/port.*firewall/);
    progress.end('port');
    expect(line.shown).toContain('firewall');
    expect(line.shown).not.toContain('port');
    progress.end('firewall');
    expect(line.shown).toBe('');
  });

  it('leaves its place to text', () => {
    const { progress, line } = progressOn(80, true);
    progress.around(() => expect(line.shown).toBe(''));
    expect(line.shown).not.toBe('');
  });

  it('never wraps', () => {
    progressOn(12, true);
  });

  it('is written on terminals only', () => {
    const { progress, line } = progressOn(80, false);
    progress.end('port');
    expect(line.shown).toBe('');
  });
});
