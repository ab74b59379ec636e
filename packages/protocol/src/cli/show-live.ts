import type { Screen } from '../text/screen.js';
import type { Environment } from './environment.js';

/** Four times a second a person sees it move, and it takes nothing of the measurement. */
const RENEW_MS = 250;

/**
 * Shows a text on the status line, and renews it until it is stopped. Work of less than a quarter of a second shows nothing.
 * Without a terminal, nothing is shown and `describe` is not called.
 * @param describe returns the text as of now, for a terminal as wide as it is now; undefined: nothing to show.
 * @returns stops it, and clears the line.
 */
export function showLive(
  { status, unicode }: Pick<Environment, 'status' | 'unicode'>,
  describe: (screen: Screen) => string | undefined,
): () => void {
  if (status === undefined) return () => undefined;
  const textNow = (): string => describe({ width: status.width, unicode }) ?? '';
  // It must not keep the process from ending.
  const timer = setInterval(() => status.show(textNow), RENEW_MS).unref();
  return () => {
    clearInterval(timer);
    status.clear();
  };
}
