/** A line that may have an unused word, and why. */
export interface Exception {
  /** The files, by path below the checkout. */
  readonly files: RegExp;
  /** The trimmed line. */
  readonly phrase: RegExp;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    files:
      /packages\/ping\/src\/(explain|output|pages)\/explanation|packages\/ping\/src\/explain\/(event-tally|match-of-row)/,
    phrase: /\btells\b/,
    reason: 'a key of the JSON that explain prints: keys are API',
  },
  {
    files: /packages\/pong\/src\/options\/transfer-limit-options/,
    phrase: /`\$\{ms\}ms`/,
    reason: 'a value as the option takes it, not one for a person',
  },
  {
    files: /^CHANGELOG\.md$/,
    phrase: /`poll\.nobody`/,
    reason: 'a former id, with the id that replaced it',
  },
];
