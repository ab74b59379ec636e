/** A server that an instance trusts, or polls. */
export interface TrustedServer {
  /** As it is written, which may be wrong. */
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
  /** `system`: that of Windows. Linux has none: what is written as `system` is `none` there. */
  readonly use: 'none' | 'system' | 'custom';
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
}

/** A setting that Tentacle cannot read or use. */
export interface InvalidSetting {
  /** `Tentacle.Services.PortNumber` */
  readonly key: string;
  /** As it is written; absent for values of several parts. */
  readonly value?: string;
  /** What it has to be: `true or false`. */
  readonly expected: string;
}

/** One instance of Tentacle as its configuration file has it. Plain JSON; no secrets. */
export interface TentacleInstance {
  readonly name: string;
  readonly configFile: string;
  /** Whether it is in the list of instances; absent or false for a file that was only named. */
  readonly isRegistered?: boolean;
  /** Whether it listens: `Tentacle.Services.NoListen` is not set, and its port is one that can be listened on. */
  readonly listens: boolean;
  readonly port: number;
  /** The address to listen on; absent: all. */
  readonly bind?: string;
  readonly thumbprint?: string;
  readonly homeFolder?: string;
  readonly applicationFolder?: string;
  readonly servers: readonly TrustedServer[];
  /** For calls to the server's portal. */
  readonly proxy?: ConfiguredProxy;
  /** For polling. */
  readonly pollingProxy?: ConfiguredProxy;
  /** Connections per polled address; absent: 1. */
  readonly pollingConnections?: number;
  /** Settings that were not read. */
  readonly invalid?: readonly InvalidSetting[];
  /** Environment variables that replace settings of the file. */
  readonly overriddenBy?: readonly string[];
}

/** Why a place was not read. */
export interface UnreadPlace {
  readonly path: string;
  readonly why: 'missing' | 'denied' | 'malformed';
  /** Line and column, or the system's error. */
  readonly detail?: string;
  /** The instance whose configuration it is. */
  readonly instance?: string;
}

/** An instance as the list of instances has it. */
export interface RegisteredInstance {
  readonly name: string;
  readonly configFile: string;
}

/** What is configured on this host. */
export interface Configuration {
  readonly instances: readonly TentacleInstance[];
  readonly unread: readonly UnreadPlace[];
  /** Every instance that is registered, also those that were not asked for. */
  readonly registered?: readonly RegisteredInstance[];
}
