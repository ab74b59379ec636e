import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { TrustStore } from './web-certificate.js';

/** Where Linux distributions keep the certificates that .NET, curl and OpenSSL trust. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Node 22.15 and later read the system's store, Windows's included. */
type GetCertificates = (type: 'system') => readonly string[];

/** The roots that web clients on this machine trust: the system's where they can be read, otherwise the ones in Node. */
export function readTrustStore(): TrustStore {
  const system = readSystemStore();
  if (system.length > 0) return { name: "this system's certificate store", roots: system };
  const name = 'the Mozilla list built into Node.js, not the store of this system';
  return { name, isBuiltIn: true, roots: tls.rootCertificates };
}

function readSystemStore(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: GetCertificates };
  try {
    const found = getCACertificates?.('system') ?? [];
    if (found.length > 0) return found;
  } catch {
    // The store cannot be read here; the files may be there.
  }
  for (const file of SYSTEM_BUNDLES) {
    try {
      return readFileSync(file, 'latin1').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    } catch {
      // The next place.
    }
  }
  return [];
}
