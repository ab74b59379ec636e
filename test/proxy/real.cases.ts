import { once } from 'node:events';
import { createConnection } from 'node:net';
import { onTestFinished } from 'vitest';
import { Secret } from '../../packages/protocol/src/identity/secret.js';
import { attempt, type AttemptOptions, type Outcome } from '../failures/attempt.js';
import type { Provocation } from '../failures/provocation.js';
import { hungListener } from '../peers/blocked-listener.js';
import { opensslPeer } from '../peers/openssl-peer.js';
import { healthyPeer } from '../peers/service-peer.js';
import { greeter } from '../peers/tcp-peer.js';
import { program } from '../real-components.js';
import {
  dante,
  haproxy,
  microsocks,
  nginx,
  OPEN_RULES,
  type RealProxy,
  STOCK_RULES,
  squid,
  squidHere,
  squidWithUser,
  tinyproxy,
  tinyproxyHere,
} from './real-proxies.js';

const PASSWORD = 'canary-password';

/** Attempts a healthy target, so that only the proxy can fail. */
async function toHealthy(proxy: Promise<RealProxy>, account: { user: string; password: Secret } | object = {}) {
  const { port } = await healthyPeer();
  return attempt(port, { proxy: { ...(await proxy), ...account } });
}

/** Attempts a target that fails through a proxy that works. */
async function toTarget(proxy: Promise<RealProxy>, port: number, options: AttemptOptions = {}): Promise<Outcome> {
  return attempt(port, { ...options, proxy: await proxy });
}

/** Returns a port that does not answer a SYN: its process hangs and its queue is full. */
async function unansweredPort(): Promise<number> {
  const { port } = await hungListener();
  for (let filler = 0; filler < 2; filler++) {
    const socket = createConnection({ host: '127.0.0.1', port });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
  }
  return port;
}

/** Failures of real proxies, and of real servers that are not proxies. */
export const realProxyCases: readonly Provocation[] = [
  {
    id: 'proxy.denied',
    by: "squid with Debian's rules",
    needs: squidHere,
    provoke: () => toHealthy(squid(STOCK_RULES)),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'X-Squid-Error: ERR_ACCESS_DENIED 0',
  },
  {
    id: 'proxy.denied',
    by: 'tinyproxy with ConnectPort 443',
    needs: tinyproxyHere,
    provoke: () => toHealthy(tinyproxy(['ConnectPort 443'])),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'HTTP 403 Access violation',
  },
  {
    id: 'proxy.denied',
    by: 'haproxy with a deny rule',
    needs: program('haproxy'),
    provoke: () => toHealthy(haproxy(['http-request deny deny_status 403'])),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'HTTP 403 Forbidden',
  },
  {
    id: 'proxy.auth-required',
    by: 'squid with Basic, and no credentials',
    needs: squidHere,
    provoke: () => toHealthy(squidWithUser('octopus', PASSWORD)),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'Basic',
  },
  {
    id: 'proxy.auth-rejected',
    by: 'squid with Basic, and a wrong password',
    needs: squidHere,
    provoke: () =>
      toHealthy(squidWithUser('octopus', PASSWORD), { user: 'octopus', password: new Secret('wrong-canary') }),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: /\boctopus\b/,
  },
  {
    id: 'proxy.auth-rejected',
    by: 'squid with Basic, and the right password, which Octopus cannot send',
    needs: squidHere,
    provoke: () =>
      toHealthy(squidWithUser('octopus', 'p\u00e4ssword'), { user: 'octopus', password: new Secret('p\u00e4ssword') }),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'ASCII',
  },
  {
    id: 'proxy.auth-required',
    by: 'tinyproxy with BasicAuth, and no credentials',
    needs: tinyproxyHere,
    provoke: () => toHealthy(tinyproxy([`BasicAuth octopus ${PASSWORD}`])),
    evidence: { code: 'PROXY_REFUSED' },
  },
  {
    id: 'proxy.target-refused',
    by: 'squid, and a port without a listener',
    needs: squidHere,
    provoke: () => toTarget(squid(OPEN_RULES), 1),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'X-Squid-Error: ERR_CONNECT_FAIL 111',
  },
  {
    id: 'proxy.target-timeout',
    by: 'squid, and a port that does not answer',
    needs: squidHere,
    provoke: async () =>
      toTarget(
        squid([...OPEN_RULES, 'connect_timeout 1 seconds', 'forward_timeout 1 seconds']),
        await unansweredPort(),
      ),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'X-Squid-Error: ERR_CONNECT_FAIL 110',
  },
  {
    id: 'proxy.silent',
    by: 'squid, which waits a minute for a port that does not answer',
    needs: squidHere,
    provoke: async () => toTarget(squid(OPEN_RULES), await unansweredPort(), { timeoutMs: 500 }),
    evidence: { code: 'PROXY_TIMEOUT', receivedBytes: 0 },
  },
  {
    id: 'proxy.target-not-found',
    by: 'squid, and a name for which its resolver does not reply',
    needs: squidHere,
    provoke: () =>
      // No resolver listens on that address.
      toTarget(
        squid([
          ...OPEN_RULES,
          'dns_nameservers 127.9.9.9',
          'dns_timeout 1 seconds',
          'dns_retransmit_interval 1 seconds',
        ]),
        10933,
        {
          host: 'tentacle.example',
        },
      ),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'X-Squid-Error: ERR_CANNOT_FORWARD 0',
  },
  {
    id: 'proxy.target-failed',
    by: 'squid that may only use a parent proxy, and has none',
    needs: squidHere,
    provoke: () => toTarget(squid([...OPEN_RULES, 'never_direct allow all']), 10933),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'X-Squid-Error: ERR_CANNOT_FORWARD 0',
  },
  {
    id: 'proxy.target-failed',
    by: 'tinyproxy, and a port without a listener',
    needs: tinyproxyHere,
    provoke: () => toTarget(tinyproxy([]), 1),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'HTTP 500 Unable to connect',
  },
  {
    id: 'proxy.bad-gateway',
    by: 'tinyproxy whose upstream proxy is not running',
    needs: tinyproxyHere,
    provoke: () => toHealthy(tinyproxy(['Upstream http 127.0.0.1:1'])),
    evidence: { code: 'PROXY_REFUSED' },
  },
  {
    id: 'proxy.target-failed',
    by: 'haproxy without a server behind it',
    needs: program('haproxy'),
    provoke: () => toHealthy(haproxy([])),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'HTTP 503 Service Unavailable',
  },
  {
    id: 'proxy.closed',
    by: 'haproxy in front of a proxy that is not running',
    needs: program('haproxy'),
    provoke: () => toHealthy(haproxy(['mode tcp', 'server gone 127.0.0.1:1'])),
    evidence: { code: 'PROXY_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'proxy.closed',
    by: 'dante, which expects SOCKS',
    needs: program('danted'),
    provoke: () => toHealthy(dante()),
    evidence: { code: 'PROXY_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'proxy.closed',
    by: 'openssl, which expects TLS',
    needs: program('openssl'),
    provoke: () => toHealthy(opensslPeer().then(({ port }) => ({ host: '127.0.0.1', port }))),
    evidence: { code: 'PROXY_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'proxy.socks',
    by: 'microsocks',
    needs: program('microsocks'),
    provoke: () => toHealthy(microsocks()),
    evidence: { code: 'PROXY_NOT_HTTP', received: { text: '..', hex: '05ff' } },
  },
  {
    id: 'proxy.not-a-proxy',
    by: 'nginx',
    needs: program('nginx'),
    provoke: () => toHealthy(nginx()),
    evidence: { code: 'PROXY_REFUSED' },
    mentions: 'HTTP 400 Bad Request',
  },
  {
    id: 'tls.not-tls',
    by: 'an SSH server behind squid, whose tunnel works',
    needs: squidHere,
    provoke: async () => toTarget(squid(OPEN_RULES), (await greeter('SSH-2.0-OpenSSH_9.2p1\r\n')).port),
    evidence: { answeredBy: 'SSH-2.0-OpenSSH_9.2p1', proxy: { status: 200, reason: 'Connection established' } },
    mentions: 'proxy 127.0.0.1:',
  },
  {
    id: 'tls.not-tls',
    by: 'a web server behind tinyproxy, whose tunnel works',
    needs: program('nginx').missing === undefined ? tinyproxyHere : program('nginx'),
    provoke: async () => toTarget(tinyproxy([]), (await nginx()).port),
    evidence: { answeredBy: 'HTTP 400 Bad Request, page "400 Bad Request", server nginx/1.22.1' },
  },
];
