import type { Match } from './ruleset.js';

/** The packet that is asked about: the first of a new TCP connection from another host. Its sender is not known. */
export interface Packet {
  readonly family: 4 | 6;
  readonly port: number;
  /** The interfaces that it can arrive on: all but loopback, as an address belongs to the host and not to its interface. */
  readonly interfaces: readonly string[];
  /** Whether connection tracking surely sees it: it is then new. A rule may exempt packets, which have no state then. */
  readonly isTracked: boolean;
}

/** Whether the packet arrives on an interface of this name. @param ending of a name for several: `*`, or `+` in iptables. */
export function matchInterface({ interfaces }: Packet, name: string, ending: '*' | '+'): Match {
  if (name === 'lo') return 'no';
  if (interfaces.length === 0) return 'maybe';
  const isPrefix = name.endsWith(ending);
  const fits = (own: string): boolean => (isPrefix ? own.startsWith(name.slice(0, -1)) : own === name);
  if (interfaces.every(fits)) return 'yes';
  return interfaces.some(fits) ? 'maybe' : 'no';
}
