import { nowUs } from './time/clock.js';
import { isoTime } from './time/iso-time.js';
import type { AttestationResult } from './identity/attestation.js';
import type { CertificateFacts } from './identity/certificate.js';
import type { WebCertificateJudgment } from './identity/web-certificate.js';
import type { ProxyResponse } from './http/proxy-response.js';

/** The steps of an attempt, in their order; a later one is never reached without those before it, data streams apart. */
export const STAGES = ['dns', 'tcp', 'proxy', 'tls', 'trust', 'identity', 'rpc', 'data', 'idle'] as const;
export type Stage = (typeof STAGES)[number];

/** The HTTP proxy on the path, and its response. Plain data; no password. */
export interface ProxyFacts {
  readonly host: string;
  readonly port: number;
  /** The user whose credentials are sent; absent: none. */
  readonly user?: string;
  /** User or password contain characters beyond ASCII, for which Octopus, and so this tool, sends question marks. */
  readonly beyondAscii?: boolean;
  /** Its response to CONNECT, as far as it arrived. */
  readonly answer?: ProxyResponse;
}

/** The direction of a data stream: to the peer, or from the peer. */
export type Direction = 'upload' | 'download';

/** The data stream that was under way, and what a search for size limits found. Plain data. */
export interface TransferFacts {
  readonly direction: Direction;
  readonly sizeBytes: number;
  /** Bytes received (download), or handed to the system, which buffers some (upload). */
  readonly movedBytes: number;
  /** The offset of the first byte that was changed. */
  readonly differsAt?: number;
  /** The size limit lies between these two: one that passes, and one that does not. */
  readonly largestOkBytes?: number;
  readonly smallestFailedBytes?: number;
  /** Whether more than that passed on one connection in pieces of a size that does. */
  readonly passesInPieces?: boolean;
}

/** How a connection that was left idle was found dead. Plain data. */
export interface IdleFacts {
  /** The requested idle time. */
  readonly spanUs: number;
  /** How long it had been idle when it ended, or when it was used again. */
  readonly idleUs: number;
  /** After this much silence the system checks whether the other end is there; absent: keep-alive is off. */
  readonly keepAliveUs?: number;
  /** The other end has switched off its keep-alive for this connection; absent: it may be on. */
  readonly peerKeepAliveOff?: true;
  /** The duration of the call that found it dead; absent: it was found dead while idle. */
  readonly checkUs?: number;
  /** TLS was closed with a close_notify, which only its two ends can send; any device on the path can send a bare FIN. */
  readonly goodbye?: boolean;
  /** The idle timeout that the peer reports. */
  readonly peerLimitUs?: number;
  /** Whether the other end's record says that it closed the connection; absent: unknown. */
  readonly endedThere?: boolean;
  /** The longest idle time that another connection survived, with keep-alive as here. */
  readonly survivedUs?: number;
}

/** A number of attempts of a run, and when the first and the last of them were: UTC, ISO 8601. Plain data. */
export interface AttemptSpan {
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What other attempts of the same run at the same address show of a failure that only some have. Plain data. */
export interface OtherAttempts {
  /** Those that failed in this way, by the time at which they failed. */
  readonly failed: AttemptSpan;
  /** Those that completed the stage at which these failed, by the time at which they began. */
  readonly passed: AttemptSpan;
  /** Whether all that passed began before all that failed, after them, or some before and some after. */
  readonly order: 'before' | 'after' | 'mixed';
}

/** An address of the name that accepted no TCP connection. Plain data. */
export interface FailedAddress {
  readonly address: string;
  /** The system's code, or `CONNECT_TIMEOUT`. */
  readonly code: string;
  /** How long it took to fail. */
  readonly elapsedUs: number;
}

/**
 * How the host leads to this machine: `as-named` by its own name or by an address; under another name to a `loopback`
 * address, or to its `own-address` in the network.
 */
export type ThisMachineFact = 'as-named' | 'loopback' | 'own-address';

/** What was observed of a connection, as far as it went: everything that classification is based on. Plain data. */
export interface ConnectionFacts {
  readonly host: string;
  readonly port: number;
  /** The timeout of one attempt. */
  readonly timeoutUs: number;
  /** The proxy on the path, if any: then the addresses below are those of the connection to it. */
  readonly proxy?: ProxyFacts;
  /** All addresses of the name, in the system's order. */
  readonly addresses?: readonly string[];
  /** Of these, those that did not answer, where each was tried. */
  readonly deadAddresses?: readonly string[];
  /** Of these, those that failed, in the order in which they were tried; absent where none did. */
  readonly failedAddresses?: readonly FailedAddress[];
  /** The one that the connection, or its failure, belongs to. */
  readonly address?: string;
  /** Earlier attempts of the run at this address that a device reported as unreachable at once; absent: none. */
  readonly earlierReports?: { readonly address: string; readonly count: number; readonly fastestUs: number };
  /** That address is one of this machine; absent: it is not, or belongs to the proxy. */
  readonly thisMachine?: ThisMachineFact;
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly tlsVersion?: string;
  /** The suite's standard (IANA) name. */
  readonly cipher?: string;
  /** The server name for TLS (SNI), where it is not the host; empty: none. */
  readonly serverName?: string;
  readonly peerCertificate?: CertificateFacts;
  /** All certificates that the peer sent (DER), its own first, where they were asked for. */
  readonly peerChain?: readonly Buffer[];
  /** How a web client on this machine judges the peer's certificate, where that was asked for. */
  readonly webCertificate?: WebCertificateJudgment;
  /** Whether the listener requested a client certificate, as every Halibut listener does. */
  readonly clientCertificateRequested?: boolean;
  /** The protocol that the listener chose (ALPN), where some were offered and it chose one. */
  readonly alpnProtocol?: string;
  /** The oldest TLS that was offered, where it is not 1.2: Node's name. */
  readonly tlsMin?: string;
  /** The required thumbprint of the peer. */
  readonly expectedThumbprint?: string;
  /** The thumbprint that this end presents. */
  readonly ownThumbprint?: string;
  /** The first raw bytes that arrived on the TCP connection, where they were captured and TLS failed. */
  readonly firstBytes?: Buffer;
  /** What the peer is, as far as an earlier probe showed. */
  readonly peerKind?: string;
  /** The client certificate that arrived at pong, by its page: null for none; absent where no page names it. */
  readonly arrivedThumbprint?: string | null;
  /** Whether pong trusts that certificate, by its page; absent where no page states it. */
  readonly isTrustedThere?: boolean;
  /** The TLS versions below 1.2 that the peer accepts, where it was found to accept no other. */
  readonly onlyOldTlsVersions?: readonly string[];
  /** A PROXY protocol header before TLS was tried, and the handshake failed with it too. */
  readonly isProxyHeaderExcluded?: true;
  /**
   * The role of the peer: the server that is polled, a poller that gets calls, or the web portal of a server (its gRPC
   * and WebSockets too). Absent: a listening Tentacle.
   */
  readonly peerRole?: 'server' | 'poller' | 'portal';
  /** The subscription that is polled. */
  readonly subscription?: string;
  /** The subscriptions that were polled in place of that one, and from where; absent: it was polled, or none was. */
  readonly otherSubscriptions?: readonly { readonly subscription: string; readonly address: string }[];
  /** Connections for the same subscription that were open then, this one apart. */
  readonly otherConnections?: number;
  /** The servers that answered at the polled name, which differ in certificate, address or page. */
  readonly servers?: readonly { readonly thumbprint?: string; readonly address?: string; readonly text?: string }[];
  /** Polling connections that were lost: how long each had carried no message. */
  readonly lostAfterUs?: readonly number[];
  /** The clients that polled, or tried to. */
  readonly pollers?: readonly { readonly address: string; readonly thumbprint: string | null }[];
  /** The result of the attestation, where it was requested. */
  readonly attested?: AttestationResult;
  /** Round trips that a reused connection had carried before. */
  readonly callsBefore?: number;
  /** The data stream that was under way. */
  readonly transfer?: TransferFacts;
  /** Where the connection was left idle. */
  readonly idle?: IdleFacts;
  /** Where other attempts at the same address completed the stage of this failure; absent: none did. */
  readonly otherAttempts?: OtherAttempts;
}

/** The time of one completed stage. */
export interface StageTime<Name extends string = Stage> {
  readonly stage: Name;
  readonly durationUs: number;
}

/** When something began and ended, by {@link nowUs}. */
export interface MeasuredInterval {
  readonly startedUs: number;
  readonly endedUs: number;
}

/**
 * The trace of one connection or attempt: the stage it is in, how long each stage took, what was observed, and the calls
 * that were answered. A connector and a listener differ in the names of their stages and in the facts that they observe.
 */
export class ConnectionTrace<Facts extends object = ConnectionFacts, Name extends string = Stage> {
  /** UTC, ISO 8601. */
  readonly startedAt = isoTime();
  readonly startedUs = nowUs();
  readonly completedStages: StageTime<Name>[] = [];
  readonly #calls: Record<string, number> = {};
  #facts: Facts;
  #stage: Name;
  #stageStartedUs = this.startedUs;
  #interval: MeasuredInterval | undefined;
  #completedCalls = 0;
  #isInCall = false;

  /** @param firstStage a connector, which has the default names, starts with `dns`; a listener names its first stage. */
  constructor(facts: NoInfer<Facts>, firstStage: NoInfer<Name> = 'dns' as Name) {
    this.#facts = facts;
    this.#stage = firstStage;
  }

  /** Enters a stage that lasts until the next one or the end; it is not timed. */
  enterStage(stage: Name): void {
    this.#stage = stage;
    this.#stageStartedUs = nowUs();
    this.#interval = undefined;
  }

  /** Runs the work of one stage. When the work succeeds, its time is kept; when it throws, the trace stays in the stage. */
  async stage<T>(stage: Name, work: () => Promise<T> | T): Promise<T> {
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
  record(facts: Partial<Facts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** Drops what was observed and is not needed anymore. */
  forget(name: keyof Facts): void {
    const { [name]: _, ...kept } = this.#facts;
    this.#facts = kept as Facts;
  }

  /** A call was sent or received. */
  callStarted(): void {
    this.#isInCall = true;
  }

  /** The call was answered. @param name counted under `calls`. */
  callCompleted(name: string): void {
    this.#calls[name] = (this.#calls[name] ?? 0) + 1;
    this.#completedCalls++;
    this.#isInCall = false;
  }

  get facts(): Facts {
    return this.#facts;
  }

  /** The stage the connection is in, or was in when it failed. */
  get currentStage(): Name {
    return this.#stage;
  }

  /** The time since the current stage began. */
  get elapsedInStageUs(): number {
    return nowUs() - this.#stageStartedUs;
  }

  /** The number of answered calls, by name. */
  get calls(): Readonly<Record<string, number>> {
    return this.#calls;
  }

  /** The number of all answered calls. */
  get completedCalls(): number {
    return this.#completedCalls;
  }

  /** Whether a call waits for its answer. */
  get isInCall(): boolean {
    return this.#isInCall;
  }
}
