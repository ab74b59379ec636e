import type { ConnectionFacts, FailedAddress } from '../../trace.js';
import { sameCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { durationText, hostAndPort } from '../wording.js';

/**
 * How long a system searches for a machine on its own network: it asks three times, a second apart (Linux: 3.07 s). A
 * device that rejects reports at once; a report that took longer than the search was delayed.
 */
export const NEIGHBOR_SEARCH_US = { min: 2_000_000, max: 3_900_000 } as const;

/** How an address failed, as a clause: `192.0.2.10 refused the connection after 1 ms`. */
export function describeFailedAddress({ address, code, elapsedUs }: FailedAddress): string {
  const after = durationText(elapsedUs);
  if (code === 'ECONNREFUSED') return `${address} refused the connection after ${after}`;
  if (isSilent(code)) return `${address} did not answer within ${after}`;
  if (code === 'ENETUNREACH') return `no route leads to ${address} (reported after ${after})`;
  if (code === 'EHOSTUNREACH' && isNeighborSearch(elapsedUs))
    return `no machine responded at ${address} within ${after}`;
  if (code === 'EHOSTUNREACH') return `${address} was reported as unreachable after ${after}`;
  return `${address} failed with ${code} after ${after}`;
}

/** Whether a report of "host unreachable" took as long as a search for a missing machine. */
export function isNeighborSearch(elapsedUs: number): boolean {
  return elapsedUs >= NEIGHBOR_SEARCH_US.min && elapsedUs <= NEIGHBOR_SEARCH_US.max;
}

/** Whether an address failed because it did not answer: only then is the next address never tried. */
export function isSilent(code: string): boolean {
  return code === 'CONNECT_TIMEOUT' || code === 'ETIMEDOUT';
}

/** Codes of a missing route, or of a family that this machine does not have: common beside another address, and free. */
const NO_ROUTE: readonly string[] = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/**
 * Linux misses a router's report that arrives while it still sends the first packet, and sends the next one after 1 s. A
 * report that took longer than that was delayed or lost.
 */
const LATE_REPORT_US = 1_500_000;

/**
 * Whether an address that failed beside one that accepts deserves a warning. An address without a route does not: many
 * names have an IPv6 address and many machines no IPv6, and Octopus goes on at once, unless a router reports it late.
 */
export function isWorthAWarning({ address, code, elapsedUs }: FailedAddress): boolean {
  if (/^(?:127\.|::1$)/.test(address)) return false;
  return !NO_ROUTE.includes(code) || elapsedUs >= LATE_REPORT_US;
}

/** What is known about the other addresses of the name, as sentences; empty if it has no others. */
export function describeOtherAddresses(facts: ConnectionFacts): string {
  const { address, failedAddresses = [] } = facts;
  const others = failedAddresses.filter((failed) => failed.address !== address);
  const untried = untriedAddresses(facts);
  return [
    others.length > 0
      ? ` The other addresses of the name failed as well: ${others.map(describeFailedAddress).join('; ')}.`
      : '',
    untried.length > 0
      ? ` The name also has ${untried.join(', ')}, not tried here: Octopus goes on to the next address only after an error, and this one did not answer.`
      : '',
  ].join('');
}

function untriedAddresses({ address, addresses = [], failedAddresses = [] }: ConnectionFacts): string[] {
  // The next address is tried after any other failure.
  if (!failedAddresses.some((failed) => failed.address === address && isSilent(failed.code))) return [];
  return addresses.filter((one) => one !== address && !failedAddresses.some((failed) => failed.address === one));
}

/** Tests every address of the name by itself; no step where the name has one address, or is the proxy's. */
export function testEachAddress(facts: ConnectionFacts): Step[] {
  const { addresses = [], proxy, address } = facts;
  if (proxy !== undefined || addresses.length < 2 || address === undefined) return [];
  return [
    {
      who: 'you',
      action: 'Test each address of the name separately.',
      ...sameCommand(`tentacle-ping ${hostAndPort(facts)} --all-addresses`),
    },
  ];
}

/** Ranges whose addresses mean something in one network only, or nothing: what to say about them. */
const SPECIAL_RANGES: readonly { readonly range: RegExp; readonly means: string }[] = [
  {
    range: /^(?:169\.254\.|fe[89ab][\da-f]:)/i,
    means:
      'is a link-local address. It works only between machines on one cable or switch; a host with this address got none from DHCP',
  },
  {
    range: /^(?:192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:0?db8:)/i,
    means: 'is reserved for documentation, so no host on the Internet has it',
  },
  {
    range: /^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
    means: 'belongs to the range 100.64.0.0/10 of carriers and VPNs, and can be reached only from inside that network',
  },
  {
    range: /^198\.1[89]\./,
    means: 'is reserved for benchmarks. Proxy and filter clients use such addresses in place of the real ones',
  },
  { range: /^(?:22[4-9]|2[345]\d)\.|^ff/i, means: 'is not an address of a host (multicast or reserved)' },
];

/** What the address's range means, as a sentence; empty for an ordinary address. */
export function describeRange({ address = '' }: ConnectionFacts): string {
  const special = SPECIAL_RANGES.find(({ range }) => range.test(address));
  return special === undefined ? '' : ` ${address} ${special.means}.`;
}

/** Corrects a record with an address that no other network can use. */
export function correctRecord(facts: ConnectionFacts): Step[] {
  const { host, address, proxy } = facts;
  const name = proxy?.host ?? host;
  if (name === address || describeRange(facts) === '') return [];
  return [{ who: 'dns-owner', action: `Check whether ${address ?? 'this address'} is the right record for ${name}.` }];
}
