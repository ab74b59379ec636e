import {
  CallError,
  call,
  type ClientExchange,
  type Deadline,
  getCapabilities,
  isServiceNotFound,
} from 'tentacle-protocol';
import { describeConnection } from 'tentacle-protocol/diagnostics';
import type { Peer } from '../report/peer.js';

/** The legacy TentaclePong, as its page identifies it: it answers no calls. */
export const LEGACY_PONG: Peer = { kind: 'legacy-pong', level: 'original' };

/** The endpoint of a request. */
export interface Endpoint {
  readonly baseUri: string;
  readonly remoteThumbprint: string;
  /** The name of the connection, which its calls carry. */
  readonly activityId?: string;
}

/**
 * Finds out what the peer is, by calls that are harmless to any peer. A certificate that names tentacle-pong only
 * decides which call comes first: a Tentacle logs a call to a service that it does not have.
 * @throws CallError service-not-found when it answers neither; whatever a call throws.
 */
export async function probePeer(
  exchange: ClientExchange,
  endpoint: Endpoint,
  certificateSubject: string,
  deadline: Deadline,
): Promise<Peer> {
  const asPong = async (): Promise<Peer> => {
    const { result } = await call(exchange, describeConnection, null, endpoint, deadline);
    return { kind: 'pong', level: 'echo', peerView: result };
  };
  const asTentacle = async (): Promise<Peer> => {
    const { result } = await call(exchange, getCapabilities, null, endpoint, deadline);
    return { kind: 'tentacle', level: 'capabilities', capabilities: result.supportedCapabilities };
  };
  const [first, second] = certificateSubject.includes('tentacle-pong') ? [asPong, asTentacle] : [asTentacle, asPong];
  try {
    return await first();
  } catch (error) {
    const notFound =
      error instanceof CallError && error.serverError !== undefined && isServiceNotFound(error.serverError);
    if (!notFound) throw error;
    await exchange.takeTurn(deadline);
    return second();
  }
}
