import { nowUs } from './clock.js';
import type { Attested } from './trust/attestation.js';
import type { CertificateFacts } from './trust/certificate.js';
import type { ProxyAnswer } from './wire/proxy-answer.js';

/** The steps of an attempt, in their order; a later one is never reached without those before it, data streams apart. */
export const STAGES = ['dns', 'tcp', 'proxy', 'tls', 'trust', 'identity', 'rpc', 'data', 'idle'] as const;
export type Stage = (typeof STAGES)[number];

/** The HTTP proxy on the way, and what it said. Plain data; no password. */
export interface ProxyFacts {
  readonly host: string;
  readonly port: number;
  /** Whose credentials are sent; absent: none are. */
  readonly user?: string;
  /** User or password have characters beyond ASCII, for which Octopus, and so this tool, sends question marks. */
  readonly beyondAscii?: boolean;
  /** Its answer to CONNECT, as far as it came. */
  readonly answer?: ProxyAnswer;
}

/** Which way a data stream goes: from us to the peer, or from the peer to us. */
export type Direction = 'upload' | 'download';

/** The data stream that an attempt was at, and what a ladder of sizes has found of such. Plain data. */
export interface TransferFacts {
  readonly direction: Direction;
  readonly sizeBytes: number;
  /** How much of it had come (download), or had been handed to the system, which holds back some (upload). */
  readonly movedBytes: number;
  /** The offset of the first byte that was not as it was sent. */
  readonly differsAt?: number;
  /** Between these two sizes lies the limit that a ladder found: one that passes, and one that does not. */
  readonly largestOkBytes?: number;
  readonly smallestFailedBytes?: number;
  /** Whether more than that passed on one connection in pieces of a size that does. */
  readonly passesInPieces?: boolean;
}

/** How a connection that was left idle came to be found dead. Plain data. */
export interface IdleFacts {
  /** How long it was to be idle. */
  readonly spanUs: number;
  /** How long it had been idle when it ended, or when it was used again. */
  readonly idleUs: number;
  /** After so much silence the system asks the other end whether it is there; absent: keep-alive is off. */
  readonly keepAliveUs?: number;
  /** The other end has switched its keep-alive off for this connection; absent: it may go on. */
  readonly peerQuiet?: true;
  /** How long the call took that found it dead; absent: that showed while it was idle. */
  readonly checkUs?: number;
  /** TLS itself said that this is the end, which only its two ends can; a bare FIN anything on the way can send. */
  readonly goodbye?: boolean;
  /** After so long the peer closes by itself, as it says. */
  readonly peerLimitUs?: number;
  /** Whether the other end's own record says that it ended the connection; absent: that is not known. */
  readonly endedThere?: boolean;
  /** The longest idle time that another connection survived, with keep-alive as here. */
  readonly survivedUs?: number;
}

/** What was seen on the way, as far as it went: the ground of every classification. Plain data. */
export interface ConnectionFacts {
  readonly host: string;
  readonly port: number;
  /** The span one attempt had in all. */
  readonly timeoutUs: number;
  /** The proxy on the way, where there is one: then the addresses and local ones below are of the leg to it. */
  readonly proxy?: ProxyFacts;
  /** All addresses of the name, in the system's order. */
  readonly addresses?: readonly string[];
  /** Of these, those that accept no connection, where each was tried. */
  readonly deadAddresses?: readonly string[];
  /** The one that was tried. */
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The name that TLS was to ask for (SNI), where it is not the host; empty: none. */
  readonly serverName?: string;
  readonly peerCertificate?: CertificateFacts;
  /** Whether the listener asked for our certificate, as every Halibut listener does. */
  readonly certificateAsked?: boolean;
  /** The oldest TLS that was offered, where it is not 1.2: Node's name. */
  readonly tlsMin?: string;
  /** The peer's thumbprint that was asked for. */
  readonly expectedThumbprint?: string;
  /** The thumbprint that we present. */
  readonly ownThumbprint?: string;
  /** The first raw bytes that came on the TCP connection, where they were watched and TLS failed. */
  readonly firstBytes?: Buffer;
  /** What the peer is, as far as an earlier look told. */
  readonly peerKind?: string;
  /** What the peer is there for: the server that we poll, or a poller that we have calls for. Absent: a Tentacle that listens. */
  readonly peerRole?: 'server' | 'poller';
  /** What is polled for. */
  readonly subscription?: string;
  /** Connections for the same subscription that were open then, this one apart. */
  readonly otherConnections?: number;
  /** Who polls, or tried to. */
  readonly pollers?: readonly { readonly address: string; readonly thumbprint: string | null }[];
  /** What pong's signed view of the connection came to, where it was asked for. */
  readonly attested?: Attested;
  /** Round trips that the connection had carried before, where it is kept open. */
  readonly callsBefore?: number;
  /** The data stream that was on its way. */
  readonly transfer?: TransferFacts;
  /** Where the connection was left idle. */
  readonly idle?: IdleFacts;
}

/** The time of one completed stage. */
export interface StageTime {
  readonly stage: Stage;
  readonly durationUs: number;
}

/** When something began and ended, by {@link nowUs}. */
export interface MeasuredInterval {
  readonly startedUs: number;
  readonly endedUs: number;
}

/** The trace of one connection or attempt: the stage it is in, how long each stage took, and what was observed. */
export class ConnectionTrace {
  readonly startedUs = nowUs();
  readonly completedStages: StageTime[] = [];
  #facts: ConnectionFacts;
  #stage: Stage = 'dns';
  #stageStartedUs = this.startedUs;
  #interval: MeasuredInterval | undefined;

  constructor(facts: ConnectionFacts) {
    this.#facts = facts;
  }

  /** Enters a stage that is not timed: for calls beside the measurement. */
  enterStage(stage: Stage): void {
    this.#stage = stage;
    this.#stageStartedUs = nowUs();
    this.#interval = undefined;
  }

  /** Runs the work of one stage. When the work succeeds, its time is kept; when it throws, the trace stays in the stage. */
  async stage<T>(stage: Stage, work: () => Promise<T> | T): Promise<T> {
    this.enterStage(stage);
    const startedUs = this.#stageStartedUs;
    const result = await work();
    const { startedUs: fromUs, endedUs } = this.#interval ?? { startedUs, endedUs: nowUs() };
    this.completedStages.push({ stage, durationUs: endedUs - fromUs });
    return result;
  }

  /** Sets the time of the current stage, where its work measured it closer to the network than this class can. */
  recordInterval(interval: MeasuredInterval): void {
    this.#interval = interval;
  }

  /** Adds what was observed. */
  record(facts: Partial<ConnectionFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  get facts(): ConnectionFacts {
    return this.#facts;
  }

  /** The stage the attempt is in, or was in when it failed. */
  get current(): Stage {
    return this.#stage;
  }

  /** The time since the current stage began. */
  get elapsedInStageUs(): number {
    return nowUs() - this.#stageStartedUs;
  }
}
