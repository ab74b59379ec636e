import type { StatusLine } from 'tentacle-protocol/cli';
import { stepName } from './diagnosis-text.js';

/** The time of a step is shown in seconds. */
const TICK_MS = 1000;

/** Shows the step that is running, and for how long, on the status line. */
export class RunningStep {
  readonly #status: StatusLine | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(status: StatusLine | undefined) {
    this.#status = status;
  }

  start(id: string): void {
    clearInterval(this.#timer);
    const name = stepName(id);
    let seconds = 0;
    this.#status?.show(`  testing: ${name}`);
    this.#timer = setInterval(() => this.#status?.show(`  testing: ${name}, ${++seconds} s`), TICK_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#status?.clear();
  }
}
