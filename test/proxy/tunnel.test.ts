import { describe, expect, it } from 'vitest';
import { describeFailure, TransportError } from '../../packages/protocol/src/index.js';
import { Secret } from '../../packages/protocol/src/trust/secret.js';
import { attempt } from '../failures/attempt.js';
import { ESTABLISHED, httpAnswer, proxyThat, proxyThatSays, tunnelProxy } from '../peers/proxies.js';
import { healthyPeer } from '../peers/service-peer.js';
import { allConnectionsGone, tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

const CANARY = 'canary-password';
const octopus = { user: 'octopus', password: new Secret(CANARY) };

/** Two pieces, cut at each place there is. */
const splits = bytesOf(ESTABLISHED)
  .slice(1)
  .map((_, i) => [ESTABLISHED.slice(0, i + 1), ESTABLISHED.slice(i + 1)]);

function bytesOf(text: string): string[] {
  return Array.from(text);
}

describe('the request', () => {
  const denied = httpAnswer('403 Forbidden');

  it('is what the real library writes', async () => {
    const proxy = await proxyThatSays(denied);
    await attempt(10933, { host: 'tentacle.example', proxy: proxy.address });
    expect(proxy.requests).toEqual(['CONNECT tentacle.example:10933 HTTP/1.0\r\nHost: tentacle.example:10933\r\n\r\n']);
  });

  it('has the credentials, in Basic, when there is a user', async () => {
    const proxy = await proxyThatSays(denied);
    await attempt(10933, { host: 'tentacle.example', proxy: { ...proxy.address, ...octopus } });
    const basic = Buffer.from(`octopus:${CANARY}`).toString('base64');
    expect(proxy.requests).toEqual([
      `CONNECT tentacle.example:10933 HTTP/1.0\r\nHost: tentacle.example:10933\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`,
    ]);
  });

  it.each([
    ['an IPv6 address', '::1', '[::1]:10933'],
    ['a name beyond ASCII', 'm\u00fcnchen.example', 'm?nchen.example:10933'],
  ])('names %s as the real library does', async (_, host, authority) => {
    const proxy = await proxyThatSays(denied);
    await attempt(10933, { host, proxy: proxy.address });
    expect(proxy.requests[0]).toContain(`CONNECT ${authority} HTTP/1.0\r\nHost: ${authority}\r\n`);
  });

  it('sends a question mark for what is beyond ASCII in the credentials, as the real library does', async () => {
    const proxy = await proxyThatSays(denied);
    await attempt(1, { proxy: { ...proxy.address, user: 'octopus', password: new Secret('p\u00e4ss\u20ac') } });
    expect(proxy.requests[0]).toContain(`Basic ${Buffer.from('octopus:p?ss?').toString('base64')}\r\n`);
  });
});

describe('the tunnel', () => {
  it.each([
    ['whole', [ESTABLISHED]],
    ['byte by byte', bytesOf(ESTABLISHED)],
    ['with headers', ['HTTP/1.0 200 OK\r\nVia: 1.1 proxy\r\n', 'Content-Length: 0\r\n\r\n']],
    ['without a reason', ['HTTP/1.1 200 \r\n\r\n']],
  ])('carries calls when the answer comes %s', async (_, pieces) => {
    const { port } = await healthyPeer();
    const proxy = await tunnelProxy(pieces);
    for (const watch of [true, false]) {
      const { trace, failure } = await attempt(port, { proxy: proxy.address, calls: 2, watch });
      expect(failure).toBeUndefined();
      expect(trace.completedStages.map(({ stage }) => stage)).toEqual([
        'tcp',
        'proxy',
        'tls',
        'trust',
        'identity',
        'rpc',
        'rpc',
      ]);
      expect(trace.facts.proxy?.answer?.status).toBe(200);
    }
    await allConnectionsGone();
  });

  it('carries calls wherever the answer is cut', async () => {
    const { port } = await healthyPeer();
    for (const pieces of splits) {
      const proxy = await tunnelProxy(pieces);
      expect((await attempt(port, { proxy: proxy.address, watch: false })).failure).toBeUndefined();
    }
    await allConnectionsGone();
  });

  it.each([true, false])('gives TLS what came behind the answer in the same packet (watched: %s)', async (watch) => {
    const alert = Buffer.from('15030300020228', 'hex');
    const proxy = await proxyThatSays(Buffer.concat([Buffer.from(ESTABLISHED), alert]));
    const { failure } = await attempt(1, { proxy: proxy.address, watch });
    expect(failure).toMatchObject({
      id: 'tls.no-shared',
      evidence: {
        code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
        receivedBytes: 7,
        received: { hex: '15030300020228' },
      },
    });
  });

  it.each([true, false])('that closes at once is one whose TLS is closed (watched: %s)', async (watch) => {
    const proxy = await proxyThatSays(ESTABLISHED);
    const { failure, sighting } = await attempt(1, { proxy: proxy.address, watch });
    expect(failure).toMatchObject({ id: 'tls.closed', evidence: { receivedBytes: 0, proxy: { status: 200 } } });
    if (sighting === undefined) throw new Error('no failure');
    const { means, next } = describeFailure('tls.closed', sighting);
    expect(means).toContain(`127.0.0.1:1 (through the proxy 127.0.0.1:${proxy.port})`);
    expect(next.at(-1)).toMatchObject({
      who: 'network-team',
      action: expect.stringContaining(`the proxy 127.0.0.1:${proxy.port}`) as unknown,
    });
  });

  it('that leads to a hung process counts no byte of the proxy as one of TLS', async () => {
    const { port } = await tcpPeer(() => undefined);
    const proxy = await tunnelProxy([ESTABLISHED]);
    const { failure } = await attempt(port, { proxy: proxy.address, timeoutMs: 400 });
    expect(failure).toMatchObject({ id: 'tls.silent', evidence: { code: 'TLS_TIMEOUT', receivedBytes: 0 } });
  });

  it('that leads to another certificate names the proxy among those who may have put it there', async () => {
    const { port } = await tlsPeer(() => undefined);
    const proxy = await tunnelProxy([ESTABLISHED]);
    const { sighting } = await attempt(port, { proxy: proxy.address, expectedThumbprint: 'A'.repeat(40) });
    if (sighting === undefined) throw new Error('no failure');
    const { next } = describeFailure('trust.unexpected-thumbprint', sighting);
    expect(next.map(({ action }) => action).join()).toContain(`the proxy 127.0.0.1:${proxy.port}`);
  });

  it('that is not waited for any longer is let go', async () => {
    const stop = new AbortController();
    const proxy = await proxyThat(() => stop.abort());
    const { error } = await attempt(1, { proxy: proxy.address, signal: stop.signal });
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'CANCELLED' });
    await allConnectionsGone();
  });
});

describe('credentials that a proxy repeats', () => {
  const echo = (request: string) => `<html><pre>${request}</pre>${CANARY}</html>`;

  it.each([
    [
      'in a refusal',
      (request: string) => httpAnswer('403 Forbidden', [`X-Echo: ${request.split('\r\n')[2] ?? ''}`], echo(request)),
    ],
    ['in a page for a tunnel', (request: string) => httpAnswer('200 OK', ['Content-Type: text/html'], echo(request))],
    ['in what is no HTTP', (request: string) => echo(request)],
    ['and then goes silent', (request: string) => `HTTP/1.1 403 ${request.split('\r\n')[2] ?? ''} ${CANARY}`],
  ])('%s do not show', async (_, answer) => {
    const proxy = await proxyThat((socket, request) => {
      socket.resume();
      socket.end(answer(request));
    });
    for (const watch of [true, false]) {
      const { failure, sighting, error } = await attempt(1, { proxy: { ...proxy.address, ...octopus }, watch });
      if (sighting === undefined || failure === undefined) throw new Error('no failure');
      const text = describeFailure(failure.id, sighting);
      const hex = failure.evidence.received?.hex ?? '';
      const shown = [
        JSON.stringify(failure),
        Buffer.from(hex, 'hex').toString('latin1'),
        text.means,
        JSON.stringify(text.next),
        String(error),
      ].join('\n');
      expect(shown).toContain('***');
      expect(shown).not.toContain(CANARY);
      expect(shown).not.toContain(Buffer.from(`octopus:${CANARY}`).toString('base64').slice(0, -2));
    }
  });
});
