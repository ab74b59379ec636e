import { type Identity } from '../packages/protocol/src/index.js';
/** The RSA-2048 key that all test identities share, in PEM; see test/fixtures. */
export declare const TEST_KEY: string;
/** Creates an identity with this common name. Each one has the same key, and its own certificate and thumbprint. */
export declare function testIdentity(commonName: string): Promise<Identity>;
/** Certificate and key as PEM text. */
export declare function pemOf(identity: Identity): {
    cert: string;
    key: string;
};
