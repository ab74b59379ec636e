/** How a program ends, as its help documents it. */
export const ExitStatus = {
  OK: 0,
  /** The path does not work, a difference was found, or the program itself failed. */
  FAILED: 1,
  /** The arguments, or a file they name, cannot be used. */
  USAGE: 2,
} as const;
