import { maskUnsafe } from '../text/sanitize.js';

/** Arguments, or files they name, that cannot be used: one line with what is wrong and what to use instead. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** What the message repeats of the user's text must not break the line. */
  constructor(message: string) {
    super(maskUnsafe(message));
  }
}
