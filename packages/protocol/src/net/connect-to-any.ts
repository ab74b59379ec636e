import type { Socket } from 'node:net';
import type { Deadline } from '../time/clock.js';
import type { ConnectionTrace, FailedAddress } from '../trace.js';
import { connectTcp, type LocalEndpoint } from './tcp.js';
import { thisMachineFact } from './this-machine.js';
import { AddressError } from './transport-error.js';

/** Which addresses to try, and until when. */
export interface ConnectToAnyOptions {
  /** At least one, in the order in which to try them. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * Connects to one address after the other until one accepts, as the real library does (`TcpClient.ConnectAsync` of .NET):
 * an address that fails leads to the next one at once, and all of them share one deadline. Measured with Halibut 8.1 on
 * Linux, a name with two addresses of which the first one fails:
 *
 *     no route (this machine)           0 ms more; and the system sorts such an address behind the others
 *     refused                           1 ms more, then the next address
 *     unreachable, rejected (router)    1 ms more, or 1 s if the report arrives before the system has sent its packet
 *     no machine (no ARP answer)        3 s more, then the next address
 *     no answer                         60 s, then the call fails: the next address is never tried
 *     accepts, then closes in TLS       the call fails: the next address is never tried
 *     accepts, and is silent in TLS     the call fails: the next address is never tried
 *
 * The second address costs nothing while the first one works. The `tcp` stage is the connection that was accepted; the
 * time of those before is in the facts.
 * @throws where all fail: the failure that says most about the peer, with its address in the facts.
 */
export async function connectToAnyAddress(options: ConnectToAnyOptions, trace: ConnectionTrace): Promise<Socket> {
  const { addresses, port, deadline, signal } = options;
  const failures: (FailedAddress & { readonly error: Error })[] = [];
  for (const address of addresses) {
    trace.record({ address });
    try {
      const socket = await trace.stage('tcp', async () => {
        const onLocalEndpoint = (local: LocalEndpoint): void => trace.record(local);
        const tcp = await connectTcp({ address, port, deadline, signal, onLocalEndpoint });
        trace.recordInterval(tcp.interval);
        return tcp.socket;
      });
      recordThisMachine(trace, address, socket.localAddress);
      return socket;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Cancelled, or a bug of this tool.
      if (!(error instanceof Error) || code === undefined || signal.aborted) throw error;
      failures.push({ address, code, elapsedUs: trace.elapsedInStageUs, error });
      if (addresses.length > 1)
        trace.record({
          failedAddresses: failures.map(({ address, code, elapsedUs }) => ({ address, code, elapsedUs })),
        });
      if (deadline.hasPassed) break;
    }
  }
  const reported = mostInformative(failures);
  trace.record({ address: reported.address });
  recordThisMachine(trace, reported.address);
  if (reported === failures.at(-1)) throw reported.error;
  throw new AddressError(reported.error, reported.elapsedUs);
}

/** Records whether the address is this machine's. A proxy on this machine is usual, and says nothing about the peer. */
function recordThisMachine(trace: ConnectionTrace, address: string, localAddress?: string): void {
  const { host, proxy } = trace.facts;
  const thisMachine = proxy === undefined ? thisMachineFact(host, address, localAddress) : undefined;
  if (thisMachine !== undefined) trace.record({ thisMachine });
}

/** Codes that say something about this machine's routes only, and nothing about the peer. */
const NO_ROUTE: readonly string[] = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

/** The last failure that is not about a missing route: the real library reports the last one, and an address without a route comes last. */
function mostInformative<Failure extends FailedAddress>(failures: readonly Failure[]): Failure {
  const reported = failures.findLast(({ code }) => !NO_ROUTE.includes(code)) ?? failures[0];
  if (reported === undefined) throw new RangeError('no address to connect to');
  return reported;
}
