import type { ConnectionFacts } from '../../trace.js';
import type { Ends } from '../ends.js';
import type { Step } from '../step.js';

/** A stand-in limits its connections and closes one too many at accept. The products do not: what they limit follows the identity. */
const STAND_INS = ['pong', 'ping'];

/** Kinds that may be a stand-in: an earlier probe showed no more than the protocol, or there was none. */
const UNNAMED = [undefined, 'unknown', 'halibut'];

/** Whether the peer is known to be a stand-in. */
export function isStandIn({ peerKind }: ConnectionFacts): boolean {
  return STAND_INS.includes(peerKind ?? '');
}

function mayBeStandIn(facts: ConnectionFacts, { there }: Ends): boolean {
  return there.isListener && (isStandIn(facts) || UNNAMED.includes(facts.peerKind));
}

/** The cause that a stand-in is full, or was at times; none for a product. */
export function fullListenerCauses(facts: ConnectionFacts, ends: Ends, isAtTimes = false): string[] {
  if (!mayBeStandIn(facts, ends)) return [];
  const { name, standIn } = ends.there;
  const reached = isAtTimes ? 'at times reached' : 'has reached';
  const cause = `${standIn.name} ${reached} a limit on connections, in all or of this machine's address`;
  return [isStandIn(facts) ? cause : `${cause}, if it runs in place of ${name}`];
}

/** How to tell that cause, as a sentence at the end; empty for a product. */
export function fullListenerTest(facts: ConnectionFacts, ends: Ends): string {
  if (!mayBeStandIn(facts, ends)) return '';
  return ` If ${ends.there.standIn.name} is full, its output has the ending too-many-connections or one that starts with "limit.".`;
}

/** Finds out which connections fill a stand-in, and how to allow more. */
export function checkFullListener(facts: ConnectionFacts, ends: Ends): Step[] {
  if (!mayBeStandIn(facts, ends)) return [];
  const { there } = ends;
  return [
    {
      who: there.administrator,
      action: `If ${there.standIn.name} listens there, check its output for a limit that was reached. The line names the limit; the command shows which addresses have the connections.`,
      windows: `Get-NetTCPConnection -LocalPort ${facts.port} | Group-Object RemoteAddress`,
      linux: `ss -tn 'sport = :${facts.port}'`,
    },
  ];
}
