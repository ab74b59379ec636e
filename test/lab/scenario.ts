import type { FailureId } from 'tentacle-protocol';
import type { Lab } from './lab.js';

/** What ping or diagnose should conclude. */
export type Conclusion = FailureId | 'ok';

/** One fault, recreated with the real component that causes it in the field. */
export interface Scenario {
  /** The fault's number in the list of faults, and a short name: `18-plain-http`. */
  readonly id: string;
  /** One line: what is broken. */
  readonly title: string;
  /** Commands that must be there (`nginx`, `openssl`), and `namespaces` where network namespaces must be possible. */
  readonly needs: readonly string[];
  /** What `tentacle-ping HOST` should call it. */
  readonly measured: Conclusion;
  /** What either may call it as well, where a race of a few microseconds in the peer's system decides. */
  readonly orElse?: Conclusion;
  /** What `tentacle-ping diagnose HOST` should call it, where its own tests tell more. */
  readonly diagnosed?: Conclusion;
  /** Of the several causes that the sighting allows, diagnose's own tests must leave one. */
  readonly settled?: boolean;
  /** Warnings that diagnose must give beside its verdict. */
  readonly warnings?: readonly string[];
  /** Warnings that the measurement must give. */
  readonly measuredWarnings?: readonly string[];
  /** The same fault with other components, ports, texts and timings: none may be told by its own peculiarities. */
  readonly variants: readonly Variant[];
}

export interface Variant {
  readonly name: string;
  /** Set the fault up; `lab` ends all that it started, whatever happens. */
  readonly start: (lab: Lab) => Promise<Path>;
}

/** The way to ping. */
export interface Path {
  /** The target, and options that both commands take: `['localhost:18080', '--timeout', '2s']`. */
  readonly args: readonly string[];
  /** Options of the measurement alone; two attempts unless given. */
  readonly measureArgs?: readonly string[];
  /** What to run the commands under: `['ip', 'netns', 'exec', 'lab1']`. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
