import { describe, expect, it } from 'vitest';
import { UsageError } from '../cli/usage-error.js';
import { parseWebConfig } from './web-config.js';

/** Of the password `secret`, with the lowest cost. */
const HASH = '$2b$04$hB5SNyH/qAFz/XYImU1JauMHSOHJrl5EGRZ3bWH3Zjyt9SD2VwNXq';

const TLS = 'tls_server_config:\n  cert_file: a.crt\n  key_file: /b.key\n';

describe('a web configuration file', () => {
  it('has TLS with files beside it, users and headers', () => {
    const text = `${TLS}  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  min_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers: { X-Frame-Options: deny }
basic_auth_users:
  alice: ${HASH}
`;
    const { tls, users, headers } = parseWebConfig(text, '/etc/web.yaml');
    expect(tls).toMatchObject({
      certFile: '/etc/a.crt',
      keyFile: '/b.key',
      clientAuthType: 'RequireAndVerifyClientCert',
      clientCaFile: '/etc/ca.crt',
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      curves: 'X25519:P-256',
    });
    expect(tls?.ciphers?.split(':')).toEqual(
      expect.arrayContaining(['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256']),
    );
    expect([...users]).toEqual([['alice', HASH]]);
    expect(headers).toEqual({ 'X-Frame-Options': 'deny' });
  });

  it.each(['', '# nothing\n', 'basic_auth_users:\n'])('%j leaves the port open', (text) => {
    const { tls, users } = parseWebConfig(text, 'web.yaml');
    expect(tls).toBeUndefined();
    expect(users.size).toBe(0);
  });

  it.each([
    ['an unknown section', 'tls: {}\n', '1:1'],
    ['an unknown key', `${TLS}  cert: x\n`, '4:3'],
    ['a feature that is not supported', `${TLS}  client_allowed_sans: [a]\n`, '4:3'],
    ['TLS without a key', 'tls_server_config:\n  cert_file: a.crt\n', '2:3'],
    ['an unknown type of authentication', `${TLS}  client_auth_type: Yes\n`, '4:21'],
    ['a verification without authorities', `${TLS}  client_auth_type: VerifyClientCertIfGiven\n`, '4:21'],
    ['authorities without a verification', `${TLS}  client_ca_file: ca.crt\n`, '4:19'],
    ['an old version', `${TLS}  min_version: TLS10\n`, '4:16'],
    ['versions in the wrong order', `${TLS}  min_version: TLS13\n  max_version: TLS12\n`, '5:16'],
    ['an unknown suite', `${TLS}  cipher_suites:\n    - TLS_RSA_WITH_RC4_128_SHA\n`, '5:7'],
    ['an inherited name', `${TLS}  curve_preferences: [constructor]\n`, '4:23'],
    ['HTTP/2', 'http_server_config: { http2: true }\n', '1:30'],
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
