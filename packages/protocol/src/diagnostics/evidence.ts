import type { ByteExcerpt } from '../plain-data/byte-excerpt.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import type { IdleFacts, ProxyFacts, Stage, TransferFacts } from '../trace.js';
import type { FailureId } from './catalogue.js';
import { classify } from './classify.js';
import type { Observation } from './failure-definition.js';
import { identifyProtocol } from './identify-protocol.js';

/** The failure of one attempt, as records and reports contain it. Plain JSON. */
export interface Failure {
  readonly id: FailureId;
  /** The stage at which it appeared; the id names the stage to which it belongs. */
  readonly shownAt: Stage;
  readonly evidence: Evidence;
}

/** The evidence for a ticket: codes, time, addresses, bytes, certificates. Plain JSON. */
export interface Evidence {
  /** The system's, OpenSSL's or this tool's code. */
  readonly code: string;
  readonly syscall?: string;
  /** Time since the beginning of the stage at which it appeared. */
  readonly elapsedUs: number;
  /** What was awaited. */
  readonly awaiting?: string;
  /** With a proxy, the proxy's; the local address and port are then of the connection to it. */
  readonly address?: string;
  readonly localAddress?: string;
  readonly localPort?: number;
  /** How many bytes of what was awaited were received; during TLS, raw bytes. */
  readonly receivedBytes: number;
  /** The first bytes received, if they were kept. */
  readonly received?: ByteExcerpt;
  /** The software that answered, if its bytes identify it. */
  readonly answeredBy?: string;
  readonly proxy?: ProxyEvidence;
  readonly tlsVersion?: string;
  readonly cipher?: string;
  readonly expectedThumbprint?: string;
  readonly peerThumbprint?: string;
  readonly ownThumbprint?: string;
  /** Whether the listener requested a client certificate, as every Halibut listener does. */
  readonly clientCertificateRequested?: boolean;
  /** The service's error message. */
  readonly serverError?: string;
  readonly callsBefore?: number;
  /** The data stream that was in transit. */
  readonly transfer?: TransferFacts;
  /** The subscription polled for, and how many other connections for it were open. */
  readonly subscription?: string;
  readonly otherConnections?: number;
  /** The clients that poll, or tried to. */
  readonly pollers?: readonly { readonly address: string; readonly thumbprint: string | null }[];
  readonly idle?: IdleFacts;
  readonly bug?: string;
}

/** The proxy in between, and its response to CONNECT. */
export interface ProxyEvidence {
  readonly host: string;
  readonly port: number;
  /** The user whose credentials were sent. */
  readonly user?: string;
  readonly status?: number;
  readonly reason?: string;
  /** Lower-case names; the first of each. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The authentication schemes that it offered. */
  readonly schemes?: readonly string[];
}

/** Bytes kept of each failure: a report contains many of them. */
const KEPT_BYTES_MAX = 1024;

/** The failure that the observation is classified as, with its evidence. */
export function failureOf(observation: Observation): Failure {
  return { id: classify(observation).id, shownAt: observation.signature.shownAt, evidence: evidenceOf(observation) };
}

function evidenceOf({ signature, facts }: Observation): Evidence {
  const bytes = signature.received.length > 0 ? signature.received : facts.firstBytes;
  return omitUndefined({
    code: signature.code,
    syscall: signature.syscall,
    elapsedUs: signature.elapsedUs,
    awaiting: signature.purpose,
    address: facts.address,
    localAddress: facts.localAddress,
    localPort: facts.localPort,
    receivedBytes: signature.receivedBytes,
    received: bytes === undefined || bytes.length === 0 ? undefined : bytesOf(bytes),
    answeredBy: bytes === undefined ? undefined : identifyProtocol(bytes)?.detail,
    proxy: facts.proxy === undefined ? undefined : proxyEvidence(facts.proxy),
    tlsVersion: facts.tlsVersion,
    cipher: facts.cipher,
    expectedThumbprint: facts.expectedThumbprint,
    peerThumbprint: facts.peerCertificate?.thumbprint,
    ownThumbprint: facts.ownThumbprint,
    clientCertificateRequested: facts.clientCertificateRequested,
    serverError: signature.serverError?.message.slice(0, KEPT_BYTES_MAX),
    callsBefore: facts.callsBefore,
    transfer: facts.transfer,
    subscription: facts.subscription,
    otherConnections: facts.otherConnections,
    pollers: facts.pollers,
    idle: facts.idle,
    bug: signature.bug,
  });
}

function proxyEvidence({ host, port, user, answer }: ProxyFacts): ProxyEvidence {
  const { status, reason, headers, schemes } = answer ?? {};
  return omitUndefined({
    host,
    port,
    user,
    status,
    reason,
    headers,
    schemes: schemes === undefined || schemes.length === 0 ? undefined : schemes,
  });
}

function bytesOf(bytes: Buffer): ByteExcerpt {
  const kept = bytes.subarray(0, KEPT_BYTES_MAX);
  return { text: kept.toString('latin1').replaceAll(/[^\x20-\x7e\r\n\t]/g, '.'), hex: kept.toString('hex') };
}
