import { nowUs, type Stage } from 'tentacle-protocol';
import { type Environment, type Screen, showLive } from 'tentacle-protocol/cli';
import { failedText, leftText, liveLine, timesText, WAIT_SHOWN_US, waitingText } from '../../output/live-text.js';
import type { LiveSession } from '../../session/session.js';

/** Shows the run on the status line while it lasts. It only reads what is counted anyway. */
export class LiveRun {
  readonly stop: () => void;
  readonly #startedUs = nowUs();
  #session: LiveSession | undefined;

  constructor(environment: Environment) {
    this.stop = showLive(environment, (screen) => this.#describe(screen));
  }

  readonly onSession = (session: LiveSession): void => {
    this.#session ??= session;
  };

  #describe(screen: Screen): string | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    const { tally, options, nextDueUs } = session;
    const { count } = options;
    const now = nowUs();
    const sent = tally.sent;
    const total = tally.stages.get('total');
    const { p50, longest } = total === undefined ? { p50: '', longest: '' } : timesText(total);
    const last = tally.lastFailure;
    const waiting = longestWait(session.running);
    const nextUs = nextDueUs === undefined ? 0 : nextDueUs - now;
    const next = nextUs > 0 ? `next in ${(nextUs / 1_000_000).toFixed(1)} s` : '';
    const sentText = sent.toLocaleString('en-US');
    return liveLine(
      [
        { text: count === undefined ? sentText : `${sentText}/${count.toLocaleString('en-US')}`, priority: 9 },
        { text: `${tally.ok.toLocaleString('en-US')} ok`, priority: 8 },
        { text: failedText(tally.failed), priority: 8 },
        { text: last === undefined ? '' : `last ${last}`, priority: 4 },
        { text: p50, priority: 3 },
        { text: longest, priority: 5 },
        {
          text: waiting === undefined ? next : waitingText(waiting.stage, waiting.elapsedUs),
          priority: waiting === undefined ? 1 : 7,
        },
        { text: leftText(remainingUs(session, now - this.#startedUs)), priority: 2 },
      ],
      screen,
    );
  }
}

/** The attempt that has waited longest in its stage, where that is over a second. Data and silence have lines of their own. */
export function longestWait(
  running: LiveSession['running'],
): { readonly stage: Stage; readonly elapsedUs: number } | undefined {
  let longest: { stage: Stage; elapsedUs: number } | undefined;
  for (const { currentStage: stage, elapsedInStageUs: elapsedUs } of running) {
    if (stage === 'data' || stage === 'idle' || elapsedUs < WAIT_SHOWN_US) continue;
    if (longest === undefined || elapsedUs > longest.elapsedUs) longest = { stage, elapsedUs };
  }
  return longest;
}

/** How long the run will take, by its limits and at the pace until now; undefined: until it is stopped. */
function remainingUs({ options, tally }: LiveSession, elapsedUs: number): number | undefined {
  const { count, durationUs, deadlineUs, intervalUs } = options;
  const { sent } = tally;
  const byCount = count === undefined || sent === 0 ? [] : [(count - sent) * Math.max(intervalUs, elapsedUs / sent)];
  const byTime = [durationUs, deadlineUs].flatMap((limitUs) => (limitUs === undefined ? [] : [limitUs - elapsedUs]));
  const limits = [...byCount, ...byTime];
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
}
