import type { Attack } from './attack.js';
import { callAttacks } from './attacks/calls.js';
import { connectionAttacks } from './attacks/connections.js';
import { handshakeAttacks } from './attacks/handshakes.js';
import { identityAttacks } from './attacks/identities.js';

/** All attacks on a pong, in the order in which they get further. */
export const attacks: readonly Attack[] = [
  ...connectionAttacks,
  ...handshakeAttacks,
  ...identityAttacks,
  ...callAttacks,
];
