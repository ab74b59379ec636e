import type { ConnectionView, PageSource } from 'tentacle-protocol/diagnostics';
import type { Level } from '../options/run-options.js';

/** The kind of peer, as far as its replies or its landing page show it. */
export type PeerType = PageSource;

/** What the peer reported about itself when it was probed. */
export interface Peer {
  readonly kind: PeerType;
  /** The level to measure with. */
  readonly level: Level | 'original';
  /** The capabilities of a real Tentacle. */
  readonly capabilities?: readonly string[];
  /** The connection as tentacle-pong sees it. */
  readonly peerView?: ConnectionView;
}

/** The landing page that a listener shows to a browser. */
export interface PageResult {
  readonly author: PeerType;
  readonly status: number;
  /** The page's title, or the beginning of its text. */
  readonly text: string;
}
