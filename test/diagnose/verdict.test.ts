import { createSecureContext } from 'node:tls';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { contradictions } from '../../packages/ping/src/report/contradictions.test.support.js';
import { INTERMITTENT } from '../../packages/ping/src/diagnose/build-verdict.js';
import { startPong } from '../binaries/command.js';
import { opensslPeer } from '../peers/openssl-peer.js';
import { tlsRelay } from '../peers/tls-relay.js';
import { allConnectionsGone } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { pemOf, testIdentity } from '../identities.js';
import { diagnosed } from './in-process.js';

afterAll(allConnectionsGone);

/** What a peer shows to a browser. */
const PAGES = {
  tentacle: '<p>Octopus Tentacle configured successfully</p>',
  'octopus-server': '<p>Octopus Server configured successfully</p>',
  ping: '<title>tentacle-ping listen</title>',
  'legacy-pong': 'A'.repeat(10_240),
  halibut: '<p>Hello!</p>',
  'web-server': '<title>Welcome to nginx!</title>',
  none: undefined,
} as const;

/** What a peer does with an identity. */
const REACTIONS = {
  closes: undefined,
  resets: undefined,
  waits: undefined,
  http: 'HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<title>400 Bad Request</title>',
  imap: '* OK IMAP4 ready\r\n',
  empty: '\r\n\r\n',
  halibut: 'MX-SERVER 1.0\r\n\r\n',
} as const;

interface Behavior {
  readonly page: keyof typeof PAGES;
  readonly reaction: keyof typeof REACTIONS;
  readonly requestCert: boolean;
}

/** A TLS peer with a page and a reaction to the identity. */
async function peer({ page, reaction, requestCert }: Behavior) {
  const html = PAGES[page];
  const server = page === 'web-server' ? 'Server: nginx\r\n' : '';
  return tlsPeer(
    (socket) => {
      socket.once('data', (bytes: Buffer) => {
        if (bytes.toString('latin1').startsWith('GET ')) {
          const head = `Content-Type: text/html\r\nContent-Length: ${html?.length ?? 0}\r\n${server}`;
          if (html === undefined) socket.end();
          else socket.end(`HTTP/1.${page === 'web-server' ? 1 : 0} 200 OK\r\n${head}\r\n${html}`);
          return;
        }
        const reply = REACTIONS[reaction];
        if (reply !== undefined) socket.end(reply);
        else if (reaction === 'closes') socket.end();
        else if (reaction === 'resets') socket.destroy();
      });
    },
    { requestCert },
  );
}

/** A short timeout: every peer here answers at once or not at all. */
const TIMEOUT = ['--timeout', '1s'];

describe('the verdict of a diagnosis', () => {
  it.each<[string, Behavior]>([
    ['identity.http', { page: 'web-server', reaction: 'waits', requestCert: false }],
    ['identity.http', { page: 'web-server', reaction: 'closes', requestCert: true }],
    ['identity.http', { page: 'web-server', reaction: 'http', requestCert: false }],
    ['identity.octopus-server', { page: 'octopus-server', reaction: 'waits', requestCert: true }],
    ['identity.octopus-server', { page: 'octopus-server', reaction: 'closes', requestCert: true }],
    ['identity.octopus-server', { page: 'ping', reaction: 'closes', requestCert: true }],
    ['identity.legacy-pong', { page: 'legacy-pong', reaction: 'closes', requestCert: false }],
    ['identity.timeout', { page: 'tentacle', reaction: 'waits', requestCert: true }],
    ['trust.closed-after-identity', { page: 'tentacle', reaction: 'closes', requestCert: true }],
    ['trust.intercepted', { page: 'tentacle', reaction: 'closes', requestCert: false }],
  ])('%s for %j', async (id, behavior) => {
    const { port } = await peer(behavior);
    const report = await diagnosed(`127.0.0.1:${port}`, TIMEOUT);
    expect(report.verdict.id).toBe(id);
    expect(contradictions(report)).toEqual([]);
  });

  it('does not name another service where the page is that of a Tentacle', async () => {
    const behavior = { page: 'tentacle', reaction: 'waits', requestCert: true } as const;
    const known = await diagnosed(`127.0.0.1:${(await peer(behavior)).port}`, TIMEOUT);
    const unknown = await diagnosed(`127.0.0.1:${(await peer({ ...behavior, page: 'none' })).port}`, TIMEOUT);
    const causes = [known, unknown].map(({ verdict: { certainty } }) =>
      certainty.kind === 'ambiguous' ? certainty.causes.length : 0,
    );
    expect(causes).toEqual([3, 4]);
  });

  it('is not that a Tentacle is hung where no client certificate was requested', async () => {
    const behavior = { page: 'none', reaction: 'waits', requestCert: false } as const;
    const other = await diagnosed(`127.0.0.1:${(await peer(behavior)).port}`, TIMEOUT);
    expect(other.verdict).toMatchObject({ id: 'identity.timeout', certainty: { causes: { length: 2 } } });
    const device = await diagnosed(`127.0.0.1:${(await peer({ ...behavior, page: 'tentacle' })).port}`, TIMEOUT);
    expect(device.verdict).toMatchObject({ id: 'identity.timeout', certainty: { kind: 'conclusive' } });
    expect(new Set(device.verdict.next.map(({ who }) => who))).toEqual(new Set(['network-team']));
  });

  it('leaves the steps that its own steps made needless out', async () => {
    const { port } = await opensslPeer('-tls1', '-cipher', 'ALL:@SECLEVEL=0');
    const report = await diagnosed(`127.0.0.1:${port}`);
    expect(report.verdict).toMatchObject({ id: 'tls.version', certainty: { kind: 'conclusive' } });
    expect(report.verdict.next.map(({ linux }) => linux ?? '')).not.toContainEqual(
      expect.stringMatching(/tentacle-ping diagnose|show-thumbprint|new-certificate/),
    );
    // Suites, groups and signatures are offered with versions that it rejects, so nothing is known about them.
    const { details = [] } = report.steps.find(({ id }) => id === 'tls-offers') ?? {};
    expect(details.join(' ')).not.toContain('secp256r1');
  });

  it('is not of a failure at times where only the certificate is refused', async () => {
    const { port } = await opensslPeer('-Verify', '1', '-verify_return_error');
    const report = await diagnosed(`127.0.0.1:${port}`);
    expect(report.verdict.id).toBe('tls.client-certificate-refused');
    expect(report.verdict.means).not.toContain(INTERMITTENT);
  });

  it('has the cause of an unexpected certificate that the page of tentacle-pong proves', async () => {
    const pong = await startPong('--bind', '127.0.0.1');
    const pin = ['--thumbprint', 'A'.repeat(40)];
    const direct = await diagnosed(`127.0.0.1:${pong.port}`, pin);
    expect(direct.verdict).toMatchObject({ id: 'trust.unexpected-thumbprint', certainty: { kind: 'conclusive' } });
    expect(direct.verdict.next.map(({ who }) => who)).toEqual(['you', 'tentacle-admin']);
    const relay = await tlsRelay(pong.port, (_, chunk) => chunk);
    const relayed = await diagnosed(`127.0.0.1:${relay.port}`, pin);
    expect(relayed.verdict).toMatchObject({ id: 'trust.unexpected-thumbprint', certainty: { kind: 'conclusive' } });
    expect(relayed.verdict.next[0]?.who).toBe('network-team');
  });

  it('is about the wrong kind of end even where another thumbprint is expected', async () => {
    const { port } = await peer({ page: 'octopus-server', reaction: 'closes', requestCert: true });
    const report = await diagnosed(`127.0.0.1:${port}`, [...TIMEOUT, '--thumbprint', 'A'.repeat(40)]);
    expect(report.verdict).toMatchObject({ id: 'identity.octopus-server', certainty: { kind: 'conclusive' } });
  });

  it('names the router or the machines where the expected certificate is seen too', async () => {
    const [expected, other] = [await testIdentity('Octopus Tentacle'), await testIdentity('Another')];
    const contexts = [expected, other].map((identity) => createSecureContext(pemOf(identity)));
    let connections = 0;
    const { port } = await tlsPeer((socket) => socket.end(), {
      // A load balancer over two machines.
      SNICallback: (_, answer) => answer(null, contexts[connections++ % 2]),
    });
    const pin = ['--thumbprint', expected.thumbprint, '--servername', 'localhost'];
    const report = await diagnosed(`127.0.0.1:${port}`, [...TIMEOUT, ...pin]);
    expect(report.verdict).toMatchObject({ id: 'trust.unexpected-thumbprint', certainty: { kind: 'conclusive' } });
    expect(contradictions(report)).toEqual([]);
  });

  it('contradicts no step, whatever the peer does, and wherever the run is stopped', async () => {
    const behaviors = fc.record({
      page: fc.constantFrom(...(Object.keys(PAGES) as (keyof typeof PAGES)[])),
      reaction: fc.constantFrom(...(Object.keys(REACTIONS) as (keyof typeof REACTIONS)[])),
      requestCert: fc.boolean(),
      expectedThumbprint: fc.constantFrom(undefined, 'A'.repeat(40)),
      stepsUntilStop: fc.option(fc.nat({ max: 14 }), { nil: Infinity, freq: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(behaviors, async ({ expectedThumbprint, stepsUntilStop, ...behavior }) => {
        const { port } = await peer(behavior);
        const pin = expectedThumbprint === undefined ? [] : ['--thumbprint', expectedThumbprint];
        const stop = new AbortController();
        let steps = 0;
        const onStep = (): void => {
          if (++steps >= stepsUntilStop) stop.abort();
        };
        const report = await diagnosed(`127.0.0.1:${port}`, [...TIMEOUT, ...pin], { stop: stop.signal, onStep });
        expect(contradictions(report)).toEqual([]);
      }),
      { numRuns: Number(process.env['DIAGNOSES'] ?? 12) },
    );
  }, 120_000);
});

describe('a diagnosis that is stopped after a step', () => {
  it.each([...Array(12).keys()])('number %i says what was found', async (number) => {
    const { port } = await peer({ page: 'tentacle', reaction: 'closes', requestCert: true });
    const stop = new AbortController();
    let steps = 0;
    const onStep = (): void => {
      if (steps++ === number) stop.abort();
    };
    const report = await diagnosed(`127.0.0.1:${port}`, TIMEOUT, { stop: stop.signal, onStep });
    const reached = report.steps.filter(({ id, status }) => status === 'ok' && !['settings', 'local'].includes(id));
    const ids = reached.length === 0 ? ['nothing-measured'] : ['stopped', 'trust.closed-after-identity'];
    expect(ids).toContain(report.verdict.id);
    expect(report.unknown.length).toBeGreaterThan(0);
    expect(contradictions(report)).toEqual([]);
  });
});
