import type { ConnectionRecord as ConnectionRecord } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from '../report/attempt-record.js';

/** One connection of this client from both sides. */
export interface AddressSample {
  readonly localAddress?: string;
  readonly localPort?: number;
  /** The source, as it arrives there. */
  readonly address: string;
  readonly port: number;
}

/** What the network does to this client's addresses and ports, as far as samples show. */
export interface AddressMapping {
  /** All samples arrived with the local address and port. */
  readonly isDirect: boolean;
  /** All samples arrived with the local port. */
  readonly keepsPorts: boolean;
  /** Addresses of an address translator or relay, with which this client arrives. One on this machine has its address, and other ports. */
  readonly translated: ReadonlySet<string>;
}

export function inferMapping(samples: readonly AddressSample[]): AddressMapping {
  const known = samples.filter(({ localAddress, localPort }) => localAddress !== undefined && localPort !== undefined);
  const keepsPorts = known.length > 0 && known.every(({ localPort, port }) => localPort === port);
  const translated = new Set(
    known
      .filter(({ localAddress, localPort, address, port }) => localAddress !== address || localPort !== port)
      .map(({ address }) => address),
  );
  return { isDirect: keepsPorts && translated.size === 0, keepsPorts, translated };
}

export function addressSample(
  { localAddress, localPort }: AttemptRecord,
  { address, port }: ConnectionRecord,
): AddressSample {
  const own = knownAddress(localAddress);
  return {
    ...(own === undefined ? {} : { localAddress: own }),
    ...(localPort === undefined ? {} : { localPort }),
    address: bare(address),
    port,
  };
}

/** Whether the record has the attempt's local port, with an address of this client. */
export function portMatches(
  attempt: AttemptRecord,
  { address, port }: ConnectionRecord,
  mapping: AddressMapping,
): boolean {
  if (attempt.localPort !== port) return false;
  const own = knownAddress(attempt.localAddress);
  return (
    bare(address) === own ||
    (own === undefined && mapping.isDirect) ||
    (mapping.keepsPorts && mapping.translated.has(bare(address)))
  );
}

/** Whether the record is of another connection from the local address, as its port shows, unless a relay there changes ports. */
export function portBelongsToAnother(
  attempt: AttemptRecord,
  { address, port }: ConnectionRecord,
  { translated }: AddressMapping,
): boolean {
  if (attempt.localPort === undefined || attempt.localPort === port || translated.has(bare(address))) return false;
  return bare(address) === knownAddress(attempt.localAddress);
}

/** Windows returns the port of a connection that is not established, and no address. */
function knownAddress(address: string | undefined): string | undefined {
  return address === undefined || ['', '::', '0.0.0.0'].includes(address) ? undefined : bare(address);
}

/** Without the name of an interface (`fe80::1%eth0`), which differs at each end. */
function bare(address: string): string {
  return address.replace(/%.*/, '');
}
