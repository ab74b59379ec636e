import { describe, expect, it } from 'vitest';
import { UsageError } from '../cli/usage-error.js';
import { parseWebConfig } from './web-config.js';

/** Of the password `secret`, with the lowest cost. */
const HASH = '$2b$04$hB5SNyH/qAFz/XYImU1JauMHSOHJrl5EGRZ3bWH3Zjyt9SD2VwNXq';

const TLS = 'tls_server_config:\n  cert_file: a.crt\n  key_file: /b.key\n';

const VERIFIED = `${TLS}  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n`;
const IF_GIVEN = `${TLS}  client_ca_file: ca.crt\n  client_auth_type: VerifyClientCertIfGiven\n`;

describe('a web configuration file', () => {
  it('has TLS with files beside it, users and headers', () => {
    const text = `${TLS}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.example.com, 192.0.2.1]
  min_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers: { X-Frame-Options: deny, X-XSS-Protection: '' }
rate_limit: { interval: 1m30s, burst: 20 }
basic_auth_users:
  alice: ${HASH}
`;
    const { tls, users, headers, requestRate } = parseWebConfig(text, '/etc/web.yaml');
    expect(tls).toMatchObject({
      cert: { file: '/etc/a.crt' },
      key: { file: '/b.key' },
      clientAuthType: 'RequireAndVerifyClientCert',
      clientCa: { file: '/etc/ca.crt' },
      clientNames: ['prometheus.example.com', '192.0.2.1'],
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      curves: 'X25519:P-256',
    });
    expect(tls?.ciphers?.split(':')).toEqual(
      expect.arrayContaining(['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256']),
    );
    expect([...users]).toEqual([['alice', HASH]]);
    // A blank header is unset.
    expect(headers).toEqual({ 'X-Frame-Options': 'deny' });
    expect(requestRate).toEqual({ intervalUs: 90_000_000, burst: 20 });
  });

  it('has certificates and the key in itself', () => {
    const text = `tls_server_config:
  cert: |
    A
  key: B
  client_ca: C
  client_auth_type: VerifyClientCertIfGiven
`;
    const { tls } = parseWebConfig(text, 'web.yaml');
    expect(tls).toMatchObject({ cert: { pem: 'A\n' }, key: { pem: 'B' }, clientCa: { pem: 'C' } });
  });

  it.each([
    ['the default of HTTP/2', 'http_server_config: { http2: true }\n'],
    ['a truth value of YAML 1.1', 'http_server_config: { http2: Yes }\n'],
    ['a rate without a limit', 'rate_limit: { interval: 0, burst: 0 }\n'],
    ['the former name of a type', `${TLS}  client_auth_type: RequireClientCert\n`],
  ])('%s is accepted, as in Prometheus', (_, text) => {
    expect(parseWebConfig(text, 'web.yaml').requestRate).toBeUndefined();
  });

  it.each(['', '# nothing\n', 'basic_auth_users:\n'])('%j leaves the port open', (text) => {
    const { tls, users } = parseWebConfig(text, 'web.yaml');
    expect(tls).toBeUndefined();
    expect(users.size).toBe(0);
  });

  it.each([
    ['an unknown section', 'tls: {}\n', '1:1'],
    ['an unknown key', `${TLS}  certificate: x\n`, '4:3'],
    ['a certificate twice', `${TLS}  cert: secret\n`, '4:9'],
    ['names of clients without a verification', `${TLS}  client_allowed_sans: [a]\n`, '4:24'],
    ['names of clients where a certificate is optional', `${IF_GIVEN}  client_allowed_sans: [a]\n`, '6:24'],
    ['an empty list of names', `${VERIFIED}  client_allowed_sans: []\n`, '6:24'],
    ['a list of names without content', `${VERIFIED}  client_allowed_sans:\n`, '6:23'],
    ['names that are no list', `${VERIFIED}  client_allowed_sans: a\n`, '6:24'],
    ['TLS without a key', 'tls_server_config:\n  cert_file: a.crt\n', '2:3'],
    ['an unknown type of authentication', `${TLS}  client_auth_type: Yes\n`, '4:21'],
    ['a verification without authorities', `${TLS}  client_auth_type: VerifyClientCertIfGiven\n`, '4:21'],
    ['authorities without a verification', `${TLS}  client_ca_file: ca.crt\n`, '4:19'],
    ['an old version', `${TLS}  min_version: TLS10\n`, '4:16'],
    ['versions in the wrong order', `${TLS}  min_version: TLS13\n  max_version: TLS12\n`, '5:16'],
    ['an unknown suite', `${TLS}  cipher_suites:\n    - TLS_RSA_WITH_RC4_128_SHA\n`, '5:7'],
    ['an inherited name', `${TLS}  curve_preferences: [constructor]\n`, '4:23'],
    ['HTTP/2 that is neither on nor off', 'http_server_config: { http2: 2 }\n', '1:30'],
    ['a value of a header', 'http_server_config:\n  headers: { X-Frame-Options: allow }\n', '2:31'],
    ['an interval without a unit', 'rate_limit: { interval: 5, burst: 1 }\n', '1:25'],
    ['a burst of 0', 'rate_limit:\n  interval: 1s\n  burst: 0\n', '3:10'],
    ['a rate without a burst', 'rate_limit:\n  interval: 1s\n', '2:3'],
    ['an unknown header', 'http_server_config:\n  headers: { Server: x }\n', '2:14'],
    ['a password in place of its hash', 'basic_auth_users:\n  alice: secret\n', '2:10'],
    ['a hash of another kind', `basic_auth_users:\n  alice: ${HASH.replace('$2b', '$6')}\n`, '2:10'],
    ['a hash that takes seconds', `basic_auth_users:\n  alice: ${HASH.replace('$04', '$15')}\n`, '2:10'],
    ['a user with a colon', `basic_auth_users:\n  "a:b": ${HASH}\n`, '2:10'],
    ['a user twice', `basic_auth_users:\n  a: ${HASH}\n  a: ${HASH}\n`, '3:3'],
    ['text that is not YAML', 'basic_auth_users: "\n', '2:1'],
  ])('%s is rejected at its place, and no value is repeated', (_, text, at) => {
    const parse = () => parseWebConfig(text, 'web.yaml');
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(`web.yaml:${at}: `);
    expect(parse).not.toThrow(/secret|hB5SNyH/);
  });
});
