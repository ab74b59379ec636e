import type { SecureContextOptions } from 'node:tls';

/** The oldest TLS version that is accepted or offered, by Node's name. */
export type MinTlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** The oldest version that Octopus accepts, and the default of Node. */
export const DEFAULT_MIN_TLS_VERSION: MinTlsVersion = 'TLSv1.2';

/**
 * Returns TLS settings with this minimum version. Below TLS 1.2, OpenSSL 3 signs and verifies a handshake (with MD5 and
 * SHA-1) only at its security level 0, which also accepts weak certificates and suites: for peers that support nothing
 * better.
 */
export function tlsVersionOptions(minVersion: MinTlsVersion): SecureContextOptions {
  const isOld = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  return { minVersion, ...(isOld ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}) };
}
