import { describe, expect, it } from 'vitest';
import { TransportError } from '../../packages/protocol/src/index.js';
import { describeFailure } from '../../packages/protocol/src/diagnostics/index.js';
import { Secret } from '../../packages/protocol/src/identity/secret.js';
import { attempt } from '../failures/attempt.js';
import { ESTABLISHED, httpAnswer, proxyThat, proxyThatSays, tunnelProxy } from '../peers/proxies.js';
import { healthyPeer } from '../peers/service-peer.js';
import { allConnectionsGone, tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';

const CANARY = 'canary-password';
const octopus = { user: 'octopus', password: new Secret(CANARY) };

/** The response in two pieces, split at every possible position. */
const splits = bytesOf(ESTABLISHED)
  .slice(1)
  .map((_, i) => [ESTABLISHED.slice(0, i + 1), ESTABLISHED.slice(i + 1)]);

function bytesOf(text: string): string[] {
  return Array.from(text);
}

describe('the CONNECT request', () => {
  const denied = httpAnswer('403 Forbidden');

  it('is identical to that of the real library', async () => {
    const proxy = await proxyThatSays(denied);
    await attempt(10933, { host: 'tentacle.example', proxy: proxy.address });
    expect(proxy.requests).toEqual(['CONNECT tentacle.example:10933 HTTP/1.0\r\nHost: tentacle.example:10933\r\n\r\n']);
  });

  it('has Basic credentials if there is a user', async () => {
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
  ])('encodes %s like the real library', async (_, host, authority) => {
    const proxy = await proxyThatSays(denied);
    await attempt(10933, { host, proxy: proxy.address });
    expect(proxy.requests[0]).toContain(`CONNECT ${authority} HTTP/1.0\r\nHost: ${authority}\r\n`);
  });

  it('replaces non-ASCII characters in the credentials with question marks, like the real library', async () => {
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
  ])('carries calls if the response arrives %s', async (_, pieces) => {
    const { port } = await healthyPeer();
    const proxy = await tunnelProxy(pieces);
    for (const captureFirstBytes of [true, false]) {
      const { trace, failure } = await attempt(port, { proxy: proxy.address, calls: 2, captureFirstBytes });
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

  it('carries calls wherever the response is split', async () => {
    const { port } = await healthyPeer();
    for (const pieces of splits) {
      const proxy = await tunnelProxy(pieces);
      expect((await attempt(port, { proxy: proxy.address, captureFirstBytes: false })).failure).toBeUndefined();
    }
    await allConnectionsGone();
  });

  it.each([true, false])(
    'passes bytes after the response in the same packet to TLS (first bytes captured: %s)',
    async (captureFirstBytes) => {
      const alert = Buffer.from('15030300020228', 'hex');
      const proxy = await proxyThatSays(Buffer.concat([Buffer.from(ESTABLISHED), alert]));
      const { failure } = await attempt(1, { proxy: proxy.address, captureFirstBytes });
      expect(failure).toMatchObject({
        id: 'tls.no-common-parameters',
        evidence: {
          code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
          receivedBytes: 7,
          received: { hex: '15030300020228' },
        },
      });
    },
  );

  it.each([true, false])(
    'that closes at once is reported as a closed TLS connection (first bytes captured: %s)',
    async (captureFirstBytes) => {
      const proxy = await proxyThatSays(ESTABLISHED);
      const { failure, observation } = await attempt(1, { proxy: proxy.address, captureFirstBytes });
      expect(failure).toMatchObject({ id: 'tls.closed', evidence: { receivedBytes: 0, proxy: { status: 200 } } });
      if (observation === undefined) throw new Error('no failure');
      const { explanation: means, remediation: next } = describeFailure('tls.closed', observation);
      expect(means).toMatch(new RegExp(`127\\.0\\.0\\.1:1 .*proxy 127\\.0\\.0\\.1:${proxy.port}\\b`));
      // One step is about the proxy, and only where there is one.
      const { proxy: _, ...direct } = observation.facts;
      expect(next).not.toEqual(describeFailure('tls.closed', { ...observation, facts: direct }).remediation);
      expect(next.some(({ action }) => /\bproxy\b/.test(action))).toBe(true);
    },
  );

  it('to a hung process counts no bytes of the proxy as TLS bytes', async () => {
    const { port } = await tcpPeer(() => undefined);
    const proxy = await tunnelProxy([ESTABLISHED]);
    const { failure } = await attempt(port, { proxy: proxy.address, timeoutMs: 400 });
    expect(failure).toMatchObject({ id: 'tls.silent', evidence: { code: 'TLS_TIMEOUT', receivedBytes: 0 } });
  });

  it('to another certificate names the proxy as a possible origin of it', async () => {
    const { port } = await tlsPeer(() => undefined);
    const proxy = await tunnelProxy([ESTABLISHED]);
    const { observation } = await attempt(port, { proxy: proxy.address, expectedThumbprint: 'A'.repeat(40) });
    if (observation === undefined) throw new Error('no failure');
    const { remediation: next } = describeFailure('trust.unexpected-thumbprint', observation);
    expect(next.map(({ action }) => action).join()).toContain(`the proxy 127.0.0.1:${proxy.port}`);
  });

  it('is closed when the attempt is cancelled', async () => {
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
      'in a rejection',
      (request: string) => httpAnswer('403 Forbidden', [`X-Echo: ${request.split('\r\n')[2] ?? ''}`], echo(request)),
    ],
    ['in a page for a tunnel', (request: string) => httpAnswer('200 OK', ['Content-Type: text/html'], echo(request))],
    ['in a reply that is not HTTP', (request: string) => echo(request)],
    ['before it goes silent', (request: string) => `HTTP/1.1 403 ${request.split('\r\n')[2] ?? ''} ${CANARY}`],
  ])('%s are not shown', async (_, answer) => {
    const proxy = await proxyThat((socket, request) => {
      socket.resume();
      socket.end(answer(request));
    });
    for (const captureFirstBytes of [true, false]) {
      const { failure, observation, error } = await attempt(1, {
        proxy: { ...proxy.address, ...octopus },
        captureFirstBytes,
      });
      if (observation === undefined || failure === undefined) throw new Error('no failure');
      const text = describeFailure(failure.id, observation);
      const hex = failure.evidence.received?.hex ?? '';
      const shown = [
        JSON.stringify(failure),
        Buffer.from(hex, 'hex').toString('latin1'),
        text.explanation,
        JSON.stringify(text.remediation),
        String(error),
      ].join('\n');
      expect(shown).toContain('***');
      expect(shown).not.toContain(CANARY);
      expect(shown).not.toContain(Buffer.from(`octopus:${CANARY}`).toString('base64').slice(0, -2));
    }
  });
});
