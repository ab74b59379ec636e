import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import { parseThumbprint } from '../../packages/protocol/src/index.js';
import { pemOf, TEST_KEY, testIdentity } from '../identities.js';
import { ServiceConnection } from '../peers/service-connection.js';
import { tcpBeneath, tlsPeer } from '../peers/tls-peer.js';
import { program } from '../real-components.js';
import { attempt, OWN_THUMBPRINT } from './attempt.js';
import type { Provocation } from './provocation.js';

const OTHER = 'A'.repeat(40);

/** Starts a listener that reads preamble and identity, and then acts. */
function refusing(how: (connection: ServiceConnection) => void, options: TlsOptions = {}) {
  const take = async (connection: ServiceConnection): Promise<void> => {
    for (let lines = 0; lines < 4; lines++) await connection.readLine();
    how(connection);
  };
  return tlsPeer((socket) => void take(new ServiceConnection(socket)).catch(() => undefined), options);
}

/** Creates a certificate issued by an authority, like those of intercepting proxies. */
function issuedPem(): { cert: string; key: string } {
  const directory = mkdtempSync(join(tmpdir(), 'issued-'));
  const at = (name: string): string => join(directory, name);
  const openssl = (command: string): Buffer =>
    execFileSync('openssl', command.split(' '), { cwd: directory, stdio: 'pipe' });
  try {
    writeFileSync(at('key.pem'), TEST_KEY);
    openssl('req -x509 -new -key key.pem -subj /CN=Inspecting-Proxy -days 2 -out ca.pem');
    openssl('req -new -key key.pem -subj /CN=tentacle.example -out request.pem');
    openssl('x509 -req -in request.pem -CA ca.pem -CAkey key.pem -CAcreateserial -days 2 -out cert.pem');
    return { cert: readFileSync(at('cert.pem'), 'utf8'), key: TEST_KEY };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Creates a certificate that expires in month 99: OpenSSL accepts it, and its end cannot be determined. */
async function undatedPem(): Promise<{ cert: string; key: string }> {
  const { cert, key } = pemOf(await testIdentity('Octopus Tentacle'));
  const [begin = '', end = ''] = cert.match(/-----[A-Z ]+-----/g) ?? [];
  const der = Buffer.from(cert.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  // GeneralizedTime (tag 24) of 15 characters: YYYYMMDDHHMMSSZ.
  const at = der.indexOf(Buffer.of(24, 15));
  expect(der.toString('latin1', at + 2, at + 17)).toMatch(/^2\d{13}Z$/);
  der.write('99', at + 6, 'latin1');
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return { cert: `${[begin, ...lines, end].join('\n')}\n`, key };
}

export const trustCases: readonly Provocation[] = [
  {
    id: 'trust.unexpected-thumbprint',
    by: 'a certificate other than the pinned one',
    provoke: async () => {
      const peer = await tlsPeer((socket) => {
        // No byte from the client may arrive.
        socket.on('data', () => socket.destroy());
      });
      const outcome = await attempt(peer.port, { expectedThumbprint: OTHER });
      expect(outcome.failure?.evidence.peerThumbprint).toBe(peer.thumbprint);
      return outcome;
    },
    evidence: { code: 'UNEXPECTED_THUMBPRINT', expectedThumbprint: OTHER, receivedBytes: 0 },
    mentions: OTHER,
  },
  {
    id: 'trust.unexpected-thumbprint',
    by: 'a certificate that an authority issued',
    needs: program('openssl'),
    provoke: async () => {
      const peer = await tlsPeer(() => undefined, issuedPem());
      return attempt(peer.port, { expectedThumbprint: parseThumbprint(OTHER.toLowerCase()) });
    },
    evidence: { expectedThumbprint: OTHER },
    mentions: 'CN=Inspecting-Proxy',
  },
  {
    id: 'trust.other',
    by: 'a certificate that cannot be read',
    provoke: async () => attempt((await tlsPeer(() => undefined, await undatedPem())).port),
    evidence: { code: 'CERTIFICATE_UNREADABLE', tlsVersion: 'TLSv1.3' },
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Provocation => ({
      id: 'trust.intercepted',
      by: `a device that terminates TLS and requests no certificate (${version})`,
      shownAt: 'identity',
      provoke: async () => {
        const options = { maxVersion: version, requestCert: false };
        return attempt((await refusing(({ socket }) => void socket.end(), options)).port);
      },
      evidence: { code: 'END_OF_STREAM', tlsVersion: version, receivedBytes: 0 },
      mentions: 'client certificate',
    }),
  ),
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Provocation => ({
      id: 'trust.closed-after-identity',
      by: `a listener that does not trust the client (${version})`,
      shownAt: 'identity',
      provoke: async () => attempt((await refusing(({ socket }) => void socket.end(), { maxVersion: version })).port),
      evidence: {
        code: 'END_OF_STREAM',
        awaiting: 'the identity of the peer',
        tlsVersion: version,
        ownThumbprint: OWN_THUMBPRINT,
        receivedBytes: 0,
      },
      mentions: OWN_THUMBPRINT,
    }),
  ),
  {
    id: 'trust.closed-after-identity',
    by: 'a listener that does not trust the client, without capturing bytes',
    shownAt: 'identity',
    provoke: async () =>
      attempt((await refusing(({ socket }) => void socket.end())).port, { captureFirstBytes: false }),
    evidence: { code: 'END_OF_STREAM', receivedBytes: 0 },
    mentions: /\bclosed\b/,
  },
  {
    id: 'trust.closed-after-identity',
    by: 'a device that resets after it has read the identity',
    shownAt: 'identity',
    provoke: async () => attempt((await refusing(({ socket }) => void tcpBeneath(socket).resetAndDestroy())).port),
    evidence: { code: 'ECONNRESET', receivedBytes: 0 },
    mentions: /\breset\b/,
  },
  {
    id: 'trust.closed-after-identity',
    by: 'a Node peer that accepts only certificates of an authority',
    shownAt: 'identity',
    provoke: async () => attempt((await tlsPeer(() => undefined, { rejectUnauthorized: true })).port),
    evidence: { receivedBytes: 0 },
  },
  {
    id: 'trust.closed-after-identity',
    by: 'a listener that closes after the TLS handshake',
    shownAt: 'identity',
    provoke: async () => attempt((await tlsPeer((socket) => void socket.end())).port),
    evidence: { receivedBytes: 0 },
  },
  {
    id: 'trust.closed-after-identity',
    by: 'a device that cuts the connection to a pong, whose page shows that it trusts this certificate',
    shownAt: 'identity',
    provoke: async () =>
      attempt((await tlsPeer((socket) => void socket.end())).port, {
        facts: { peerKind: 'pong', arrivedThumbprint: OWN_THUMBPRINT, isTrustedThere: true },
      }),
    evidence: { receivedBytes: 0 },
  },
  {
    id: 'trust.rejected-by-pong',
    by: 'a pong, identified by its page, that received this certificate and closes',
    shownAt: 'identity',
    provoke: async () =>
      attempt((await tlsPeer((socket) => void socket.end())).port, {
        facts: { peerKind: 'pong', arrivedThumbprint: OWN_THUMBPRINT, isTrustedThere: false },
      }),
    evidence: { receivedBytes: 0 },
    mentions: /--trust/,
  },
];
