import { type Direction, nowUs } from 'tentacle-protocol';
import { type Environment, formatSize, type Screen, showLive } from 'tentacle-protocol/cli';
import type { SizeRequest } from '../../measurements/sizes/run-size-search.js';
import { liveLine, type LivePart, progressBar, WAIT_SHOWN_US, waitingText } from '../../output/live-text.js';
import type { TriedSize } from '../../report/sizes-report.js';

/** A search in one direction, as far as it has come. */
interface LiveSearch {
  tried: number;
  current?: SizeRequest & { readonly sinceUs: number };
}

const BAR_COLUMNS = 10;

/** Shows the search for size limits on the status line: for each direction, the size that is tried, and which of how many. */
export class LiveSizes {
  readonly stop: () => void;
  readonly #steps: number;
  readonly #searches = new Map<Direction, LiveSearch>();

  /** @param steps the sizes that are tried in any case. */
  constructor(steps: number, environment: Environment) {
    this.#steps = steps;
    this.stop = showLive(environment, (screen) => this.#describe(screen));
  }

  readonly onBegin = (request: SizeRequest): void => {
    const { tried = 0 } = this.#searches.get(request.direction) ?? {};
    this.#searches.set(request.direction, { tried, current: { ...request, sinceUs: nowUs() } });
  };

  readonly onTried = ({ direction }: TriedSize): void => {
    this.#searches.set(direction, { tried: (this.#searches.get(direction)?.tried ?? 0) + 1 });
  };

  #describe(screen: Screen): string | undefined {
    const parts = [...this.#searches].flatMap(([direction, search]) => this.#partsOf(direction, search, screen));
    return parts.length === 0 ? undefined : liveLine(parts, screen);
  }

  #partsOf(direction: Direction, { tried, current }: LiveSearch, screen: Screen): LivePart[] {
    if (current === undefined) return [];
    const isLadder = current.why === 'ladder';
    const step = isLadder ? `${tried + 1}/${this.#steps}` : STEPS[current.why];
    const waitedUs = nowUs() - current.sinceUs;
    const size = `${direction} ${formatSize(current.sizeBytes)}`;
    return [
      { text: waitedUs < WAIT_SHOWN_US ? size : waitingText(size, waitedUs), priority: 5 },
      { text: step, priority: 4 },
      { text: isLadder ? progressBar(tried / this.#steps, BAR_COLUMNS, screen) : '', priority: 1 },
    ];
  }
}

/** What is done once the first sizes have been tried. */
const STEPS: Readonly<Record<TriedSize['why'], string>> = {
  ladder: '',
  again: 'again',
  above: 'the largest',
  between: 'narrowing down',
  confirm: 'confirming',
  pieces: 'in pieces',
};
