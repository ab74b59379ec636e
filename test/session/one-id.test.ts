import { createConnection } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { measureLatency } from '../../packages/ping/src/measurements/measure-latency.js';
import { PING } from '../../packages/ping/src/options/definitions.js';
import { parseRunOptions } from '../../packages/ping/src/options/run-options.js';
import type { AttemptRecord } from '../../packages/ping/src/report/attempt-record.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import { parseArguments } from '../../packages/protocol/src/cli/index.js';
import { pemOf, testIdentity } from '../identities.js';
import { allConnectionsGone, tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

afterAll(allConnectionsGone);

const identity = await testIdentity('Octopus Server');

/** Measures a port of this process. */
async function measured(port: number, ...args: readonly string[]): Promise<Report & { observed: AttemptRecord[] }> {
  const parsed = await parseArguments(PING, [`127.0.0.1:${port}`, '-i', '0', ...args]);
  if (parsed.kind !== 'run') throw new Error('these arguments start no run');
  const observed: AttemptRecord[] = [];
  const report = await measureLatency({
    options: parseRunOptions(parsed.positionals, parsed.options),
    identity,
    version: '0.0.0',
    stop: new AbortController().signal,
    onAttempt: (record) => void observed.push(record),
  });
  return { ...report, observed };
}

/** A TLS peer that replies to a browser with this page, like Halibut or a web server, and closes without a reply on other data. */
async function closingPeer(html: string, requestCert: boolean) {
  const requests = { pages: 0, others: 0 };
  const headers = `Content-Type: text/html\r\nContent-Length: ${html.length}\r\n${requestCert ? '' : 'Server: nginx\r\n'}`;
  const { port } = await tlsPeer(
    (socket) => {
      socket.once('data', (bytes: Buffer) => {
        const isBrowser = bytes.toString('latin1').startsWith('GET ');
        requests[isBrowser ? 'pages' : 'others']++;
        if (isBrowser) socket.end(`HTTP/1.0 200 OK\r\n${headers}\r\n${html}`);
        else socket.end();
      });
    },
    { requestCert },
  );
  return { port, requests };
}

describe('a failure has one id in the attempt line, the records, the outcomes and the verdict', () => {
  it.each([
    ['identity.http', '<title>Welcome to nginx!</title>', false, []],
    ['identity.octopus-server', '<p>Octopus Deploy Server is polled here</p>', true, []],
    ['identity.http', '<title>Welcome to nginx!</title>', false, ['--concurrency', '3']],
    ['trust.closed-after-identity', '<p>Octopus Tentacle configured successfully</p>', true, []],
    ['trust.closed-after-identity', '', true, []],
    ['identity.octopus-server', '<p>Octopus Server</p>', true, ['--warmup', '1']],
    ['identity.http', '<title>Welcome to nginx!</title>', false, ['--reuse', '--level', 'identity']],
  ] as const)('%s: %s (asks for a client certificate: %s) %j', async (id, html, requestCert, args) => {
    const { port, requests } = await closingPeer(html, requestCert);
    const { observed, ...report } = await measured(port, '-c', '3', ...args);
    expect(report.outcomes).toEqual({ [id]: 3 });
    expect(report.verdict.id).toBe(id);
    expect(report.failures.map((failure) => failure.id)).toEqual([id]);
    expect(observed.map(({ outcome, failure }) => [outcome, failure?.id])).toEqual([1, 2, 3].map(() => [id, id]));
    expect(report.records).toEqual(observed.toSorted((a, b) => a.number - b.number));
    // The page is fetched once for all failed attempts, and not within their times.
    expect(requests.pages).toBe(1);
    expect(report.level).toBe('page');
  });

  it('the page of another machine behind the same address does not change the failure', async () => {
    const { port: ofTentacle } = await closingPeer('<p>Octopus Tentacle configured successfully</p>', true);
    const server = pemOf(await testIdentity('Octopus Server'));
    const { port: ofServer } = await tlsPeer(
      (socket) => void socket.end('HTTP/1.0 200 OK\r\n\r\n<p>Octopus Deploy Server is polled here</p>'),
      server,
    );
    // The attempt reaches the Tentacle, and the request for its page the server.
    const ports = [ofTentacle, ofServer];
    const balancer = await tcpPeer((socket) => {
      const machine = createConnection(ports.shift() ?? ofTentacle, '127.0.0.1');
      machine.on('error', () => void socket.destroy());
      socket.pipe(machine).pipe(socket);
    });
    const report = await measured(balancer.port, '-c', '1');
    expect(report.outcomes).toEqual({ 'trust.closed-after-identity': 1 });
  });

  it('a page that cannot be read does not change the failure, and is not fetched again', async () => {
    let connections = 0;
    const { port } = await tlsPeer((socket) => {
      connections++;
      socket.once('data', () => socket.end());
    });
    const report = await measured(port, '-c', '3');
    expect(report.outcomes).toEqual({ 'trust.closed-after-identity': 3 });
    expect(report.verdict.id).toBe('trust.closed-after-identity');
    expect(report.peer).not.toHaveProperty('page');
    expect(connections).toBe(4);
  });
});
