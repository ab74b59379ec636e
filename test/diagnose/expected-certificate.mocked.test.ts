import type * as dns from 'node:dns';
import { connect } from 'node:net';
import { createSecureContext, createServer } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import { contradictions } from '../../packages/ping/src/report/contradictions.test.support.js';
import { command } from '../binaries/command.js';
import { pemOf, testIdentity } from '../identities.js';
import { proxyThat } from '../peers/proxies.js';
import { tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { diagnosed } from './in-process.js';
import { TestAuthority } from './web-certificates.js';

// A name with two addresses, which no machine needs to have in its hosts file.
vi.mock('node:dns', async (original) => {
  const real = await original<typeof dns>();
  const both = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  type Answer = (error: Error | null, addresses: dns.LookupAddress[]) => void;
  const lookup = (name: string, options: dns.LookupAllOptions, answer: Answer): void => {
    if (name === 'two.example') answer(null, both);
    else real.lookup(name, options, answer);
  };
  return { ...real, default: { ...real, lookup }, lookup };
});

const [expected, other] = [await testIdentity('Octopus Tentacle'), await testIdentity('Another')];
const timeout = ['--timeout', '1s'];
const pinned = ['--thumbprint', expected.thumbprint];
const pin = [...timeout, ...pinned];

/** The connection that showed the expected certificate confirms the cause. */
function expectConfirmed(report: DiagnosisReport): void {
  expect(report.verdict).toMatchObject({ id: 'trust.unexpected-thumbprint', certainty: { kind: 'conclusive' } });
  expect(contradictions(report)).toEqual([]);
}

describe('an unexpected certificate, where the expected one is seen too', () => {
  it('without a server name: a router selects by name', async () => {
    // OpenSSL asks for a context by name only where the client sends one.
    const { port } = await tlsPeer((socket) => socket.end(), {
      ...pemOf(expected),
      SNICallback: (_name, answer) => answer(null, createSecureContext(pemOf(other))),
    });
    const report = await diagnosed(`127.0.0.1:${port}`, [...pin, '--servername', 'tentacle.example']);
    expectConfirmed(report);
    const step = report.steps.find(({ id }) => id === 'sni');
    expect(step?.evidence).toMatchObject({ withoutName: expected.thumbprint, withName: other.thumbprint });
  });

  it('directly, past the proxy: the proxy terminates TLS or leads elsewhere', async () => {
    const direct = await tlsPeer((socket) => socket.end(), pemOf(expected));
    const elsewhere = await tlsPeer((socket) => socket.end(), pemOf(other));
    const proxy = await proxyThat((socket) => {
      const target = connect(elsewhere.port, '127.0.0.1');
      target.on('error', () => socket.destroy());
      socket.on('close', () => target.destroy());
      target.on('connect', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(target).pipe(socket);
      });
    });
    // The command resolves the proxy.
    const args = ['diagnose', `127.0.0.1:${direct.port}`, ...pin, '--proxy', `http://127.0.0.1:${proxy.port}`];
    const { stdout } = await command('ping', [...args, '--json']).ended;
    const report = JSON.parse(stdout) as DiagnosisReport;
    expectConfirmed(report);
    expect(report.steps.find(({ id }) => id === 'direct')?.evidence).toMatchObject({ directly: expected.thumbprint });
  });

  it('at another address of the name: they belong to different machines', async () => {
    const servers = new Map(
      [other, expected].map((identity, i) => [
        `127.0.0.${i + 1}`,
        createServer({ ...pemOf(identity), requestCert: true, rejectUnauthorized: false }, (socket) => {
          socket.on('error', () => undefined);
          socket.end();
        }),
      ]),
    );
    const { port } = await tcpPeer((socket) => {
      servers.get(socket.localAddress ?? '')?.emit('connection', socket);
    }, '0.0.0.0');
    const report = await diagnosed(`two.example:${port}`, pin);
    const { seen } = (report.steps.find(({ id }) => id === 'certificate')?.evidence ?? {}) as {
      seen?: readonly { readonly thumbprint: string }[];
    };
    expect(new Set(seen?.map(({ thumbprint }) => thumbprint))).toEqual(
      new Set([expected.thumbprint, other.thumbprint]),
    );
    expectConfirmed(report);
  });
});

describe('the certificate that Octopus Server creates for itself', () => {
  /** A peer without a page that presents a certificate with this subject. */
  async function silentPeer(subject: string, by: 'itself' | 'root'): Promise<number> {
    const authority = new TestAuthority();
    const { cert, key } = authority.issue({ subject, names: '', by });
    authority.remove();
    const { port } = await tlsPeer((socket) => void socket.once('data', () => socket.end()), { cert, key });
    return port;
  }

  it.each<[string, 'itself' | 'root', string[], string]>([
    ['Octopus Portal', 'itself', [], 'identity.octopus-server'],
    ['Octopus Portal', 'itself', pinned, 'identity.octopus-server'],
    // A certificate that an authority issued is not one that Octopus Server created.
    ['Octopus Portal', 'root', [], 'trust.closed-after-identity'],
    ['Octopus Tentacle', 'itself', [], 'trust.closed-after-identity'],
    ['Octopus Portal 2', 'itself', [], 'trust.closed-after-identity'],
  ])('%s, issued by %s, with %j: %s', async (subject, by, args, id) => {
    const report = await diagnosed(`127.0.0.1:${await silentPeer(subject, by)}`, [...timeout, ...args]);
    expect(report.verdict.id).toBe(id);
    expect(contradictions(report)).toEqual([]);
  });
});
