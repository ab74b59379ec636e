import { Host, onLink, routed } from '../network.js';
import { peerProgram } from '../programs.js';
import type { Lab } from '../lab.js';
import type { Path, Scenario } from '../scenario.js';
import type { ListenerJob } from '../tcp-listener.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A SYN is retransmitted after 1 s: one that is lost and then answered must not count as dropped. */
const DROP_TIMEOUT = ['--timeout', '1500ms'] as const;

export const tcpScenarios: readonly Scenario[] = [
  {
    id: '08-refused',
    title: 'the host is up and refuses the connection',
    needs: NAMESPACES,
    measured: 'tcp.refused',
    variants: [
      {
        name: 'no listener, this machine',
        start: async (lab) => ({ args: [`127.0.0.1:${await lab.freePort()}`] }),
      },
      {
        name: 'no listener, another machine',
        start: (lab) => {
          const { here, address } = onLink(lab);
          return Promise.resolve({ args: [`${address}:10933`], prefix: here.prefix });
        },
      },
      {
        name: "REJECT with a TCP reset in the host's firewall, pong behind it",
        start: async (lab) => {
          const { here, there, address } = routed(lab);
          const port = await there.pong();
          there.firewall('input', `tcp dport ${port} reject with tcp reset`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
      {
        name: 'REJECT by default (port unreachable) at a router',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '192.168.20', '172.20.0');
          const port = await there.pong(['--port', '20933']);
          router.firewall('forward', `tcp dport ${port} reject with icmp type port-unreachable`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
      {
        name: "REJECT in this machine's own firewall",
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.8.8');
          const port = await there.pong();
          here.firewall('output', `tcp dport ${port} reject`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '09-drop',
    title: 'packets are dropped',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    variants: [
      {
        name: "in the host's firewall",
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.9.9');
          const port = await there.pong();
          there.firewall('input', `tcp dport ${port} drop`);
          return { args: [`${address}:${port}`, ...DROP_TIMEOUT], prefix: here.prefix };
        },
      },
      {
        name: 'at a router, everything to that host',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.10.1', '10.10.2');
          const port = await there.pong(['--port', '443']);
          router.firewall('forward', `ip daddr ${address} drop`);
          return { args: [`${address}:${port}`, '--timeout', '2s'], prefix: here.prefix };
        },
      },
      {
        name: "in this machine's own firewall",
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.9.8');
          const port = await there.pong();
          here.firewall('output', `tcp dport ${port} drop`);
          return { args: [`${address}:${port}`, ...DROP_TIMEOUT], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '10-rejected',
    title: 'a device reports the host as unreachable',
    needs: NAMESPACES,
    measured: 'tcp.rejected',
    variants: [
      {
        name: "admin-prohibited, in the host's firewall",
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.10.9');
          const port = await there.pong();
          there.firewall('input', `tcp dport ${port} reject with icmp type admin-prohibited`);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
      {
        name: 'host-prohibited, by a router',
        start: (lab) => {
          const { here, router, address } = routed(lab, '10.10.3', '10.10.4');
          router.firewall('forward', 'tcp dport 443 reject with icmp type host-prohibited');
          return Promise.resolve({ args: [`${address}:443`], prefix: here.prefix });
        },
      },
      {
        name: 'host-unreachable, by a router that knows it',
        start: (lab) => {
          const { here, router, address } = routed(lab, '10.10.5', '10.10.6');
          // Linux limits the rate of such replies; this router sends all of them.
          router.sh(`sysctl -qw net.ipv4.icmp_ratelimit=0\nip route add unreachable ${address}/32`);
          return Promise.resolve({ args: [`${address}:10943`], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '10-rejected-rate-limited',
    title: 'a router reports the host as unreachable, and limits how many reports it sends',
    needs: NAMESPACES,
    measured: 'tcp.rejected',
    variants: [
      {
        name: 'three reports at once, then one a second',
        start: (lab) => {
          const { here, router, address } = routed(lab, '10.10.14', '10.10.15');
          router.firewall(
            'forward',
            `ip daddr ${address} limit rate 60/minute burst 3 packets reject with icmp type admin-prohibited`,
            `ip daddr ${address} drop`,
          );
          const measureArgs = ['--count', '6', '--interval', '50ms'];
          return Promise.resolve({ args: [`${address}:10933`], measureArgs, prefix: here.prefix });
        },
      },
      {
        name: "Linux's own limit",
        start: (lab) => {
          const { here, router, address } = routed(lab, '10.10.16', '10.10.17');
          router.sh(`ip route add unreachable ${address}/32`);
          const measureArgs = ['--count', '10', '--interval', '50ms'];
          return Promise.resolve({ args: [`${address}:10933`], measureArgs, prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '10-no-route',
    title: 'no route to the network',
    needs: NAMESPACES,
    measured: 'tcp.no-route',
    hasOneCause: true,
    variants: [
      {
        name: 'this machine has none',
        start: (lab) => {
          const { here } = onLink(lab, '10.10.7');
          return Promise.resolve({ args: ['203.0.113.9:10933'], prefix: here.prefix });
        },
      },
      {
        name: 'this machine has no network at all',
        start: (lab) => Promise.resolve({ args: ['192.0.2.4:443'], prefix: new Host(lab, 'here').prefix }),
      },
      {
        name: 'a router has none',
        start: (lab) => {
          const { here } = routed(lab, '10.10.8', '10.10.11');
          return Promise.resolve({ args: ['198.51.100.7:10943'], prefix: here.prefix });
        },
      },
      {
        name: 'net-unreachable, rejected by a router',
        start: (lab) => {
          const { here, router, address } = routed(lab, '10.10.12', '10.10.13');
          router.firewall('forward', `ip daddr ${address} reject with icmp type net-unreachable`);
          return Promise.resolve({ args: [`${address}:10933`], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '12-host-down',
    title: 'no machine on this network has that address',
    needs: NAMESPACES,
    measured: 'tcp.host-down',
    hasOneCause: true,
    variants: [
      {
        name: 'on the same network',
        start: (lab) => {
          const { here } = onLink(lab, '10.9.0');
          return Promise.resolve({ args: ['10.9.0.77:10933'], prefix: here.prefix });
        },
      },
      {
        name: 'on the same network, turned off since',
        start: (lab) => {
          const { here, there, address } = onLink(lab, '172.16.9');
          there.sh(`ip addr del ${address}/24 dev $(ip -o link | sed -n "s/.*\\(eth[0-9]*\\)@.*/\\1/p")`);
          return Promise.resolve({ args: [`${address}:443`], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '12-host-down-far',
    title: 'no machine has that address on the network behind a router',
    needs: NAMESPACES,
    measured: 'tcp.host-down',
    variants: [
      {
        name: 'behind a router',
        start: (lab) => {
          const { here } = routed(lab, '10.12.1', '10.12.2');
          return Promise.resolve({ args: ['10.12.2.99:443'], prefix: here.prefix });
        },
      },
      {
        name: 'behind a router, another port',
        start: (lab) => {
          const { here, router } = routed(lab, '10.12.3', '10.12.4');
          router.sh('sysctl -qw net.ipv4.icmp_ratelimit=0');
          return Promise.resolve({ args: ['10.12.4.50:10943'], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '13-answer-lost',
    title: 'packets arrive and the replies are lost',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    variants: [
      {
        name: 'a router drops the replies',
        start: async (lab) => {
          const { here, router, there, address } = routed(lab, '10.13.1', '10.13.2');
          const port = await there.pong();
          router.firewall('forward', `ip saddr ${address} drop`);
          return { args: [`${address}:${port}`, ...DROP_TIMEOUT], prefix: here.prefix };
        },
      },
      {
        name: 'the host has no route back',
        start: async (lab) => {
          const { here, there, address } = routed(lab, '10.13.3', '10.13.4');
          const port = await there.pong(['--port', '443']);
          there.sh('ip route del default');
          return { args: [`${address}:${port}`, '--timeout', '2s'], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '13-first-packet-lost',
    title: 'the first packet of every connection is lost, so each one takes a second longer',
    needs: NAMESPACES,
    measured: 'ok',
    warnings: ['path.first-packet-lost'],
    measuredWarnings: ['path.first-packet-lost'],
    variants: [
      {
        name: 'a firewall that learns each connection from its first packet',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.13.5');
          const port = await there.pong();
          there.sh(`nft 'table inet lab {
            set seen { type inet_service; flags dynamic; size 4096; timeout 60s; }
            chain input {
              type filter hook input priority 0
              tcp dport ${port} tcp flags & (syn | ack) == syn tcp sport != @seen add @seen { tcp sport } drop
            }
          }'`);
          const measureArgs = ['--count', '10', '--interval', '0'];
          return { args: [`${address}:${port}`], measureArgs, prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '14-backlog-full',
    title: 'the service hangs and its accept queue is full',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    variants: [
      { name: 'a queue of 1', start: (lab) => hung(lab, '10.14.1', { backlog: 1, fill: true }, DROP_TIMEOUT) },
      {
        name: 'a queue of 5, another port',
        start: (lab) => hung(lab, '10.14.2', { backlog: 5, fill: true, port: 443 }, ['--timeout', '2s']),
      },
    ],
  },
  {
    id: '14-hung',
    title: 'the service hangs and the system accepts connections',
    needs: NAMESPACES,
    measured: 'tls.silent',
    variants: [
      {
        name: 'a process that never accepts',
        start: (lab) => hung(lab, '10.14.3', { backlog: 50, fill: false }, ['--timeout', '1s']),
      },
      {
        name: 'a stopped pong (SIGSTOP)',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.14.4');
          const pong = lab.startPong([], there.prefix);
          const [, port] = await pong.printed(/"port":(\d+)/);
          pong.process.kill('SIGSTOP');
          return { args: [`${address}:${port ?? ''}`, '--timeout', '1500ms'], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: '56-blocked-here',
    title: 'this machine forbids the connection',
    needs: NAMESPACES,
    measured: 'local.blocked',
    variants: [
      {
        name: 'a route that prohibits',
        start: (lab) => {
          const { here, address } = onLink(lab, '10.56.1');
          here.sh(`ip route add prohibit ${address}/32`);
          return Promise.resolve({ args: [`${address}:10933`], prefix: here.prefix });
        },
      },
      {
        name: 'a rule that prohibits a whole network',
        start: (lab) => {
          const { here, address } = routed(lab, '10.56.2', '10.56.3');
          here.sh('ip rule add to 10.56.3.0/24 prohibit');
          return Promise.resolve({ args: [`${address}:443`], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '56-no-source',
    title: 'this machine has no address or port to connect from',
    needs: NAMESPACES,
    measured: 'local.no-source-address',
    variants: [
      {
        name: 'IPv6 is disabled',
        start: (lab) => {
          const here = new Host(lab, 'here');
          here.sh('sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.lo.disable_ipv6=1');
          return Promise.resolve({ args: ['[::1]:10933'], prefix: here.prefix });
        },
      },
      {
        name: 'all ports are in use',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.56.4');
          const port = await there.pong();
          here.sh('sysctl -qw net.ipv4.ip_local_port_range="40000 40003"');
          const hold = `for (let i = 0; i < 4; i++) require('net').connect(${port}, '${address}', () => { if (i === 3) console.log('held'); });`;
          await lab.start([...here.prefix, process.execPath, '-e', hold]).printed(/held/);
          return { args: [`${address}:${port}`], prefix: here.prefix };
        },
      },
    ],
  },
];

/** Starts a hanging service on another host. */
async function hung(lab: Lab, net: string, job: ListenerJob, args: readonly string[]): Promise<Path> {
  const { here, there, address } = onLink(lab, net);
  const listener = lab.start([...there.prefix, ...peerProgram('tcp-listener'), JSON.stringify(job)]);
  const [, port] = await listener.printed(/ready (\d+)/);
  return { args: [`${address}:${port ?? ''}`, ...args], prefix: here.prefix };
}
