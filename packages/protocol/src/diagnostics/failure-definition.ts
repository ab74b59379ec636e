import type { Step } from './step.js';
import type { ConnectionFacts, Stage } from '../trace.js';
import type { ServerError } from '../halibut/messages.js';
import type { Ends } from './ends.js';

/** Where a failure belongs: a stage of the path, the rules of polling, this machine itself, or this tool's own code. */
export type FailureStage = Stage | 'poll' | 'attestation' | 'local' | 'internal';

/** An error as rows see it: codes, bytes and time; never a message. Plain data. */
export interface ErrorSignature {
  /** The stage in which it showed. A TLS 1.3 refusal shows after the handshake. */
  readonly shownAt: Stage;
  /** The system's, OpenSSL's, WireError's or TransportError's code; `OWN_BUG` for any other throw. */
  readonly code: string;
  readonly syscall?: string;
  /** Time since the stage began. */
  readonly elapsedUs: number;
  /** The first bytes received of what was awaited, inside TLS. */
  readonly received: Buffer;
  /** How many bytes of it were received, or during a handshake how many raw bytes. */
  readonly receivedBytes: number;
  /** What was awaited, as a noun phrase. */
  readonly purpose?: string;
  /** The service's response, where that is an error. */
  readonly serverError?: ServerError;
  /** The text of this tool's own bug. */
  readonly bug?: string;
}

/** Everything that a row may base its decision on. */
export interface Observation {
  readonly signature: ErrorSignature;
  readonly facts: ConnectionFacts;
}

/** Whether there is one cause; if not, which causes are possible and how to tell them apart. */
export type Diagnosis =
  /** `unless`: what would make it false, as a clause. No test of this tool can exclude that, and it is rare. */
  | { readonly kind: 'conclusive'; readonly unless?: string }
  | { readonly kind: 'ambiguous'; readonly causes: readonly string[]; readonly howToTell: string }
  /** Only the code itself is known. */
  | { readonly kind: 'unknown' };

/**
 * What a failure says about an address as a whole: that its name is wrong, that it refuses or cannot be reached, drops
 * packets, answers as something else, closes, or stays silent.
 */
export type WholeAddress = 'name' | 'refused' | 'unreachable' | 'dropped' | 'answered' | 'closed' | 'silent';

/** One row of the catalogue: everything that is said about one failure. */
export interface FailureDefinition<Id extends string = string> {
  /** `stage.what`. API: never renamed. */
  readonly id: Id;
  readonly stage: FailureStage;
  /**
   * Set where the row's causes would make every attempt at an address fail. A success at the same address rules them out,
   * and other causes take their place (in-part.ts). Absent: the causes can come and go.
   */
  readonly wholeAddress?: WholeAddress;
  /** The stages at which it can appear; `when` is called for no other. */
  readonly shownAt: readonly Stage[];
  readonly matches: (observation: Observation) => boolean;
  /** One line of at most 60 characters, the same for any two ends. */
  readonly title: string;
  readonly explanation: (observation: Observation, ends: Ends) => string;
  readonly remediation: (facts: ConnectionFacts, ends: Ends) => readonly Step[];
  /** What the real products log when they meet it. */
  readonly octopusLogMessages: readonly string[];
  /** Whether the real library would retry. */
  readonly octopusRetries: boolean;
  readonly diagnosis: Diagnosis | ((ends: Ends, observation: Observation) => Diagnosis);
  readonly example: Observation;
}

/** Returns the row, with its id as a literal type, of which the type of all ids consists. */
export function defineFailure<const Id extends string>(row: FailureDefinition<Id>): FailureDefinition<Id> {
  return row;
}

export const CONCLUSIVE: Diagnosis = { kind: 'conclusive' };

/** Returns a certain diagnosis. @param unless what would make it false, as a clause after "unless". */
export function conclusiveUnless(unless: string): Diagnosis {
  return { kind: 'conclusive', unless };
}

export const UNKNOWN: Diagnosis = { kind: 'unknown' };

/** ConnectionFacts for the examples: documentation names and addresses (RFC 2606, RFC 5737). */
export const EXAMPLE_FACTS: ConnectionFacts = {
  host: 'tentacle.example',
  port: 10933,
  timeoutUs: 10_000_000,
  address: '192.0.2.10',
};

/** A signature for an example, with defaults for what the row does not depend on. */
export function exampleSignature(shownAt: Stage, code: string, more: Partial<ErrorSignature> = {}): ErrorSignature {
  return { shownAt, code, elapsedUs: 5_000, received: Buffer.alloc(0), receivedBytes: 0, ...more };
}
