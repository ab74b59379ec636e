import { createSecureContext, type SecureContext } from 'node:tls';
import { type Identity, tlsFrom } from 'tentacle-protocol';
import type { Plan } from '../plan.js';

/** TLS as the plan has it: as ourselves or, without an identity, as a browser is, which has none. */
export function createTlsContext({ tlsMin }: Pick<Plan, 'tlsMin'>, identity?: Identity): SecureContext {
  return createSecureContext({ ...identity?.secureContextOptions, ...tlsFrom(tlsMin) });
}
