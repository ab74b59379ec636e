/** How a program ends, as its help documents it. */
export const ExitStatus = {
  OK: 0,
  /** Nothing works, a difference was found, or the program itself failed; 1 is also what ping returns without a reply. */
  FAILED: 1,
  /** The arguments, or a file they name, cannot be used. */
  USAGE: 2,
  /** A part of what was measured works: some attempts or targets failed, or a threshold was not met. */
  PARTIAL: 3,
} as const;
