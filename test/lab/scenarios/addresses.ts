import type { Lab } from '../lab.js';
import { Host, link, onLink } from '../network.js';
import type { Path, Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A pong on a host with the addresses .2 and .3 and this rule in its firewall, by a name with these addresses of it. */
async function twoAddresses(
  lab: Lab,
  net: string,
  order: readonly string[],
  rule?: string,
): Promise<Path & { there: Host }> {
  const here = new Host(lab, 'here');
  const there = new Host(lab, 'there');
  link(lab, here, [`${net}.1/24`], there, [`${net}.2/24`, `${net}.3/24`]);
  here.resolvers(['127.0.0.1']);
  await here.dns({ a: order.map((last) => `${net}.${last}`) });
  const port = await there.pong();
  if (rule !== undefined) there.firewall('input', rule.replace('PORT', String(port)));
  return { args: [`two.example:${port}`, '--timeout', '6s'], prefix: here.prefix, there };
}

/** A host that has this address for a name in its hosts file, and resolvers with this answer. */
async function localName(lab: Lab, answer: string, options: { hosts?: string; pong?: boolean } = {}): Promise<Path> {
  const { here, there, address } = onLink(lab, '10.7.8');
  here.resolvers([address]);
  await there.dns({ a: [answer] }, address);
  if (options.hosts !== undefined) here.hostsFile(`${options.hosts} web01.example\n`);
  const port = options.pong === true ? await here.pong() : 10933;
  return { args: [`web01.example:${port}`], prefix: here.prefix };
}

/** Names with several addresses, and names that lead to this machine. */
export const addressScenarios: readonly Scenario[] = [
  {
    id: '07-first-address-fails-fast',
    title: 'two addresses, the first one fails with an error: Octopus goes on to the second',
    needs: NAMESPACES,
    measured: 'ok',
    warnings: ['dns.failing-address'],
    measuredWarnings: ['dns.failing-address'],
    variants: [
      {
        name: 'refused',
        start: (lab) =>
          twoAddresses(lab, '10.7.1', ['3', '2'], 'ip daddr 10.7.1.3 tcp dport PORT reject with tcp reset'),
      },
      {
        name: 'no machine at that address',
        start: async (lab) => {
          const path = await twoAddresses(lab, '10.7.2', ['3', '2']);
          path.there.sh('ip addr del 10.7.2.3/24 dev $(ip -o link | sed -n "s/.*\\(eth[0-9]*\\)@.*/\\1/p")');
          return path;
        },
      },
      {
        name: 'rejected by a firewall',
        start: (lab) =>
          twoAddresses(
            lab,
            '10.7.3',
            ['3', '2'],
            'ip daddr 10.7.3.3 tcp dport PORT reject with icmp type admin-prohibited',
          ),
      },
    ],
  },
  {
    id: '07-second-address-refuses',
    title: 'two addresses, the second one refuses: Octopus does not notice',
    needs: NAMESPACES,
    measured: 'ok',
    warnings: ['dns.failing-address'],
    variants: [
      {
        name: 'refused',
        start: (lab) =>
          twoAddresses(lab, '10.7.4', ['2', '3'], 'ip daddr 10.7.4.3 tcp dport PORT reject with tcp reset'),
      },
    ],
  },
  {
    id: '07-all-addresses-fail',
    title: 'two addresses, and neither accepts connections',
    needs: NAMESPACES,
    measured: 'tcp.refused',
    variants: [
      {
        name: 'an IPv6 address without a route, and a refusal',
        start: async (lab) => {
          const { here, address } = onLink(lab, '10.7.5');
          here.resolvers(['127.0.0.1']);
          await here.dns({ a: [address], aaaa: ['2001:db8::7'] });
          return { args: ['two.example:10933'], prefix: here.prefix };
        },
      },
    ],
  },
  {
    id: 'name-to-this-machine',
    title: 'the name leads to this machine, and nothing listens there',
    needs: NAMESPACES,
    measured: 'dns.local-address',
    variants: [
      { name: 'a DNS filter returns 0.0.0.0', start: (lab) => localName(lab, '0.0.0.0') },
      { name: 'a record with 127.0.0.1', start: (lab) => localName(lab, '127.0.0.1') },
      { name: "a record with this machine's own address", start: (lab) => localName(lab, '10.7.8.1') },
    ],
  },
  {
    id: 'name-to-this-machine-hosts',
    title: 'the hosts file leads a name to this machine',
    needs: NAMESPACES,
    measured: 'dns.local-address',
    hasOneCause: true,
    variants: [{ name: 'a loopback address', start: (lab) => localName(lab, '10.20.30.40', { hosts: '127.0.0.1' }) }],
  },
  {
    id: 'name-to-this-machine-answers',
    title: 'the name leads to this machine, where another service answers',
    needs: NAMESPACES,
    measured: 'ok',
    warnings: ['dns.local-address'],
    measuredWarnings: ['dns.local-address'],
    variants: [{ name: 'a pong on this machine', start: (lab) => localName(lab, '127.0.0.1', { pong: true }) }],
  },
];

/** Names with an address that does no harm. */
export const healthyAddressScenarios: readonly Scenario[] = [
  {
    id: 'healthy-unused-address',
    title: 'healthy: one address of the name has no route from here',
    needs: NAMESPACES,
    measured: 'ok',
    variants: [
      {
        name: 'an IPv6 address, and no IPv6 on this machine',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.99.6');
          here.resolvers(['127.0.0.1']);
          await here.dns({ a: [address], aaaa: ['2001:db8::6'] });
          const port = await there.pong();
          return { args: [`dual.example:${port}`], prefix: here.prefix, measureArgs: ['--count', '15', '-i', '0'] };
        },
      },
      {
        name: 'an IPv6 address, and a router without IPv6',
        start: async (lab) => {
          const here = new Host(lab, 'here');
          const there = new Host(lab, 'there');
          link(lab, here, ['10.99.7.1/24', '2001:db8:7::1/64'], there, ['10.99.7.2/24', '2001:db8:7::2/64']);
          here.sh('ip -6 route add default via 2001:db8:7::2');
          // Linux limits the rate of such reports; this router sends all of them.
          there.sh('sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.icmp.ratelimit=0');
          here.resolvers(['127.0.0.1']);
          await here.dns({ a: ['10.99.7.2'], aaaa: ['2001:db8:ff::9'] });
          const port = await there.pong();
          return { args: [`dual.example:${port}`], prefix: here.prefix, measureArgs: ['--count', '15', '-i', '0'] };
        },
      },
    ],
  },
];
