import type { SecureContext } from 'node:tls';
import { connectorContext, type Identity, tlsVersionOptions } from 'tentacle-protocol';
import type { RunOptions } from '../options/run-options.js';

/** Creates the TLS context of the options: with a client certificate or, without an identity, with none, as a browser. */
export function createTlsContext({ tlsMin }: Pick<RunOptions, 'tlsMin'>, identity?: Identity): SecureContext {
  return connectorContext({ ...identity?.secureContextOptions, ...tlsVersionOptions(tlsMin) });
}
