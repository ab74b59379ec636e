import { describe, expect, it, vi } from 'vitest';
import { styled, withoutStyles } from '../text/style.js';
import { TerminalStatusLine } from './status-line.js';

const ERASE_BELOW = '\u001b[J';

/** What a terminal shows: a carriage return leads to the first column, and text replaces what is there. */
class Terminal {
  columns: number | undefined = 40;
  lines = [''];
  #row = 0;
  #column = 0;

  readonly write = (text: string): void => {
    for (const [letter = ''] of text.matchAll(new RegExp(`${ERASE_BELOW.replace('[', String.raw`\[`)}|.`, 'gs'))) {
      const line = this.lines[this.#row] ?? '';
      if (letter === '\r') this.#column = 0;
      else if (letter === ERASE_BELOW) this.lines = [...this.lines.slice(0, this.#row), line.slice(0, this.#column)];
      else if (letter === '\n') {
        this.lines[++this.#row] = '';
        this.#column = 0;
      } else if (withoutStyles(letter) === '') this.lines[this.#row] = line + letter;
      else {
        this.lines[this.#row] = line.slice(0, this.#column) + letter + line.slice(this.#column + 1);
        this.#column++;
        expect(this.#column).toBeLessThan(this.columns ?? 80);
      }
    }
  };

  /** Wraps the line of the cursor, which stays at the beginning of the line, as tmux and Windows Terminal do. */
  narrow(columns: number): void {
    this.columns = columns;
    const line = this.lines.pop() ?? '';
    for (let from = 0; from < line.length; from += columns) this.lines.push(line.slice(from, from + columns));
  }

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

it('ends in three dots where it is cut, also with colors', () => {
  const terminal = new Terminal();
  statusLineOn(terminal).show(`${styled('good', 'a'.repeat(10))} ${styled('bad', 'b'.repeat(100))}`);
  expect(withoutStyles(terminal.shown[0] ?? '')).toMatch(/^a{10} b{25}\.\.\.$/);
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

describe('in a terminal that has become narrower, and has wrapped it, the status line', () => {
  const narrowed = (): { terminal: Terminal; status: TerminalStatusLine } => {
    const terminal = new Terminal();
    terminal.columns = 100;
    const status = statusLineOn(terminal);
    status.around('a line\n', () => terminal.write('a line\n'));
    status.show('x'.repeat(90));
    terminal.narrow(20);
    return { terminal, status };
  };

  it('is removed as a whole', () => {
    const { terminal, status } = narrowed();
    status.clear();
    expect(terminal.shown).toEqual(['a line', '']);
  });

  it('is replaced as a whole', () => {
    const { terminal, status } = narrowed();
    status.show('y'.repeat(90));
    expect(terminal.shown).toEqual(['a line', `${'y'.repeat(16)}...`]);
  });

  it('leaves its line to a line that is printed', () => {
    const { terminal, status } = narrowed();
    status.around('b\n', () => terminal.write('b\n'));
    status.clear();
    expect(terminal.shown).toEqual(['a line', 'b', '']);
  });
});
