import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { NO_AUTHORITIES } from '../identity/identity.js';

/**
 * The groups (curves) that a connector offers: those of OpenSSL 3.0, among which are all that Windows offers. OpenSSL 3.5,
 * which newer Node versions contain, also offers X25519MLKEM768 with a key of 1.2 KB. Such a ClientHello needs two packets,
 * and some devices drop or reset it: a failure that an Octopus on Windows does not have.
 */
const GROUPS = 'X25519:P-256:X448:P-521:P-384';

/** Returns the TLS context of an end that connects. @throws what `tls.createSecureContext` does. */
export function connectorContext(options: SecureContextOptions = {}): SecureContext {
  try {
    return createSecureContext({ ecdhCurve: GROUPS, ...NO_AUTHORITIES, ...options });
  } catch {
    // A system that allows fewer groups (FIPS) rejects the list as a whole; its own list has what it allows.
    return createSecureContext({ ...NO_AUTHORITIES, ...options });
  }
}
