import type { Commands, Step } from '../step.js';
import { defineFinding } from './finding.js';

const SHOW_ADDRESSES: Required<Commands> = { windows: 'ipconfig /all', linux: 'ip addr' };

const HOSTS_FILE: Required<Commands> = {
  windows: 'Get-Content C:\\Windows\\System32\\drivers\\etc\\hosts',
  linux: 'cat /etc/hosts',
};

/** A name of this host, and what it resolves to. */
interface NameFacts {
  readonly name: string;
  readonly addresses: readonly string[];
}

interface RouteFacts {
  readonly host: string;
  readonly address: string;
  readonly source: string;
  /** `through 192.0.2.1 on eth0`, as far as it is known. */
  readonly by?: string;
}

const NAME: NameFacts = { name: 'web01.example', addresses: ['192.0.2.10'] };
const STALE: NameFacts = { name: 'web01.example', addresses: ['192.0.2.77'] };
const ROUTE: RouteFacts = {
  host: 'octopus.example',
  address: '198.51.100.5',
  source: '192.0.2.10',
  by: 'through 192.0.2.1 on eth0',
};

function showRoute(address: string): Commands {
  return { windows: `Find-NetRoute -RemoteIPAddress ${address}`, linux: `ip route get ${address}` };
}

function resolveHere(name: string): Required<Commands> {
  return { windows: `nslookup ${name}`, linux: `getent ahosts ${name}` };
}

const CHECK_NETWORK: readonly Step[] = [
  { who: 'tentacle-admin', action: 'Show the addresses and the state of each interface.', ...SHOW_ADDRESSES },
  { who: 'network-team', action: 'Check the cable or virtual network, and whether DHCP answers this host.' },
];

/** What can be found about the addresses, names and routes of this host. */
export const addressFindings = {
  interfaces: defineFinding({
    id: 'addresses.interfaces',
    group: 'addresses',
    status: 'ok',
    title: ({ list }: { readonly list: string }) => `Addresses of this host: ${list}`,
    example: { list: 'eth0 192.0.2.10, eth0 2001:db8::10' },
  }),
  unread: defineFinding({
    id: 'addresses.unread',
    group: 'addresses',
    status: 'unknown',
    title: () => 'The system lists no address of this host, not even loopback',
    means: () =>
      'Either the system failed to list its interfaces, or none is up. Which names and addresses lead to this host is unknown.',
    next: () => [
      { who: 'tentacle-admin', action: 'Show the addresses and the state of each interface.', ...SHOW_ADDRESSES },
    ],
    example: {},
  }),
  none: defineFinding({
    id: 'addresses.none',
    group: 'addresses',
    status: 'problem',
    title: () => 'This host has no address except loopback',
    means: () => 'No interface is up with an address, so no other host can reach this one.',
    next: () => CHECK_NETWORK,
    example: {},
  }),
  linkLocalOnly: defineFinding({
    id: 'addresses.link-local-only',
    group: 'addresses',
    status: 'problem',
    title: ({ list }: { readonly list: string }) => `This host has link-local addresses only: ${list}`,
    means: () =>
      'A host chooses such an address itself when no DHCP server answers. No router forwards it, so only hosts on the same link reach it.',
    next: () => CHECK_NETWORK,
    example: { list: 'eth0 169.254.7.7' },
  }),
  ipv6Only: defineFinding({
    id: 'addresses.ipv6-only',
    group: 'addresses',
    status: 'warning',
    title: ({ list }: { readonly list: string }) => `This host has IPv6 addresses only: ${list}`,
    means: () => 'An Octopus Server without IPv6 cannot reach it, and it reaches no server that has IPv4 only.',
    next: () => [
      { who: 'network-team', action: 'Check that the Octopus Server has an IPv6 address and a route to this network.' },
    ],
    example: { list: 'eth0 2001:db8::10' },
  }),
  nameHere: defineFinding({
    id: 'addresses.name-here',
    group: 'addresses',
    status: 'ok',
    title: ({ name, addresses }: NameFacts) => `"${name}" is this host: ${addresses.join(', ')}`,
    example: NAME,
  }),
  nameLoopback: defineFinding({
    id: 'addresses.name-loopback',
    group: 'addresses',
    status: 'ok',
    title: ({ name, addresses }: NameFacts) => `"${name}" is ${addresses.join(', ')} on this host itself`,
    means: () =>
      'The hosts file of this host says so, as on Debian. Other hosts resolve the name by DNS and get another address.',
    example: { name: 'web01', addresses: ['127.0.1.1'] },
  }),
  nameElsewhere: defineFinding({
    id: 'addresses.name-elsewhere',
    group: 'addresses',
    status: 'warning',
    title: ({ name, addresses }: NameFacts) => `"${name}" resolves to ${addresses.join(', ')}, which is not this host`,
    means: () =>
      'The entry in the hosts file or in DNS is stale, or belongs to another host of this name. A server that uses the name reaches that host.',
    next: ({ name }) => [
      { who: 'tentacle-admin', action: 'Look for the name in the hosts file.', ...HOSTS_FILE },
      { who: 'dns-owner', action: "Otherwise correct the name's entry in DNS.", ...resolveHere(name) },
    ],
    example: STALE,
  }),
  nameUnresolved: defineFinding({
    id: 'addresses.name-unresolved',
    group: 'addresses',
    status: 'warning',
    title: ({ name }: { readonly name: string; readonly code: string }) =>
      `The name "${name}" of this host does not resolve`,
    means: ({ code }) =>
      `The resolver reported ${code}. Programs that look up their own host fail or wait. A server that uses this name cannot find this host either, unless its resolver knows it.`,
    next: ({ name }) => [
      {
        who: 'dns-owner',
        action: 'Add an entry for the name, or check the DNS servers of this host.',
        ...resolveHere(name),
      },
    ],
    example: { name: 'web01', code: 'ENOTFOUND' },
  }),
  dnsHere: defineFinding({
    id: 'addresses.dns-here',
    group: 'addresses',
    status: 'ok',
    title: ({ name, addresses }: NameFacts) => `DNS has this host's address for ${name}: ${addresses.join(', ')}`,
    example: NAME,
  }),
  dnsElsewhere: defineFinding({
    id: 'addresses.dns-elsewhere',
    group: 'addresses',
    status: 'warning',
    title: ({ name, addresses }: NameFacts) => `DNS has ${addresses.join(', ')} for ${name}, which is not on this host`,
    means: () =>
      'The entry is stale, or it is the outer address of a device that translates addresses (NAT). In the first case a server that uses the name reaches another host.',
    next: ({ name }) => [
      { who: 'network-team', action: 'Check whether a NAT device forwards this address to this host.' },
      { who: 'dns-owner', action: 'If none does, correct the entry.', ...resolveHere(name) },
    ],
    example: STALE,
  }),
  dnsMissing: defineFinding({
    id: 'addresses.dns-missing',
    group: 'addresses',
    status: 'ok',
    title: ({ name }: { readonly name: string }) =>
      `DNS has no address for ${name}: a server needs another name, or the address`,
    example: { name: 'web01.example' },
  }),
  dnsUnanswered: defineFinding({
    id: 'addresses.dns-unanswered',
    group: 'addresses',
    status: 'unknown',
    title: ({ name, code }: { readonly name: string; readonly code: string }) =>
      `DNS did not answer for ${name} (${code})`,
    means: () => 'What other hosts get for this name is unknown.',
    next: ({ name }) => [{ who: 'dns-owner', action: 'Check the DNS servers of this host.', ...resolveHere(name) }],
    example: { name: 'web01.example', code: 'ETIMEOUT' },
  }),
  noServer: defineFinding({
    id: 'addresses.no-server',
    group: 'addresses',
    status: 'skipped',
    title: () => 'Route: not looked up; add --server URL, because none is configured',
    example: {},
  }),
  serverHere: defineFinding({
    id: 'addresses.server-here',
    group: 'addresses',
    status: 'ok',
    title: ({ host, address }: Pick<RouteFacts, 'host' | 'address'>) => `${host} is this host itself (${address})`,
    example: { host: 'octopus.example', address: '192.0.2.10' },
  }),
  serverUnresolved: defineFinding({
    id: 'addresses.server-unresolved',
    group: 'addresses',
    status: 'problem',
    title: ({ host, code }: { readonly host: string; readonly code: string }) =>
      `${host} does not resolve on this host (${code})`,
    means: () => 'This host cannot find the Octopus Server by the configured name.',
    next: ({ host }) => [
      { who: 'tentacle-admin', action: 'Check the spelling of the name, and the hosts file.', ...resolveHere(host) },
      { who: 'dns-owner', action: 'Add the entry, or check the DNS servers of this host.' },
    ],
    example: { host: 'octopus.example', code: 'ENOTFOUND' },
  }),
  route: defineFinding({
    id: 'addresses.route',
    group: 'addresses',
    status: 'ok',
    title: ({ host, address, source, by }: RouteFacts) =>
      `Route to ${host === address ? host : `${host} (${address})`}: from ${source}${by === undefined ? '' : ` ${by}`}`,
    example: ROUTE,
  }),
  noRoute: defineFinding({
    id: 'addresses.no-route',
    group: 'addresses',
    status: 'problem',
    title: ({ host, address, code }: { readonly host: string; readonly address: string; readonly code: string }) =>
      `This host has no route to ${host === address ? host : `${host} (${address})`} (${code})`,
    means: () =>
      'Packets to the server do not leave this host: its routing table has no entry, or one that rejects them.',
    next: ({ address }) => [
      { who: 'tentacle-admin', action: 'Show the route.', ...showRoute(address) },
      { who: 'network-team', action: 'Add the default gateway or the missing route.' },
    ],
    example: { host: 'octopus.example', address: '198.51.100.5', code: 'ENETUNREACH' },
  }),
  linkLocalSource: defineFinding({
    id: 'addresses.link-local-source',
    group: 'addresses',
    status: 'problem',
    title: ({ host, source }: RouteFacts) => `Packets to ${host} leave with the link-local address ${source}`,
    means: () => 'No router forwards such an address, so no answer comes back.',
    next: () => CHECK_NETWORK,
    example: { ...ROUTE, source: '169.254.7.7' },
  }),
  nat: defineFinding({
    id: 'addresses.nat',
    group: 'addresses',
    status: 'warning',
    title: ({ host, source }: RouteFacts) => `${host} has a public address, and this host a private one (${source})`,
    means: ({ source }) =>
      `A device in between translates addresses (NAT). The server cannot connect to ${source}: a listening Tentacle needs a forwarded port.`,
    next: () => [
      { who: 'network-team', action: 'Check that the NAT device forwards the port to this host.' },
      {
        who: 'server-admin',
        action:
          'Check that the deployment target has the outer name or address. Otherwise use a polling Tentacle, which needs no forwarding.',
      },
    ],
    example: { ...ROUTE, source: '10.1.2.3' },
  }),
};
