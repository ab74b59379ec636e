import type { ArrivedConnection } from 'tentacle-protocol';
import type { AttemptRecord } from '../report/attempt-record.js';

/** One connection of ours from both sides. */
export interface AddressSample {
  readonly localAddress?: string;
  readonly localPort?: number;
  /** As they arrive there. */
  readonly address: string;
  readonly port: number;
}

/** What happens to our addresses and ports on the way, as far as samples show. */
export interface AddressMapping {
  /** All samples arrived under our own address and port. */
  readonly isDirect: boolean;
  /** All samples arrived under our own port. */
  readonly keepsPorts: boolean;
  /** Addresses that are not ours, under which we arrive. */
  readonly translated: ReadonlySet<string>;
}

export function inferMapping(samples: readonly AddressSample[]): AddressMapping {
  const told = samples.filter(({ localAddress, localPort }) => localAddress !== undefined && localPort !== undefined);
  const keepsPorts = told.length > 0 && told.every(({ localPort, port }) => localPort === port);
  const translated = new Set(
    told.filter(({ localAddress, address }) => localAddress !== address).map(({ address }) => address),
  );
  return { isDirect: keepsPorts && translated.size === 0, keepsPorts, translated };
}

export function addressSample(
  { localAddress, localPort }: AttemptRecord,
  { address, port }: ArrivedConnection,
): AddressSample {
  const own = knownAddress(localAddress);
  return {
    ...(own === undefined ? {} : { localAddress: own }),
    ...(localPort === undefined ? {} : { localPort }),
    address: bare(address),
    port,
  };
}

/** The record has the attempt's own port, under an address that is ours. */
export function portMatches(
  attempt: AttemptRecord,
  { address, port }: ArrivedConnection,
  way: AddressMapping,
): boolean {
  if (attempt.localPort !== port) return false;
  const own = knownAddress(attempt.localAddress);
  return (
    bare(address) === own ||
    (own === undefined && way.isDirect) ||
    (way.keepsPorts && way.translated.has(bare(address)))
  );
}

/** The record is of a connection from our own address that was not this attempt's, as its port shows. */
export function portBelongsToAnother(attempt: AttemptRecord, { address, port }: ArrivedConnection): boolean {
  if (attempt.localPort === undefined || attempt.localPort === port) return false;
  return bare(address) === knownAddress(attempt.localAddress);
}

/** Windows gives a connection that is not yet made its port, and no address. */
function knownAddress(address: string | undefined): string | undefined {
  return address === undefined || ['', '::', '0.0.0.0'].includes(address) ? undefined : bare(address);
}

/** Without the name of an interface (`fe80::1%eth0`), which each end has its own for. */
function bare(address: string): string {
  return address.replace(/%.*/, '');
}
