/** A server that an instance trusts, or polls. */
export interface TrustedServer {
  readonly thumbprint: string;
  /** `listening`: the server connects to this Tentacle. `polling`: this Tentacle connects to the server. */
  readonly style: 'listening' | 'polling' | 'other';
  /** The address that is polled, as it is written: `https://octopus.example:10943/`. */
  readonly address?: string;
  /** `poll://ID/` */
  readonly subscription?: string;
}

/** An HTTP proxy as configured; the password is never read. */
export interface ConfiguredProxy {
  readonly use: 'none' | 'system' | 'custom';
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
}

/** One instance of Tentacle as its configuration file has it. Plain JSON; no secrets. */
export interface TentacleInstance {
  readonly name: string;
  readonly configFile: string;
  /** Whether it listens: `Tentacle.Services.NoListen` is not set. */
  readonly listens: boolean;
  readonly port: number;
  /** The address to listen on; absent: all. */
  readonly bind?: string;
  readonly thumbprint?: string;
  readonly homeFolder?: string;
  readonly servers: readonly TrustedServer[];
  /** For calls to the server's portal. */
  readonly proxy?: ConfiguredProxy;
  /** For polling. */
  readonly pollingProxy?: ConfiguredProxy;
}

/** Why a place was not read. */
export interface UnreadPlace {
  readonly path: string;
  readonly why: 'missing' | 'denied' | 'malformed';
  /** Line and column, or the system's error. */
  readonly detail?: string;
}

/** What is configured on this host. */
export interface Configuration {
  readonly instances: readonly TentacleInstance[];
  readonly unread: readonly UnreadPlace[];
}
