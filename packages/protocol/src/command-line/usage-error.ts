/** The user asked for something that cannot be. One line: what is wrong, and what would be right. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
