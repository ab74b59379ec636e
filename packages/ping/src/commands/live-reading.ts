import { nowUs } from 'tentacle-protocol';
import { type Environment, formatRate, formatSize, omitUndefined, type Screen, showLive } from 'tentacle-protocol/cli';
import { bytesLine, liveLine, WAIT_SHOWN_US, waitingText } from '../output/live-text.js';
import { RecentRate } from './recent-rate.js';

/** A text of known or unknown size that is read. */
interface Input {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly sizeBytes?: number;
}

/** Shows on the status line how much of a text was read. */
export class LiveReading {
  readonly stop: () => void;
  /** The input, counted as it is read. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly #sizeBytes: number | undefined;
  readonly #rate = new RecentRate();
  #readBytes = 0;
  #readAtUs = nowUs();

  constructor({ chunks, sizeBytes }: Input, environment: Environment) {
    this.#sizeBytes = sizeBytes;
    this.#rate.restart();
    this.chunks = this.#counted(chunks);
    this.stop = showLive(environment, (screen) => this.#describe(screen));
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#readBytes += chunk.length;
      this.#readAtUs = nowUs();
      yield chunk;
    }
  }

  #describe(screen: Screen): string {
    const perSecond = this.#rate.perSecond(this.#readBytes);
    const stalledUs = nowUs() - this.#readAtUs;
    const progress = { label: 'reading', doneBytes: this.#readBytes, ...omitUndefined({ perSecond }) };
    // A file that is written to at the moment may be longer than it was.
    if (this.#sizeBytes !== undefined && this.#sizeBytes >= this.#readBytes)
      return bytesLine({ ...progress, totalBytes: this.#sizeBytes, stalledUs }, screen);
    const rate = perSecond === undefined ? '' : formatRate(perSecond).replace(/ \(.*/, '');
    return liveLine(
      [
        { text: `${formatSize(this.#readBytes)} read`, priority: 2 },
        { text: stalledUs < WAIT_SHOWN_US ? rate : waitingText('input', stalledUs), priority: 1 },
      ],
      screen,
    );
  }
}
