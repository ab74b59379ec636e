/** The user asked for something that cannot be. One line: what is wrong, and what would be right. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** Whatever the user wrote, and the message repeats, does not break the line. */
  constructor(message: string) {
    super(message.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?'));
  }
}
