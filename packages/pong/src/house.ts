import type { SecureContext } from 'node:tls';
import type { Logger } from 'pino';
import type { Attestor } from './attestor.js';
import type { Limits } from './limits.js';
import type { Records } from './records.js';
import type { Tally } from './tally.js';

/** What all connections of one run share. */
export interface House {
  readonly version: string;
  readonly secureContext: SecureContext;
  /** Thumbprints to answer; empty: everybody's, and those who come without a certificate. */
  readonly trusted: ReadonlySet<string>;
  readonly attestor: Attestor;
  readonly limits: Limits;
  readonly log: Logger;
  readonly tally: Tally;
  readonly records: Pick<Records, 'add' | 'answer'>;
  /** The end of the run: every connection is cut. */
  readonly stop: AbortSignal;
}
