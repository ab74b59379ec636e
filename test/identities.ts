import { readFileSync } from 'node:fs';
import { type Identity, createIdentity } from '../packages/protocol/src/index.js';

/** PEM of the RSA-2048 key that all identities of tests share; see test/fixtures. */
export const TEST_KEY = readFileSync(new URL('fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');

/** An identity of this common name. Each call makes another certificate, so another thumbprint, of the same key. */
export function testIdentity(commonName: string): Promise<Identity> {
  return createIdentity({ commonName, key: TEST_KEY });
}

/** Certificate and key as PEM text. */
export function pemOf(identity: Identity): { cert: string; key: string } {
  const { secureContextOptions: pem } = identity;
  if (!('cert' in pem)) throw new Error('not made of PEM');
  return { cert: pem.cert, key: pem.key };
}
