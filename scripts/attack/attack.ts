import type { Attacker } from './attacker.js';

/** What one attack sends to a pong, and from where. */
export interface Attack {
  readonly name: string;
  /** For the table: what is sent, and how much of it. */
  readonly traffic: string;
  /** How many loopback addresses it comes from. */
  readonly addresses?: number;
  /** Options of pong in addition to the ones that every attack needs. */
  readonly pongOptions?: readonly string[];
  /** Whether the other end of pong's stderr is left unread. */
  readonly leavesLogUnread?: boolean;
  /** The reason why this machine cannot run it. */
  readonly missing?: () => string | undefined;
  /** Runs until the attacker's signal. It calls `ready` once its traffic flows. */
  readonly run: (attacker: Attacker) => Promise<void>;
}
