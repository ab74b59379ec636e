import {
  CallError,
  call,
  type ClientExchange,
  type ConnectionView,
  type Deadline,
  getCapabilities,
  isServiceNotFound,
  lookAtMe,
  type PageAuthor,
} from 'tentacle-protocol';
import type { Level } from '../plan.js';

/** Who answers, as far as its answers, or the page that it shows to everybody, tell. */
export type PeerType = PageAuthor;

/** What the peer said of itself when it was asked. */
export interface Peer {
  readonly kind: PeerType;
  /** What to measure with. */
  readonly level: Level | 'original';
  /** A real Tentacle's. */
  readonly capabilities?: readonly string[];
  /** What pong sees of us. */
  readonly seesUs?: ConnectionView;
}

/** The original TentaclePong, as its page shows it: there is nothing to ask it. */
export const LEGACY_PONG: Peer = { kind: 'original-pong', level: 'original' };

export interface Endpoint {
  readonly baseUri: string;
  readonly remoteThumbprint: string;
  /** The name of the connection, which its calls carry. */
  readonly activityId?: string;
}

/**
 * Ask the peer what it is, by calls that are harmless to whoever gets them. A certificate that names tentacle-pong
 * only decides which question comes first: a Tentacle logs a call to a service that it has not.
 * @throws CallError service-not-found when it answers neither; whatever a call throws.
 */
export async function probePeer(
  exchange: ClientExchange,
  endpoint: Endpoint,
  certificateSubject: string,
  deadline: Deadline,
): Promise<Peer> {
  const asPong = async (): Promise<Peer> => {
    const { result } = await call(exchange, lookAtMe, null, endpoint, deadline);
    return { kind: 'pong', level: 'echo', seesUs: result };
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
