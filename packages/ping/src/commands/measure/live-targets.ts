import { nowUs } from 'tentacle-protocol';
import { type Environment, type Screen, showLive } from 'tentacle-protocol/cli';
import type { TargetLine } from '../../measurements/targets/targets-report.js';
import type { RunOptions } from '../../options/run-options.js';
import { failedText, leftText, liveLine, waitingText } from '../../output/live-text.js';
import { targetName } from '../../output/targets-text.js';
import type { LiveSession } from '../../session/session.js';
import { longestWait } from './live-run.js';

/** Shows on the status line how many targets were measured, how many work, and which one is waited for. */
export class LiveTargets {
  readonly stop: () => void;
  readonly #targets: readonly RunOptions[];
  readonly #startedUs = nowUs();
  readonly #sessions = new Map<number, LiveSession>();
  #ok = 0;
  #failed = 0;

  constructor(targets: readonly RunOptions[], environment: Environment) {
    this.#targets = targets;
    this.stop = showLive(environment, (screen) => this.#describe(screen));
  }

  readonly onSession = (session: LiveSession, index: number): void => {
    this.#sessions.set(index, session);
  };

  ended(index: number, { verdict }: TargetLine): void {
    this.#sessions.delete(index);
    if (verdict.id === 'ok') this.#ok++;
    else this.#failed++;
  }

  #describe(screen: Screen): string {
    const ended = this.#ok + this.#failed;
    const elapsedUs = nowUs() - this.#startedUs;
    const leftUs = ended === 0 ? undefined : ((this.#targets.length - ended) * elapsedUs) / ended;
    const waiting = this.#longestWait();
    return liveLine(
      [
        { text: `${ended}/${this.#targets.length} targets`, priority: 9 },
        { text: `${this.#ok} ok`, priority: 8 },
        { text: failedText(this.#failed), priority: 8 },
        { text: `${this.#sessions.size} running`, priority: 5 },
        { text: waiting ?? '', priority: 6 },
        { text: leftText(leftUs), priority: 4 },
      ],
      screen,
    );
  }

  #longestWait(): string | undefined {
    const waits = [...this.#sessions].flatMap(([index, { running }]) => {
      const wait = longestWait(running);
      return wait === undefined ? [] : [{ ...wait, index }];
    });
    const [longest] = waits.sort((a, b) => b.elapsedUs - a.elapsedUs);
    const target = longest === undefined ? undefined : this.#targets[longest.index];
    if (longest === undefined || target === undefined) return undefined;
    return waitingText(`${targetName(target)} ${longest.stage}`, longest.elapsedUs);
  }
}
