import type { Lab } from '../lab.js';
import { link, type DnsAnswer, Host, onLink } from '../network.js';
import type { Path, Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A host whose only resolver has this answer. */
async function resolving(lab: Lab, answer: DnsAnswer, target: string, ...args: readonly string[]): Promise<Path> {
  const here = new Host(lab, 'here');
  here.resolvers(['127.0.0.53']);
  await here.dns(answer, '127.0.0.53');
  return { args: [target, ...args], prefix: here.prefix };
}

/** A pong on another host, by a name with this answer of the resolver. */
async function pongByName(
  lab: Lab,
  net: string,
  answer: (address: string) => DnsAnswer,
  more: { port?: number; name?: string } = {},
): Promise<Path> {
  const { here, there, address } = onLink(lab, net);
  here.resolvers(['127.0.0.1'], 'timeout:5 attempts:1');
  await here.dns(answer(address));
  const port = await there.pong(more.port === undefined ? [] : ['--port', String(more.port)]);
  return { args: [`${more.name ?? 'tentacle.example'}:${port}`], prefix: here.prefix };
}

/** A link with IPv4 and IPv6 addresses, and a second address of each kind at the far end. */
async function dualStack(lab: Lab, answer: DnsAnswer, far: { rule: string; port: number }): Promise<Path> {
  const here = new Host(lab, 'here');
  const there = new Host(lab, 'there');
  const farAddresses = ['10.6.0.2/24', '10.6.0.3/24', 'fd06::2/64', 'fd06::3/64'];
  link(lab, here, ['10.6.0.1/24', 'fd06::1/64'], there, farAddresses);
  here.resolvers(['127.0.0.1']);
  await here.dns(answer);
  await there.pong(['--port', String(far.port)]);
  there.firewall('input', far.rule);
  return { args: [`dual.example:${far.port}`, '--timeout', '1500ms'], prefix: here.prefix };
}

export const dnsScenarios: readonly Scenario[] = [
  {
    id: '01-nxdomain',
    title: 'the name does not exist',
    needs: NAMESPACES,
    measured: 'dns.not-found',
    variants: [
      { name: 'NXDOMAIN at once', start: (lab) => resolving(lab, { rcode: 3 }, 'tentacle.example') },
      { name: 'NXDOMAIN late', start: (lab) => resolving(lab, { rcode: 3, delayMs: 400 }, 'web-01.corp.internal:443') },
      { name: 'a name without addresses', start: (lab) => resolving(lab, {}, 'mail.example:10943') },
    ],
  },
  {
    id: '02-servfail',
    title: 'the resolver fails or refuses',
    needs: NAMESPACES,
    measured: 'dns.servfail',
    hasOneCause: true,
    variants: [
      { name: 'SERVFAIL at once', start: (lab) => resolving(lab, { rcode: 2 }, 'tentacle.example') },
      { name: 'SERVFAIL late', start: (lab) => resolving(lab, { rcode: 2, delayMs: 300 }, 'db7.corp.internal:10943') },
      { name: 'REFUSED', start: (lab) => resolving(lab, { rcode: 5 }, 'tentacle.example:443') },
      {
        name: 'no resolver runs at the configured address',
        start: (lab) => {
          const here = new Host(lab, 'here');
          here.resolvers(['127.0.0.77', '127.0.0.78']);
          return Promise.resolve({ args: ['tentacle.example'], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '03-dns-silent',
    title: 'the resolver does not reply',
    needs: NAMESPACES,
    measured: 'dns.timeout',
    hasOneCause: true,
    variants: [
      {
        name: "silent, until the system's timeout",
        start: (lab) => resolving(lab, { silent: true }, 'tentacle.example'),
      },
      {
        name: 'silent, the time-out of ping expires',
        start: (lab) => resolving(lab, { silent: true }, 'srv.corp.internal:443', '--timeout', '700ms'),
      },
      {
        name: 'two resolvers, a firewall drops queries to both',
        start: async (lab) => {
          const { here, there, address } = onLink(lab, '10.3.3');
          there.sh('ip addr add 10.3.3.3/24 dev $(ip -o link | sed -n "s/.*\\(eth[0-9]*\\)@.*/\\1/p")');
          here.resolvers([address, '10.3.3.3']);
          await there.dns({ a: [address] }, address);
          await there.dns({ a: [address] }, '10.3.3.3');
          there.firewall('input', 'udp dport 53 drop');
          return { args: ['tentacle.example:10943'], prefix: here.prefix };
        },
      },
      {
        name: 'SERVFAIL after the resolver itself waited for others',
        start: (lab) => resolving(lab, { rcode: 2, delayMs: 950 }, 'far.example', '--timeout', '5s'),
      },
    ],
  },
  {
    id: '04-dns-slow',
    title: 'the resolver is slow',
    needs: NAMESPACES,
    measured: 'ok',
    warnings: ['dns.slow'],
    measuredWarnings: ['dns.slow'],
    variants: [
      { name: '3 s', start: (lab) => pongByName(lab, '10.4.1', (address) => ({ a: [address], delayMs: 3000 })) },
      {
        name: '1.3 s, another port',
        start: (lab) =>
          pongByName(lab, '10.4.2', (address) => ({ a: [address], delayMs: 1300 }), {
            port: 443,
            name: 'slow.example',
          }),
      },
    ],
  },
  {
    id: '05-ipv6-only',
    title: 'only an IPv6 address, and no IPv6 on this machine',
    needs: NAMESPACES,
    measured: 'tcp.no-route-v6',
    variants: [
      { name: 'by name', start: (lab) => pongByName(lab, '10.5.1', () => ({ aaaa: ['2001:db8::10'] })) },
      {
        name: 'by name, two addresses',
        start: (lab) =>
          pongByName(lab, '10.5.2', () => ({ aaaa: ['2001:db8:5::1', '2001:db8:5::2'] }), {
            port: 443,
            name: 'six.example',
          }),
      },
      {
        name: 'by address',
        start: (lab) => {
          const { here } = onLink(lab, '10.5.3');
          return Promise.resolve({ args: ['[2001:db8::7]:10933'], prefix: here.prefix });
        },
      },
    ],
  },
  {
    id: '06-ipv6-dead',
    title: 'the IPv6 address is dead; the IPv4 address works',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    diagnosed: 'dns.partial',
    variants: [
      {
        name: 'IPv6 dropped',
        start: (lab) =>
          dualStack(
            lab,
            { a: ['10.6.0.2'], aaaa: ['fd06::2'] },
            { rule: 'meta nfproto ipv6 tcp dport 10933 drop', port: 10933 },
          ),
      },
      {
        name: 'two IPv6 addresses, all IPv6 TCP dropped',
        start: (lab) =>
          dualStack(
            lab,
            { a: ['10.6.0.3'], aaaa: ['fd06::2', 'fd06::3'] },
            { rule: 'ip6 nexthdr tcp drop', port: 443 },
          ),
      },
    ],
  },
  {
    id: '07-first-address-dead',
    title: 'two IPv4 addresses; the first one is dead',
    needs: NAMESPACES,
    measured: 'tcp.timeout',
    diagnosed: 'dns.partial',
    variants: [
      {
        name: 'dropped',
        start: (lab) =>
          dualStack(
            lab,
            { a: ['10.6.0.3', '10.6.0.2'] },
            { rule: 'ip daddr 10.6.0.3 tcp dport 10933 drop', port: 10933 },
          ),
      },
      {
        name: 'dropped, with the other address',
        start: (lab) => dualStack(lab, { a: ['10.6.0.2', '10.6.0.3'] }, { rule: 'ip daddr 10.6.0.2 drop', port: 4433 }),
      },
    ],
  },
  {
    id: '07-second-address-dead',
    title: 'two IPv4 addresses, the second one is dead: ping uses the first, like Octopus',
    needs: NAMESPACES,
    measured: 'ok',
    diagnosed: 'dns.partial',
    variants: [
      {
        name: 'dropped',
        start: (lab) =>
          dualStack(
            lab,
            { a: ['10.6.0.2', '10.6.0.3'] },
            { rule: 'ip daddr 10.6.0.3 tcp dport 10933 drop', port: 10933 },
          ),
      },
    ],
  },
];
