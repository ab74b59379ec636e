import type { ConnectionFacts, Stage } from '../trace.js';
import type { ServerError } from '../wire/messages.js';
import type { Ends } from './ends.js';

/** Where a failure belongs: a stage of the path, the order of polling, this machine itself, or our own code. */
export type FailureStage = Stage | 'poll' | 'local' | 'internal';

/** An error as rows look at it: codes, bytes and time; never a message. Plain data. */
export interface Symptom {
  /** The stage in which it showed. A TLS 1.3 refusal shows after the handshake. */
  readonly shownAt: Stage;
  /** The system's, OpenSSL's, WireError's or TransportError's code; `OWN_BUG` for any other throw. */
  readonly code: string;
  readonly syscall?: string;
  /** Time since the stage began. */
  readonly elapsedUs: number;
  /** The first bytes of what had come of the thing awaited, inside TLS. */
  readonly received: Buffer;
  /** How many bytes of it had come, or during a handshake how many raw bytes. */
  readonly receivedBytes: number;
  /** What was awaited, in words. */
  readonly awaiting?: string;
  /** The service's answer, where it answered with an error. */
  readonly serverError?: ServerError;
  /** The text of our own bug. */
  readonly bug?: string;
}

/** Everything a row may look at. */
export interface Sighting {
  readonly symptom: Symptom;
  readonly facts: ConnectionFacts;
}

/** Who takes a step. */
export type Actor = 'server-admin' | 'tentacle-admin' | 'network-team' | 'dns-owner' | 'you';

/** One thing to do, in order; commands where a command says more than words. */
export interface Step {
  readonly who: Actor;
  readonly action: string;
  readonly windows?: string;
  readonly linux?: string;
}

/** Whether the sighting has one cause; if not, which ones, and what tells them apart. */
export type Certainty =
  | { readonly kind: 'sure' }
  | { readonly kind: 'one-of'; readonly causes: readonly string[]; readonly test: string }
  /** Nothing is known but the code itself. */
  | { readonly kind: 'unknown' };

/** One row of the catalogue: everything there is to say about one failure. */
export interface Row<Id extends string = string> {
  /** `stage.what`. API: never renamed. */
  readonly id: Id;
  readonly stage: FailureStage;
  /** Where it may show; `when` is asked nowhere else. */
  readonly shownAt: readonly Stage[];
  readonly when: (sighting: Sighting) => boolean;
  /** One line. */
  readonly title: string;
  readonly means: (sighting: Sighting, ends: Ends) => string;
  readonly next: (facts: ConnectionFacts, ends: Ends) => readonly Step[];
  /** What the real products log for it. */
  readonly octopusSays: readonly string[];
  /** Whether the real library would try again. */
  readonly retry: boolean;
  readonly certainty: Certainty | ((ends: Ends, sighting: Sighting) => Certainty);
  readonly example: Sighting;
}

/** Keeps a row's id as a type of its own, from which the type of all ids is made. */
export function row<const Id extends string>(row: Row<Id>): Row<Id> {
  return row;
}

export const SURE: Certainty = { kind: 'sure' };
export const UNKNOWN: Certainty = { kind: 'unknown' };

/** Whole or tenths of a second, or milliseconds below one. */
export function span(us: number): string {
  return us < 999_500 ? `${Math.round(us / 1000)} ms` : `${Math.round(us / 100_000) / 10} s`;
}

/** The peer as the path knew it: `host:port`, with the address where it differs from the name, or the proxy before it. */
export function peer(facts: ConnectionFacts): string {
  const { host, port, proxy } = facts;
  const name = `${host}:${port}`;
  // With a proxy the address is that one's.
  if (proxy !== undefined) return `${name} (through the proxy ${proxy.host}:${proxy.port})`;
  return facts.address === undefined || facts.address === facts.host ? name : `${name} (${facts.address})`;
}

/** Where the TCP connection itself goes: to the peer, or to the proxy before it. */
export function firstHop(facts: ConnectionFacts): string {
  const { proxy, ...leg } = facts;
  return proxy === undefined ? peer(facts) : `the proxy ${peer({ ...leg, host: proxy.host, port: proxy.port })}`;
}

/** Facts for the examples: documentation names and addresses (RFC 2606, RFC 5737). */
export const EXAMPLE_FACTS: ConnectionFacts = {
  host: 'tentacle.example',
  port: 10933,
  timeoutUs: 10_000_000,
  address: '192.0.2.10',
};

/** A symptom for an example, with what a row does not care about filled in. */
export function exampleSymptom(shownAt: Stage, code: string, more: Partial<Symptom> = {}): Symptom {
  return { shownAt, code, elapsedUs: 5_000, received: Buffer.alloc(0), receivedBytes: 0, ...more };
}
