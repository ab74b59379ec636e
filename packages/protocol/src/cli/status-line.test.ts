import { describe, expect, it, vi } from 'vitest';
import { TerminalStatusLine } from './status-line.js';

/** What a terminal shows: a carriage return leads to the first column, and text replaces what is there. */
class Terminal {
  columns: number | undefined = 40;
  readonly lines = [''];
  #column = 0;

  readonly write = (text: string): void => {
    for (const letter of text) {
      const line = this.lines.at(-1) ?? '';
      if (letter === '\r') this.#column = 0;
      else if (letter === '\n') {
        this.lines.push('');
        this.#column = 0;
      } else {
        this.lines[this.lines.length - 1] = line.slice(0, this.#column) + letter + line.slice(this.#column + 1);
        this.#column++;
        expect(this.#column).toBeLessThan(this.columns ?? 80);
      }
    }
  };

  get shown(): string[] {
    return this.lines.map((line) => line.trimEnd());
  }
}

function statusLineOn(terminal: Terminal): TerminalStatusLine {
  return new TerminalStatusLine(terminal.write, () => terminal.columns);
}

describe('the status line', () => {
  it('is rewritten in place, and removed', () => {
    const terminal = new Terminal();
    const status = statusLineOn(terminal);
    status.show('something long');
    status.show('short');
    expect(terminal.shown).toEqual(['short']);
    status.clear();
    expect(terminal.shown).toEqual(['']);
  });

  it('stays below what is printed', () => {
    const terminal = new Terminal();
    const status = statusLineOn(terminal);
    status.show('waiting');
    status.around('a line\n', () => terminal.write('a line\n'));
    expect(terminal.shown).toEqual(['a line', 'waiting']);
    status.around('half', () => terminal.write('half'));
    expect(terminal.shown).toEqual(['a line', 'half']);
  });

  it.each([0, undefined, 1, 2, 4, 12, 300])('is cut to the width that the terminal has now: %s columns', (columns) => {
    const terminal = new Terminal();
    terminal.columns = 300;
    const status = statusLineOn(terminal);
    status.show('x'.repeat(100));
    status.clear();
    terminal.columns = columns === 0 ? 80 : columns;
    const resized = new TerminalStatusLine(terminal.write, () => columns);
    resized.show('y'.repeat(400));
    expect(terminal.shown[0]?.length).toBeLessThan(columns === 0 || columns === undefined ? 80 : columns);
  });
});

describe('many lines in a row', () => {
  it('are followed by a status line each only as often as a person can see, and by one in the end', async () => {
    const terminal = new Terminal();
    const status = statusLineOn(terminal);
    let drawn = 0;
    status.show(() => `${++drawn}`);
    for (let line = 0; line < 1000; line++) status.around('a line\n', () => terminal.write('a line\n'));
    expect(drawn).toBeLessThan(100);
    await vi.waitFor(() => expect(terminal.shown.at(-1)).toBe(`${drawn}`));
    status.clear();
    expect(terminal.shown.at(-1)).toBe('');
  });

  it('do not bring back a line that was removed', () => {
    const terminal = new Terminal();
    const status = statusLineOn(terminal);
    status.show('waiting');
    status.around('a\n', () => terminal.write('a\n'));
    status.around('b\n', () => terminal.write('b\n'));
    status.clear();
    expect(terminal.shown).toEqual(['a', 'b', '']);
  });
});

it('is erased within a terminal that has become narrower', () => {
  const terminal = new Terminal();
  terminal.columns = 100;
  const status = statusLineOn(terminal);
  status.show('x'.repeat(90));
  terminal.columns = 20;
  terminal.lines.push('');
  status.clear();
  expect(terminal.lines.at(-1)?.length).toBeLessThan(20);
});
