import { readObject } from '../powershell-values.js';
import { matchInterface, type Packet } from './packet.js';
import { type Match, negate } from './ruleset.js';

type Json = Record<string, unknown>;

/** The elements of named sets and maps, by table and name. */
export type NftSets = ReadonlyMap<string, unknown>;

/** Whether one comparison of a rule holds for the packet. What is not known here is `maybe`. */
export function matchNft({ op, left, right }: Json, packet: Packet, sets: NftSets, table: string): Match {
  const values = valuesOf(left, packet);
  if (values === 'no' || values === 'maybe') return values;
  const resolved = typeof right === 'string' && right.startsWith('@') ? sets.get(`${table} ${right.slice(1)}`) : right;
  const match = values.test === undefined ? holds(resolved, values.known) : anyOf(resolved, values.test);
  switch (op) {
    case '==':
    case 'in':
      return match;
    case '!=':
      return negate(match);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compare(op, values.known[0], right);
    default:
      return 'maybe';
  }
}

/** `no`: no packet of TCP has it. `maybe`: not known. */
type Values =
  | 'no'
  | 'maybe'
  | { readonly known: readonly (string | number | boolean)[]; readonly test?: (value: string) => Match };

function valuesOf(left: unknown, packet: Packet): Values {
  const [kind, value] = Object.entries(readObject(left) ?? {})[0] ?? [];
  const details = readObject(value) ?? {};
  switch (kind) {
    case 'payload':
      return payloadValues(details, packet);
    case 'meta':
      return metaValues(details['key'], packet);
    case 'ct':
      if (!packet.isTracked) return 'maybe';
      if (details['key'] === 'state') return { known: ['new'] };
      return details['key'] === 'direction' ? { known: ['original'] } : 'maybe';
    case 'fib':
      return fibValues(details);
    case '&':
      return flagValues(value);
    default:
      return 'maybe';
  }
}

function payloadValues({ protocol, field }: Json, { family, port }: Packet): Values {
  switch (protocol) {
    case 'tcp':
    case 'th':
      if (field === 'dport') return { known: [port] };
      return field === 'flags' ? { known: ['syn'] } : 'maybe';
    case 'ip':
      if (family !== 4) return 'no';
      return field === 'protocol' ? { known: ['tcp', 6] } : 'maybe';
    case 'ip6':
      if (family !== 6) return 'no';
      return field === 'nexthdr' ? { known: ['tcp', 6] } : 'maybe';
    case 'udp':
    case 'udplite':
    case 'sctp':
    case 'dccp':
    case 'icmp':
    case 'icmpv6':
    case 'igmp':
    case 'esp':
    case 'ah':
      return 'no';
    default:
      return 'maybe';
  }
}

function metaValues(key: unknown, packet: Packet): Values {
  switch (key) {
    case 'l4proto':
      return { known: ['tcp', 6] };
    case 'nfproto':
      return { known: [packet.family === 4 ? 'ipv4' : 'ipv6'] };
    case 'protocol':
      return { known: [packet.family === 4 ? 'ip' : 'ip6'] };
    case 'pkttype':
      return { known: ['host', 'unicast'] };
    case 'iif':
    case 'iifname':
      return { known: [], test: (name) => matchInterface(packet, name, '*') };
    default:
      return 'maybe';
  }
}

/** The packet is for an address of this host, and comes from where a route leads, whose interface `exists`. */
function fibValues({ result, flags }: Json): Values {
  const names = JSON.stringify(flags ?? '');
  if (result === 'type' && names === '["daddr"]') return { known: ['local'] };
  return result === 'oif' && names.includes('saddr') && names.includes('iif') ? { known: [true] } : 'maybe';
}

/** Whether a packet of TCP can have what is compared, so that a lookup of it in a map can be followed. */
export function canHave(left: unknown, packet: Packet): boolean {
  return valuesOf(left, packet) !== 'no';
}

/** `tcp flags & (fin | syn | rst | ack)`: SYN alone is set. */
function flagValues(operands: unknown): Values {
  const [flags, mask] = Array.isArray(operands) ? (operands as unknown[]) : [];
  if (!JSON.stringify(flags ?? '').includes('"flags"')) return 'maybe';
  return { known: JSON.stringify(mask ?? '').includes('"syn"') ? ['syn'] : [0] };
}

/** Whether one of the known values is in what the rule names: a value, a list, a set or a range. */
function holds(right: unknown, known: readonly (string | number | boolean)[]): Match {
  // Whether an interface exists is also written as a comparison with its number, and 0 is none.
  const plain = known[0] === true && (right === 0 || right === '0') ? false : right;
  if (typeof plain === 'boolean' && typeof known[0] !== 'boolean') return 'maybe';
  if (typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean')
    return known.includes(plain) ? 'yes' : 'no';
  if (Array.isArray(right)) return anyMatch(right.map((item: unknown) => holds(item, known)));
  const { set, range, elem } = readObject(right) ?? {};
  if (set !== undefined) return holds(Array.isArray(set) ? set : [set], known);
  if (elem !== undefined) return holds(readObject(elem)?.['val'], known);
  if (Array.isArray(range)) {
    const [from, to] = range.map(Number);
    const [value] = known.filter((one) => typeof one === 'number');
    if (value === undefined || from === undefined || to === undefined) return 'maybe';
    return value >= from && value <= to ? 'yes' : 'no';
  }
  return 'maybe';
}

function anyOf(right: unknown, test: (value: string) => Match): Match {
  if (typeof right === 'string') return test(right);
  if (Array.isArray(right)) return anyMatch(right.map((item: unknown) => anyOf(item, test)));
  const { set, elem } = readObject(right) ?? {};
  if (set !== undefined) return anyOf(set, test);
  return elem === undefined ? 'maybe' : anyOf(readObject(elem)?.['val'], test);
}

function anyMatch(matches: readonly Match[]): Match {
  if (matches.includes('yes')) return 'yes';
  return matches.includes('maybe') ? 'maybe' : 'no';
}

function compare(op: string, known: string | number | boolean | undefined, right: unknown): Match {
  if (typeof known !== 'number' || typeof right !== 'number') return 'maybe';
  const isBelow = known < right;
  const isEqual = known === right;
  const result = op === '<' ? isBelow : op === '<=' ? isBelow || isEqual : op === '>' ? !isBelow && !isEqual : !isBelow;
  return result ? 'yes' : 'no';
}
