import type { Diagnosis, FailureId } from 'tentacle-protocol/diagnostics';
import type { ComparedEnds } from '../report/remote-view.js';

/** What the records of both ends show together. Plain JSON. */
export interface EndsRecords {
  readonly target: { readonly host: string; readonly port: number };
  readonly otherEnd: ComparedEnds;
  /** For each failure, what the other end recorded of it, and which causes that leaves. */
  readonly failures: readonly EndsFinding[];
  /** Lines of pong's file that are incomplete or damaged. */
  readonly unreadable: number;
}

export interface EndsFinding {
  readonly id: FailureId;
  readonly title: string;
  readonly says: string;
  readonly certainty: Diagnosis;
}
