import type { Glossary } from 'tentacle-protocol/html';

/** What the pages of one document share. */
export interface PageContext {
  readonly glossary: Glossary;
  /** The runtime of the program that measured: `Node v22.11.0, ...`. Absent where that was another process. */
  readonly runtime?: string | undefined;
}
