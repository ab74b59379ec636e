import type { HttpProxy } from '../../packages/protocol/src/index.js';
import { Secret } from '../../packages/protocol/src/identity/secret.js';
import { attempt, type AttemptOptions, type Outcome } from '../failures/attempt.js';
import type { Provocation } from '../failures/provocation.js';
import { ESTABLISHED, httpAnswer, proxyThat, proxyThatSays, type TestProxy } from '../peers/proxies.js';
import { greeter, resetWhenRead } from '../peers/tcp-peer.js';

/** Attempts a target through a proxy; the target does not affect a proxy that fails. */
async function through(
  proxy: Promise<Pick<TestProxy, 'port'>>,
  options: AttemptOptions = {},
  account: Pick<HttpProxy, 'user' | 'password'> = {},
): Promise<Outcome> {
  const { port } = await proxy;
  return attempt(10933, { host: 'tentacle.example', proxy: { host: '127.0.0.1', port, ...account }, ...options });
}

const octopus = { user: 'octopus', password: new Secret('canary-password') };
const umlaut = { user: 'octopus', password: new Secret('p\u00e4ssword') };

/** A test proxy for each kind of response: failures that its response alone identifies. */
export const proxyResponseCases: readonly Provocation[] = [
  ...[
    [
      'NTLM and Negotiate, a header each',
      ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM'],
      'Negotiate, NTLM',
    ],
    [
      'Kerberos and Digest, in one header',
      ['Proxy-Authenticate: Kerberos, Digest realm="a, Basic b", qop="auth"'],
      'Kerberos, Digest',
    ],
  ].map(([by, headers, schemes]) => ({
    id: 'proxy.auth-scheme' as const,
    by: `407 that offers ${by as string}`,
    provoke: () =>
      through(proxyThatSays(httpAnswer('407 Proxy Authentication Required', headers as string[])), {}, octopus),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: schemes as string,
  })),
  {
    id: 'proxy.auth-required',
    by: '407 that offers Basic among others',
    provoke: () =>
      through(
        proxyThatSays(
          httpAnswer('407 Proxy Authentication Required', [
            'proxy-authenticate: NTLM',
            'proxy-authenticate: basic realm="x"',
          ]),
        ),
      ),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'NTLM, basic',
  },
  {
    id: 'proxy.auth-rejected',
    by: '407 that names no scheme',
    provoke: () => through(proxyThatSays(httpAnswer('407 Nope')), {}, octopus),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: /\boctopus\b/,
  },
  {
    id: 'proxy.auth-rejected',
    by: '407 for a password that Octopus cannot send',
    provoke: () => through(proxyThatSays(httpAnswer('407 Nope', ['Proxy-Authenticate: Basic'])), {}, umlaut),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'ASCII',
  },
  {
    id: 'proxy.denied',
    by: '451 with a page',
    provoke: () => through(proxyThatSays(httpAnswer('451 Blocked', [], '<title>Blocked here</title>'))),
    evidence: { code: 'PROXY_REFUSED', answeredBy: 'HTTP 451 Blocked, page "Blocked here"' },
    mentions: 'page "Blocked here"',
  },
  ...(
    [
      ['proxy.target-refused', '502 Bad Gateway', 'Proxy-Status: p; error=connection_refused'],
      ['proxy.target-timeout', '502 Bad Gateway', 'Proxy-Status: p; error=connection_timeout; details="x"'],
      ['proxy.target-timeout', '504 Gateway Timeout', 'Server: p'],
      ['proxy.target-not-found', '502 Bad Gateway', 'Proxy-Status: p; error=dns_error'],
      ['proxy.target-not-found', '503 Service Unavailable', 'X-Squid-Error: ERR_DNS_FAIL 0'],
      ['proxy.target-failed', '502 Bad Gateway', 'X-Squid-Error: ERR_READ_ERROR 104'],
      ['proxy.target-failed', '503 Service Unavailable', 'X-Squid-Error: ERR_CONNECT_FAIL 113'],
      [
        'proxy.bad-gateway',
        '502 Proxy Error ( The specified Secure Sockets Layer (SSL) port is not allowed. )',
        'Via: 1.1 TMG',
      ],
      ['proxy.not-a-proxy', '405 Method Not Allowed', 'Server: Microsoft-IIS/10.0'],
      ['proxy.not-a-proxy', '501 Unsupported method', 'Server: SimpleHTTP/0.6'],
      ['proxy.redirect', '302 Found', 'Location: http://portal.example/login?from=1'],
      ['proxy.redirect', '307 Temporary Redirect', 'Location: https://portal.example/'],
      ['proxy.other', '204 No Content', 'Server: p'],
      ['proxy.other', '429 Too Many Requests', 'Retry-After: 5'],
      ['proxy.other', '100 Continue', 'Server: p'],
    ] as const
  ).map(([id, status, header]) => ({
    id,
    by: `${status} with ${header}`,
    provoke: () => through(proxyThatSays(httpAnswer(status, [header]))),
    evidence: { code: 'PROXY_REFUSED', awaiting: "the proxy's response" },
    mentions: `HTTP ${status}`,
  })),
  {
    id: 'proxy.redirect',
    by: '302 with control characters in the address',
    provoke: () => through(proxyThatSays('HTTP/1.1 302 Found\r\nLocation: http://x/\x1b[2J\u202e\r\n\r\n')),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'http://x/',
  },
  {
    id: 'proxy.socks',
    by: 'SOCKS 5: no acceptable method',
    provoke: () => through(proxyThatSays(Buffer.of(5, 0xff), 'stays')),
    evidence: { code: 'PROXY_NOT_HTTP', received: { text: '..', hex: '05ff' } },
    mentions: 'SOCKS',
  },
  {
    id: 'proxy.socks',
    by: 'SOCKS 5: no authentication',
    provoke: () => through(proxyThatSays(Buffer.of(5, 0))),
    evidence: { code: 'PROXY_NOT_HTTP' },
  },
  {
    id: 'proxy.socks',
    by: 'SOCKS 4: rejected',
    provoke: () => through(proxyThatSays(Buffer.of(0, 0x5b, 0, 0, 0, 0, 0, 0))),
    evidence: { code: 'PROXY_NOT_HTTP' },
  },
  {
    id: 'proxy.tls',
    by: 'an alert in place of a response',
    provoke: () => through(proxyThatSays(Buffer.from('15030100020246', 'hex'))),
    evidence: { code: 'PROXY_NOT_HTTP', receivedBytes: 7 },
  },
  {
    id: 'proxy.not-http',
    by: 'an SSH server, which sends first',
    provoke: () => through(greeter('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')),
    evidence: { code: 'PROXY_NOT_HTTP', answeredBy: 'SSH-2.0-OpenSSH_9.2p1 Debian-2' },
    mentions: 'SSH-2.0-OpenSSH_9.2p1 Debian-2',
  },
  ...[
    ['a mail server', '220 mail.example ESMTP\r\n\r\n'],
    ['a status that is not a number', 'HTTP/1.1 abc Not Allowed\r\n\r\n'],
    ['a line before the status', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['zeros', '\0'.repeat(300)],
    ['a bare page', '<html><title>Hello</title></html>'],
  ].map(([by = '', answer = '']) => ({
    id: 'proxy.not-http' as const,
    by,
    provoke: () => through(proxyThatSays(answer)),
    evidence: { code: 'PROXY_NOT_HTTP', receivedBytes: answer.length },
  })),
  {
    id: 'proxy.unreadable',
    by: 'lines that end in a line feed alone',
    provoke: () => through(proxyThatSays('HTTP/1.1 200 OK\nVia: x\n\n', 'stays')),
    evidence: { code: 'PROXY_UNREADABLE' },
  },
  {
    id: 'proxy.unreadable',
    by: 'no space after the status',
    provoke: () => through(proxyThatSays('HTTP/1.1 200\r\n\r\n', 'stays')),
    evidence: { code: 'PROXY_UNREADABLE' },
  },
  {
    id: 'proxy.too-long',
    by: 'one endless header',
    provoke: () => through(proxyThatSays(`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20_000)}`, 'stays')),
    evidence: { code: 'PROXY_TOO_LONG' },
  },
  {
    id: 'proxy.too-long',
    by: 'headers that exceed the limit',
    provoke: () => through(proxyThatSays(`HTTP/1.1 200 OK\r\n${'X: a\r\n'.repeat(5000)}\r\n`)),
    evidence: { code: 'PROXY_TOO_LONG' },
  },
  {
    id: 'proxy.closed',
    by: 'a close in place of a response',
    provoke: () => through(proxyThat((socket) => socket.end())),
    evidence: { code: 'PROXY_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'proxy.closed',
    by: 'a close in the middle of a response',
    provoke: () => through(proxyThatSays(ESTABLISHED.slice(0, -2))),
    evidence: { code: 'PROXY_CLOSED', receivedBytes: 37 },
    mentions: /\b37 bytes.*"HTTP\/1\.1 200 Connection established/,
  },
  {
    id: 'proxy.reset',
    by: 'a reset in place of a response',
    provoke: () => through(proxyThat((socket) => socket.resetAndDestroy())),
    evidence: { code: 'ECONNRESET', syscall: 'read', receivedBytes: 0 },
  },
  {
    id: 'proxy.reset',
    by: 'a reset in the middle of a response',
    provoke: () =>
      through(
        proxyThat(async (socket) => {
          socket.write('HTTP/1.1 2');
          await resetWhenRead(socket);
        }),
      ),
    evidence: { code: 'ECONNRESET', receivedBytes: 10 },
  },
  {
    id: 'proxy.silent',
    by: 'no response',
    provoke: () =>
      through(
        proxyThat(() => undefined),
        { timeoutMs: 300 },
      ),
    evidence: { code: 'PROXY_TIMEOUT', receivedBytes: 0 },
    mentions: '15 s',
  },
  {
    id: 'proxy.stalled',
    by: 'half a response',
    provoke: () => through(proxyThatSays('HTTP/1.1 200 Conn', 'stays'), { timeoutMs: 300 }),
    evidence: { code: 'PROXY_TIMEOUT', receivedBytes: 17 },
  },
  ...[true, false].flatMap((watch) => [
    {
      id: 'proxy.no-tunnel' as const,
      shownAt: 'tls' as const,
      by: `200 and a page at once, ${watch ? 'capturing' : 'not capturing'} bytes`,
      provoke: () =>
        through(
          proxyThatSays(httpAnswer('200 OK', ['Content-Type: text/html'], '<html><title>Log in</title></html>')),
          { watch },
        ),
      evidence: { answeredBy: 'a bare web page, titled "Log in"' },
      mentions: 'Log in',
    },
    {
      id: 'proxy.no-tunnel' as const,
      shownAt: 'tls' as const,
      by: `200 and text without a length, ${watch ? 'capturing' : 'not capturing'} bytes`,
      provoke: () => through(proxyThatSays('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello'), { watch }),
      evidence: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      mentions: '"hello"',
    },
  ]),
  {
    id: 'proxy.no-tunnel',
    shownAt: 'tls',
    by: '200 and a page that arrives after TLS has begun',
    provoke: () =>
      through(
        proxyThat((socket) => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.once('data', () => socket.end('<!DOCTYPE html><title>Portal</title>'));
          socket.resume();
        }),
      ),
    evidence: { answeredBy: 'a bare web page, titled "Portal"' },
  },
];
