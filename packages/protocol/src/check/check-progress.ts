import type { Environment } from '../cli/environment.js';
import type { CheckGroupName } from '../diagnostics/checks/check.js';

/** One line on a terminal that names the groups of checks that still run. It writes nothing anywhere else. */
export class CheckProgress {
  readonly #environment: Pick<Environment, 'redraw' | 'stderrIsTerminal' | 'width'>;
  readonly #running: Set<CheckGroupName>;

  constructor(
    environment: Pick<Environment, 'redraw' | 'stderrIsTerminal' | 'width'>,
    names: readonly CheckGroupName[],
  ) {
    this.#environment = environment;
    this.#running = new Set(names);
    this.#draw();
  }

  /** A group has finished. */
  end(name: CheckGroupName): void {
    this.#running.delete(name);
    this.#draw();
  }

  /** Prints text in place of the line, which follows below it. */
  around(print: () => void): void {
    this.#redraw('');
    print();
    this.#draw();
  }

  #draw(): void {
    this.#redraw(this.#running.size === 0 ? '' : `checking: ${[...this.#running].join(', ')}`);
  }

  #redraw(line: string): void {
    const { redraw, stderrIsTerminal, width } = this.#environment;
    if (!stderrIsTerminal) return;
    // One less than the width, so that the line never wraps.
    const chars = width - 1;
    const cut = line.length <= chars ? line : `${line.slice(0, chars - 3)}...`;
    redraw(cut.padEnd(chars));
    // Whatever is printed next begins in the first column.
    redraw('');
  }
}
