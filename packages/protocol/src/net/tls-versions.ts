import type { SecureContextOptions } from 'node:tls';

/** The oldest TLS version that is taken or offered; Node's names for them. */
export type MinTlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What Octopus requires at least, and Node takes unless told otherwise. */
export const DEFAULT_MIN_TLS_VERSION: MinTlsVersion = 'TLSv1.2';

/**
 * TLS settings with this floor. Below TLS 1.2 OpenSSL 3 signs and verifies a handshake (with MD5 and SHA-1) only at its
 * security level 0, which takes weak certificates and suites too: for peers that can nothing better.
 */
export function tlsVersionOptions(floor: MinTlsVersion): SecureContextOptions {
  const isOld = floor === 'TLSv1' || floor === 'TLSv1.1';
  return { minVersion: floor, ...(isOld ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}) };
}
