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

/** The name in pong's own certificate. One that it was started with (`--pfx`) has another. */
const PONG_SUBJECT = 'tentacle-pong';

/**
 * Returns what the peer is by its capabilities alone. A Tentacle reports at least two, in every version that reports any;
 * pong reports none. Without any, and with another certificate than pong's own, the peer stays unknown.
 */
export function peerByCapabilities(capabilities: readonly string[], certificateSubject: string): Peer {
  const withoutAny = certificateSubject.includes(PONG_SUBJECT) ? 'pong' : 'unknown';
  return { kind: capabilities.length > 0 ? 'tentacle' : withoutAny, level: 'capabilities', capabilities };
}

/** The endpoint of a request. */
export interface Endpoint {
  readonly baseUri: string;
  readonly remoteThumbprint: string;
  /** The name of the connection, which its calls carry. */
  readonly activityId?: string;
}

/**
 * Finds out what the peer is, by calls that are harmless to any peer. A certificate that names tentacle-pong only
 * decides which call comes first: a Tentacle logs a call to a service that it does not have. pong reports no capabilities,
 * so a peer without any is asked further.
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
  const [first, second] = certificateSubject.includes(PONG_SUBJECT) ? [asPong, asTentacle] : [asTentacle, asPong];
  const peer = await unlessNotFound(first);
  if (peer !== undefined && peer.capabilities?.length !== 0) return peer;
  await exchange.takeTurn(deadline);
  if (peer === undefined) return second();
  return (await unlessNotFound(asPong)) ?? peer;
}

/** Returns what the call shows; undefined when the peer does not have its service. */
async function unlessNotFound(ask: () => Promise<Peer>): Promise<Peer | undefined> {
  try {
    return await ask();
  } catch (error) {
    const notFound =
      error instanceof CallError && error.serverError !== undefined && isServiceNotFound(error.serverError);
    if (!notFound) throw error;
    return undefined;
  }
}
