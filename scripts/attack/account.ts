import type { AttackCounts } from './attacker.js';
import type { PongSummary, RecordedConnections } from './pong-under-attack.js';

/** Whether every connection of an attack is in pong's summary and in its file of records. Plain JSON. */
export interface Account {
  /** Connections that the attacker's system established, and those that pong counted from the attacker's addresses. */
  readonly attackerConnections: number;
  readonly pongConnections: number;
  /** Connections that the system established and dropped before pong could accept them. */
  readonly droppedBySystem: number;
  /** What does not fit; empty: everything is accounted for. */
  readonly differences: readonly string[];
}

/** Compares the counts of both ends. @param droppedBySystem by the counters of this machine: at most these. */
export function buildAccount(
  attacker: AttackCounts,
  pong: { readonly summary: PongSummary; readonly recorded: RecordedConnections },
  pings: { readonly sent: number },
  droppedBySystem: number,
): Account {
  const { summary, recorded } = pong;
  const differences: string[] = [];
  const { total } = summary.connections;
  const ended = Object.values(summary.endings).reduce((sum, count) => sum + count, 0);
  if (ended !== total) differences.push(`${total} connections have ${ended} endings`);
  if (recorded.total !== total) differences.push(`${total} connections have ${recorded.total} records`);
  const ofPings = recorded.byAddress.get('127.0.0.1') ?? 0;
  // A connection that is reset before it is accepted has no address anymore. A ping also opens connections beside its attempts.
  const ofAttacker = recorded.total - ofPings;
  if (ofPings < pings.sent) differences.push(`${pings.sent} attempts of ping have ${ofPings} records`);
  const missing = attacker.connected - ofAttacker;
  if (missing < 0 || missing > droppedBySystem)
    differences.push(`${attacker.connected} connections of the attacker have ${ofAttacker} records`);
  return { attackerConnections: attacker.connected, pongConnections: ofAttacker, droppedBySystem, differences };
}
