import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Deadline } from '../time/clock.js';
import { afterDeadline } from '../time/after-deadline.js';
import { cancelled, TransportError } from './transport-error.js';

export type Family = 4 | 6;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: Family;
}

/** Returns the address itself when `host` is one (a zone such as `%eth0` may follow it). */
export function literalAddress(host: string): ResolvedAddress | undefined {
  const family = isIP(host);
  return family === 4 || family === 6 ? { address: host, family } : undefined;
}

/**
 * Resolves a name with the system's resolver to all its addresses, in the resolver's order, as Octopus itself does.
 * A lookup cannot be stopped: at the deadline its result is ignored.
 * @throws the resolver's error (`ENOTFOUND`, `EAI_AGAIN`, ...); TransportError DNS_TIMEOUT or CANCELLED.
 */
export async function resolveName(
  host: string,
  family: Family | undefined,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<ResolvedAddress[]> {
  if (signal.aborted) throw cancelled();
  return new Promise((resolve, reject) => {
    const cancelDeadline = afterDeadline(deadline, () => {
      settle(() => {
        reject(new TransportError('DNS_TIMEOUT', `the resolver did not answer in ${deadline.spanUs / 1000} ms`));
      });
    });
    const onAbort = (): void => settle(() => reject(cancelled()));
    const settle = (report: () => void): void => {
      cancelDeadline();
      signal.removeEventListener('abort', onAbort);
      report();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    lookup(host, { all: true, order: 'verbatim', family: family ?? 0 }, (error, addresses) => {
      settle(() => {
        if (error !== null) reject(error);
        else resolve(addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
      });
    });
  });
}
