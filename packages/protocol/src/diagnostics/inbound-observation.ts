/** The role that the listener plays: a listening Tentacle (tentacle-pong), or a server that is polled (tentacle-ping). */
export type Role = 'tentacle' | 'server';

/** How far a connection got. */
export type Phase = 'start' | 'tls' | 'preamble' | 'page' | 'original' | 'trust' | 'identity' | 'rpc';

/** What has been observed of a connection. Plain data. */
export interface InboundFacts {
  /** The peer's address and port, as they arrive here. */
  readonly address: string;
  readonly port: number;
  /** This machine's address and port, which the peer connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** The first raw bytes received. */
  readonly firstBytes?: Buffer;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The name that the peer asked for (SNI). */
  readonly serverName?: string;
  /** Null when the handshake ended without a certificate. */
  readonly clientThumbprint?: string | null;
  /** The first line of a preamble that does not ask for a message exchange. */
  readonly firstLine?: string;
  /** The subscription of a peer that polls. */
  readonly subscription?: string;
  /** Of a polling connection that ended: how long it had carried no message. */
  readonly idleUs?: number;
  /** The times of the record (connection-record.ts), as far as they were measured. */
  readonly tlsUs?: number;
  readonly identityUs?: number;
  readonly rpcUs?: number;
  /** Whether the peer showed that it had read the last answer, before it closed the connection: by END or NEXT. */
  readonly lastAnswer?: 'confirmed' | 'unconfirmed';
  /** The peer's own name for the connection: the activity id of its first call. */
  readonly activityId?: string;
}

/** Everything that an ending is classified by. Plain data. */
export interface InboundObservation extends InboundFacts {
  readonly role: Role;
  readonly phase: Phase;
  /** Calls that were answered: by this listener, or by the poller. */
  readonly calls: number;
  /** A call was in progress. */
  readonly inCall: boolean;
  /** The code of the error that ended it (system, OpenSSL, WireError, TransportError or the listener's own); absent without an error. */
  readonly code?: string;
  /** The limit on connections that was reached, if one ended it. */
  readonly limit?: number;
  /** How many bytes of the handshake, or of the awaited message, had arrived. */
  readonly receivedBytes: number;
  /** How long the connection had been in this phase. */
  readonly elapsedInPhaseUs?: number;
  /** The name and message of an error in this tool itself. */
  readonly bug?: string;
}
