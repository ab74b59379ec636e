import { nowUs } from 'tentacle-protocol';
import { count, type Environment, type Screen, showLive } from 'tentacle-protocol/cli';
import type { PollingServerContext } from '../measurements/polling-server/polling-server-context.js';
import { failedText, leftText, liveLine, timesText, WAIT_SHOWN_US, waitingText } from '../output/live-text.js';

type WatchedServer = Pick<PollingServerContext, 'plan' | 'tally' | 'subscriptions'>;

/** Shows on the status line how many calls were answered, and how many connections poll. */
export class LivePolling {
  readonly stop: () => void;
  readonly #startedUs = nowUs();
  #server: WatchedServer | undefined;

  constructor(environment: Environment) {
    this.stop = showLive(environment, (screen) => this.#describe(screen));
  }

  readonly onStart = (server: WatchedServer): void => {
    this.#server = server;
  };

  #describe(screen: Screen): string | undefined {
    if (this.#server === undefined) return undefined;
    const { plan, tally, subscriptions } = this.#server;
    const all = [...subscriptions.all.values()];
    const open = all.reduce((sum, subscription) => sum + subscription.open, 0);
    const ended = tally.ok + tally.failed;
    const requested = plan.count === undefined ? '' : `/${plan.count * Math.max(1, all.length)}`;
    const elapsedUs = nowUs() - this.#startedUs;
    const { p50, longest } = timesText(tally.roundTrip);
    const pollers = count(open, 'connection polls', 'connections poll');
    const leftUs = plan.deadlineUs === undefined ? undefined : plan.deadlineUs - elapsedUs;
    const isWaiting = open === 0 && elapsedUs >= WAIT_SHOWN_US;
    return liveLine(
      [
        { text: `${ended}${requested} calls`, priority: 9 },
        { text: `${tally.ok} ok`, priority: 7 },
        { text: failedText(tally.failed), priority: 7 },
        { text: isWaiting && ended === 0 ? waitingText('no client polls', elapsedUs) : pollers, priority: 8 },
        { text: p50, priority: 2 },
        { text: longest, priority: 3 },
        { text: leftText(leftUs), priority: 4 },
      ],
      screen,
    );
  }
}
