import { readFileSync } from 'node:fs';
import { createIdentity } from '../packages/protocol/src/index.js';
/** The RSA-2048 key that all test identities share, in PEM; see test/fixtures. */
export const TEST_KEY = readFileSync(new URL('fixtures/test-only-rsa-2048.pem', import.meta.url), 'utf8');
/** Creates an identity with this common name. Each one has the same key, and its own certificate and thumbprint. */
export function testIdentity(commonName) {
    return createIdentity({ commonName, key: TEST_KEY });
}
/** Certificate and key as PEM text. */
export function pemOf(identity) {
    const { secureContextOptions: pem } = identity;
    if (!('cert' in pem))
        throw new Error('the identity is not in PEM format');
    return { cert: pem.cert, key: pem.key };
}
//# sourceMappingURL=identities.js.map