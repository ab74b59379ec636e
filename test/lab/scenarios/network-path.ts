import type { Lab } from '../lab.js';
import { link, Host, onLink, type RelayJob, routed, startRelay } from '../network.js';
import type { Path, Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** Starts a pong behind a relay, both on this machine. */
async function relayed(lab: Lab, job: Omit<RelayJob, 'to'>, ...args: readonly string[]): Promise<Path> {
  const to = await lab.pong();
  return { args: [`127.0.0.1:${await startRelay(lab, { ...job, to })}`, ...args] };
}

/** Starts nginx that forwards TCP. @returns its port. */
export async function nginxStream(lab: Lab, to: number, more = '', listen = ''): Promise<number> {
  const port = await lab.freePort();
  const conf = await lab.file(
    'nginx.conf',
    `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; pid ${lab.directory}/nginx.pid; error_log stderr; worker_processes 1;
events { worker_connections 64; }
stream { server { listen 127.0.0.1:${port} ${listen}; proxy_pass 127.0.0.1:${to}; proxy_connect_timeout 2s; ${more} } }`,
  );
  lab.start(['nginx', '-p', lab.directory, '-c', conf]);
  await lab.accepts(port);
  return port;
}

/** Starts haproxy that forwards TCP. @returns its port. */
export async function haproxyTcp(lab: Lab, to: number, more: { bind?: string; server?: string } = {}): Promise<number> {
  const port = await lab.freePort();
  const conf = await lab.file(
    'haproxy.cfg',
    `defaults
  mode tcp
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 0
frontend in
  bind 127.0.0.1:${port} ${more.bind ?? ''}
  default_backend out
backend out
  server one 127.0.0.1:${to} ${more.server ?? ''}
`,
  );
  lab.start(['haproxy', '-db', '-f', conf]);
  await lab.accepts(port);
  return port;
}

/** Where ICMP "fragmentation needed" messages are dropped: only those to the host, or those to both ends. */
export type IcmpBlackhole = 'at the router' | 'at the host' | 'at both routers' | 'at both hosts';

/** A path over a link with a smaller MTU than both ends, on which the ICMP messages about it are dropped. */
export async function icmpBlackHole(lab: Lab, mtu: number, lost: IcmpBlackhole, net: string): Promise<Path> {
  const [here, near, far, there] = ['here', 'near', 'far', 'there'].map((name) => new Host(lab, name)) as [
    Host,
    Host,
    Host,
    Host,
  ];
  link(lab, here, [`${net}.1/30`], near, [`${net}.2/30`]);
  link(lab, near, [`${net}.5/30`], far, [`${net}.6/30`], mtu);
  link(lab, far, [`${net}.9/30`], there, [`${net}.10/30`]);
  here.sh(`ip route add default via ${net}.2`);
  near.sh(`ip route add default via ${net}.6`);
  far.sh(`ip route add default via ${net}.5`);
  there.sh(`ip route add default via ${net}.9`);
  for (const router of [near, far]) router.sh('sysctl -qw net.ipv4.ip_forward=1');
  const rule = 'icmp type destination-unreachable drop';
  if (lost === 'at both routers') near.firewall('output', rule);
  if (lost === 'at both hosts') here.firewall('input', rule);
  if (lost === 'at the router' || lost === 'at both routers') far.firewall('output', rule);
  else there.firewall('input', rule);
  const port = await there.pong();
  return { args: [`${net}.10:${port}`, '--timeout', '2500ms'], prefix: here.prefix };
}

export const networkPathScenarios: readonly Scenario[] = [
  {
    id: '15-no-backend',
    title: 'a load balancer accepts and has no backend',
    needs: ['nginx', 'haproxy'],
    measured: 'tls.closed',
    // If it closes before reading the first bytes, the system sends a reset.
    alternative: 'tls.reset',
    variants: [
      {
        name: 'nginx without a listener behind it',
        start: async (lab) => ({ args: [`127.0.0.1:${await nginxStream(lab, await lab.freePort())}`] }),
      },
      {
        name: 'haproxy without a listener behind it',
        start: async (lab) => ({ args: [`localhost:${await haproxyTcp(lab, await lab.freePort())}`, '-4'] }),
      },
      {
        name: 'a relay that closes at once (an allow-list)',
        start: (lab) => relayed(lab, { cut: { how: 'close', afterBytes: 0 } }),
      },
      {
        name: 'a relay that closes half a second after the first bytes',
        start: (lab) => relayed(lab, { cut: { how: 'close', afterBytes: 1, afterMs: 500 } }),
      },
    ],
  },
  {
    id: '16-reset-on-hello',
    title: 'a device resets the connection when TLS begins',
    needs: NAMESPACES,
    measured: 'tls.reset',
    variants: [
      {
        name: 'a firewall at a router',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.16.1', '10.16.2');
          const port = await there.pong();
          router.firewall('forward', `tcp dport ${port} tcp flags & psh == psh reject with tcp reset`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
      { name: 'a relay, at once', start: (lab) => relayed(lab, { cut: { how: 'reset', afterBytes: 1 } }) },
      {
        name: 'a relay, after 1.5 s',
        start: (lab) => relayed(lab, { cut: { how: 'reset', afterBytes: 200, afterMs: 1500 } }),
      },
    ],
  },
  {
    id: '17-proxy-protocol-unexpected',
    title: 'a load balancer sends the PROXY protocol to a peer that does not expect it',
    needs: ['haproxy'],
    measured: 'tls.closed',
    variants: [
      {
        name: 'version 1, to pong',
        start: async (lab) => ({
          args: [`127.0.0.1:${await haproxyTcp(lab, await lab.pong(), { server: 'send-proxy' })}`],
        }),
      },
      {
        name: 'version 2, to pong',
        start: async (lab) => ({
          args: [`localhost:${await haproxyTcp(lab, await lab.pong(), { server: 'send-proxy-v2' })}`, '-4'],
        }),
      },
    ],
  },
  {
    id: '17-proxy-protocol-missing',
    title: 'a load balancer expects the PROXY protocol and receives TLS',
    needs: ['haproxy', 'nginx'],
    measured: 'tls.reset',
    hasOneCause: true,
    variants: [
      {
        name: 'haproxy',
        start: async (lab) => ({
          args: [`127.0.0.1:${await haproxyTcp(lab, await lab.pong(), { bind: 'accept-proxy' })}`],
        }),
      },
      {
        name: 'nginx',
        start: async (lab) => ({
          args: [`localhost:${await nginxStream(lab, await lab.pong(), '', 'proxy_protocol')}`, '-4'],
        }),
      },
    ],
  },
  {
    id: '44-mtu',
    title: 'large packets are lost without an ICMP message',
    needs: NAMESPACES,
    measured: 'tls.silent',
    variants: [
      {
        name: 'a link of 1280 bytes, the router sends no ICMP',
        start: (lab) => icmpBlackHole(lab, 1280, 'at the router', '10.44.1'),
      },
      {
        name: 'a tunnel of 1400 bytes, the host drops ICMP',
        start: (lab) => icmpBlackHole(lab, 1400, 'at the host', '10.44.2'),
      },
    ],
  },
  {
    id: '45-loss',
    title: 'one packet in five is lost',
    needs: [...NAMESPACES, 'iptables'],
    measured: 'ok',
    warnings: ['path.loss'],
    measuredWarnings: ['path.loss'],
    variants: [
      {
        name: 'towards this machine, at a router (nftables)',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.45.1', '10.45.2');
          const port = await there.pong();
          router.firewall('forward', `ip saddr ${address} numgen random mod 100 < 20 drop`);
          return lossy(`${address}:${port}`, here);
        },
      },
      {
        name: 'towards the host (iptables)',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.45.3');
          const port = await there.pong(['--port', '443']);
          there.sh('iptables -A INPUT -m statistic --mode random --probability 0.2 -j DROP');
          return lossy(`${address}:${port}`, here);
        },
      },
    ],
  },
  {
    id: '48-corruption',
    title: 'a byte is changed in transit',
    needs: [],
    measured: 'tls.bad-record',
    variants: [
      {
        name: "in the peer's first messages",
        start: (lab) => relayed(lab, { corrupt: { from: 'listener', atByte: 700 } }),
      },
      {
        name: "in the peer's hello",
        start: (lab) => relayed(lab, { corrupt: { from: 'listener', atByte: 20 } }),
      },
      { name: "in the client's hello", start: (lab) => relayed(lab, { corrupt: { from: 'connector', atByte: 30 } }) },
    ],
  },
  {
    id: '49-slow',
    title: 'the handshake arrives in small pieces and takes seconds',
    needs: [],
    measured: 'ok',
    warnings: ['tls.slow'],
    measuredWarnings: ['tls.slow'],
    variants: [
      {
        name: '100 bytes at a time',
        start: (lab) => relayed(lab, { drip: { bytes: 100, everyMs: 170, firstBytes: 1400 } }),
      },
      {
        name: '25 bytes at a time',
        start: (lab) => relayed(lab, { drip: { bytes: 25, everyMs: 42, firstBytes: 1400 } }),
      },
    ],
  },
  {
    id: '49-stalled',
    title: 'bytes arrive too slowly for the time-out',
    needs: [],
    measured: 'tls.stalled',
    variants: [
      {
        name: 'a byte at a time',
        start: (lab) => relayed(lab, { drip: { bytes: 1, everyMs: 20 } }, '--timeout', '1500ms'),
      },
      {
        name: 'ten bytes at a time',
        start: (lab) => relayed(lab, { drip: { bytes: 10, everyMs: 100 } }, '--timeout', '2500ms'),
      },
    ],
  },
];

/** Many calls, each with enough time for retransmissions. */
function lossy(target: string, here: Host): Path {
  return { args: [target, '--timeout', '30s'], measureArgs: ['--count', '25', '--interval', '0'], prefix: here.prefix };
}

/** Calls one after the other: enough for each warning that depends on times. */
const MANY_CALLS = { measureArgs: ['--count', '15', '--interval', '0'] } as const;

export const healthyScenarios: readonly Scenario[] = [
  {
    id: 'healthy-direct',
    title: 'healthy: direct connection',
    needs: NAMESPACES,
    measured: 'ok',
    variants: [
      { name: 'this machine', start: async (lab) => ({ args: [`127.0.0.1:${await lab.pong()}`], ...MANY_CALLS }) },
      {
        name: 'through a router',
        start: async (lab) => {
          const { here, there, address } = routed(lab, '10.99.1', '10.99.2');
          return { args: [`${address}:${await there.pong()}`], prefix: here.prefix, ...MANY_CALLS };
        },
      },
      {
        name: 'through a NAT, by a name with two addresses',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.99.3', '10.99.4');
          router.masquerade();
          there.sh('ip route del default');
          there.sh('ip addr add 10.99.4.3/32 dev lo');
          router.sh(`ip route add 10.99.4.3/32 via ${address}`);
          here.resolvers(['127.0.0.1']);
          await here.dns({ a: [address, '10.99.4.3'], delayMs: 150 });
          return { args: [`web.example:${await there.pong()}`], prefix: here.prefix, ...MANY_CALLS };
        },
      },
      {
        name: 'over IPv6',
        start: async (lab) => {
          const here = new Host(lab, 'here');
          const there = new Host(lab, 'there');
          link(lab, here, ['fd99::1/64'], there, ['fd99::2/64']);
          return { args: [`[fd99::2]:${await there.pong()}`], prefix: here.prefix, ...MANY_CALLS };
        },
      },
    ],
  },
  {
    id: 'healthy-far',
    title: 'healthy: long round-trip time',
    needs: [],
    measured: 'ok',
    variants: [
      { name: '50 ms', start: async (lab) => ({ ...(await relayed(lab, { delayMs: 25 })), ...MANY_CALLS }) },
      { name: '200 ms', start: async (lab) => ({ ...(await relayed(lab, { delayMs: 100 })), ...MANY_CALLS }) },
      {
        name: '20 to 60 ms',
        start: async (lab) => ({ ...(await relayed(lab, { delayMs: 10, jitterMs: 20 })), ...MANY_CALLS }),
      },
      {
        name: '100 to 220 ms',
        start: async (lab) => ({ ...(await relayed(lab, { delayMs: 50, jitterMs: 60 })), ...MANY_CALLS }),
      },
    ],
  },
  {
    id: 'healthy-passed-on',
    title: 'healthy: a device forwards TCP',
    needs: ['nginx', 'haproxy'],
    measured: 'ok',
    variants: [
      {
        name: 'haproxy',
        start: async (lab) => ({ args: [`127.0.0.1:${await haproxyTcp(lab, await lab.pong())}`], ...MANY_CALLS }),
      },
      {
        name: 'nginx, by name',
        start: async (lab) => ({
          args: [`localhost:${await nginxStream(lab, await lab.pong())}`, '-4'],
          ...MANY_CALLS,
        }),
      },
      {
        name: 'nginx and haproxy that use the PROXY protocol between them',
        start: async (lab) => {
          const inner = await haproxyTcp(lab, await lab.pong(), { bind: 'accept-proxy' });
          const nginx = await nginxStream(lab, inner, 'proxy_protocol on;');
          return { args: [`127.0.0.1:${nginx}`], ...MANY_CALLS };
        },
      },
    ],
  },
];
