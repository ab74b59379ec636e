import type { Certainty, FailureId } from 'tentacle-protocol';
import type { ComparedEnds } from '../report/remote-view.js';

/** What both ends' record files come to. Plain JSON. */
export interface EndsComparison {
  readonly schema: 'tentacle-ping/ends/1';
  readonly tool: { readonly name: 'tentacle-ping'; readonly version: string };
  readonly target: { readonly host: string; readonly port: number };
  readonly otherEnd: ComparedEnds;
  /** For each failure, what the other end saw of it, and what that leaves of its causes. */
  readonly failures: readonly EndsFinding[];
  /** Lines of pong's file that were torn off, or are damaged. */
  readonly unreadable: number;
}

export interface EndsFinding {
  readonly id: FailureId;
  readonly title: string;
  readonly says: string;
  readonly certainty: Certainty;
}
