import type { Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { Deadline, nowUs } from '../time/clock.js';
import type { ConnectionView } from '../services/contracts.js';
import { type Handshake, handshakeAsListener, type TlsSession } from '../net/tls.js';
import { readFirstBytes } from '../net/listen.js';
import { type SocketChannel, socketChannel } from '../net/socket-channel.js';
import { thumbprintOf } from '../identity/thumbprint.js';
import { maskUnsafe } from '../text/sanitize.js';
import { readIdentity, writeIdentity } from '../halibut/identity-line.js';
import { isLegacyPingRequest, legacyPongResponse } from '../http/legacy-tentacle-ping.js';
import { renderLandingPage } from '../http/landing-page.js';
import { type Preamble, readPreamble } from '../halibut/preamble.js';
import { PAGE_HEADERS } from '../http/status-page.js';
import { closeSilently, isTrustedClient, requireTrustedClient } from './access-control.js';
import { handshakeTurns } from './handshake-turns.js';
import type { InboundConnection } from './inbound-connection.js';
import type { ListenerLimits } from './limits.js';
import { RejectedConnectionError } from './rejected-connection-error.js';

/** What a listener needs to receive a peer, from TLS to its identity. */
export interface ReceiveOptions {
  /** Of the program that listens. */
  readonly version: string;
  readonly secureContext: SecureContext;
  readonly limits: ListenerLimits;
  /** Thumbprints of the clients to accept; empty: any client, with or without a certificate. */
  readonly trusted: ReadonlySet<string>;
  /** The HTML for a request that does not ask for a message exchange. */
  readonly renderPage: (request: PageRequest) => string;
  /** Whether the original TentaclePing gets the original TentaclePong's answer. */
  readonly answersLegacyPing: boolean;
}

/** A request for the page, and the connection that it arrived on. */
export interface PageRequest extends ConnectionView {
  readonly serverName: string | undefined;
  readonly firstLine: string;
  readonly requestBytes: number;
  /** Whether calls are accepted over that connection. */
  readonly isTrusted: boolean;
}

/** A peer that is trusted and has identified itself. */
export interface AuthenticatedPeer {
  readonly connection: InboundConnection;
  readonly channel: SocketChannel;
  /** DER; undefined when the peer presented none. */
  readonly certificate: Buffer | undefined;
  /** `poll://...` for a polling Tentacle; undefined for a client that calls. */
  readonly subscription: string | undefined;
  /** Aborted when the peer has ended its stream or the connection is gone. */
  readonly gone: AbortSignal;
  /** Completes the exchange of identities. A real server checks a poller's limit first, and never answers one too many. */
  readonly sendIdentity: () => Promise<void>;
}

/**
 * Receives one connection, from accept to its end: TLS, the preamble, then the page, or trust, identity and the handler.
 * What is observed is recorded on the connection as it is observed.
 * @throws whatever ended it, unless it ended normally; by then the connection is closed, or closing.
 */
export async function receiveConnection(
  socket: Socket,
  connection: InboundConnection,
  options: ReceiveOptions,
  handlePeer: (peer: AuthenticatedPeer) => Promise<void>,
): Promise<void> {
  // One for everything up to the identity: a peer that is slow in each of the steps holds its place no longer.
  const identityDeadline = Deadline.inMs(options.limits.identityMs);
  const handshake = await receiveHandshake(socket, connection, options, identityDeadline);
  if (handshake === undefined) return;
  const { socket: tls, session } = handshake;
  const gone = watchEnd(tls, connection);
  recordTls(connection, session);

  const channel = socketChannel(tls, socket);
  try {
    const preamble = await connection.stage('preamble', () =>
      receivePreamble(channel, identityDeadline, options.limits),
    );
    if (preamble.kind === 'message-exchange') {
      const arrivedUs = channel.source.receivedAtUs;
      const { clientThumbprint = null } = connection.facts;
      await connection.stage('trust', () => requireTrustedClient(options.trusted, clientThumbprint));
      const identity = await receiveIdentity(channel, connection, arrivedUs, identityDeadline);
      await handlePeer({ connection, channel, certificate: session.peerCertificate, gone, ...identity });
    } else if (preamble.kind === 'other') {
      await answerWithPage(channel, connection, { ...options, deadline: identityDeadline }, preamble);
    }
    channel.close();
  } catch (error) {
    if (error instanceof RejectedConnectionError) closeSilently(socket, tls);
    else channel.close();
    throw error;
  }
}

/** Receives the first bytes, and TLS when it is the turn of its handshake; undefined when the peer leaves before. */
async function receiveHandshake(
  socket: Socket,
  connection: InboundConnection,
  { limits, secureContext }: ReceiveOptions,
  identityDeadline: Deadline,
): Promise<Handshake | undefined> {
  const deadline = identityDeadline.orInMs(limits.handshakeMs);
  const firstBytes = await readFirstBytes(socket, deadline);
  if (firstBytes === undefined) return undefined;
  connection.record({ firstBytes });
  const startedUs = nowUs();
  const handshake = await connection.stage('tls', async () => {
    await handshakeTurns.take({ address: connection.facts.address, socket, firstBytes, deadline });
    return handshakeAsListener(socket, { secureContext, firstBytes, deadline });
  });
  connection.record({ tlsUs: nowUs() - startedUs });
  // They explain a failed handshake. Thousands of connections that go on need not keep them.
  connection.forget('firstBytes');
  return handshake;
}

/** Records what the peer does to the connection from now on. */
function watchEnd(tls: TLSSocket, connection: InboundConnection): AbortSignal {
  const gone = new AbortController();
  tls.on('error', (error) => connection.failed(error));
  tls.once('end', () => connection.peerClosed());
  for (const event of ['end', 'close'] as const) tls.once(event, () => gone.abort());
  return gone.signal;
}

function recordTls(connection: InboundConnection, { version, cipher, serverName, peerCertificate }: TlsSession): void {
  const clientThumbprint = peerCertificate === undefined ? null : thumbprintOf(peerCertificate);
  connection.record({ tlsVersion: version, cipher, clientThumbprint });
  if (serverName !== undefined) connection.record({ serverName: maskUnsafe(serverName) });
}

async function receivePreamble(channel: SocketChannel, deadline: Deadline, limits: ListenerLimits): Promise<Preamble> {
  return readPreamble(channel.source, {
    purpose: 'the preamble',
    deadline,
    silenceMs: limits.preambleSilenceMs,
    maxBytes: limits.preambleMaxBytes,
  });
}

/**
 * Reads the peer's identity; its answer follows when the handler accepts the peer, within the same time.
 * @param arrivedUs when the preamble arrived, which the identity follows at once.
 */
async function receiveIdentity(
  channel: SocketChannel,
  connection: InboundConnection,
  arrivedUs: number,
  deadline: Deadline,
): Promise<Pick<AuthenticatedPeer, 'subscription' | 'sendIdentity'>> {
  connection.enterStage('identity');
  const request = { purpose: 'the identity of the peer', deadline };
  const identity = await readIdentity(channel.source, request, ['MX-CLIENT', 'MX-SUBSCRIBER']);
  connection.identified();
  const subscription = identity.subscription === undefined ? undefined : maskUnsafe(identity.subscription);
  if (subscription !== undefined) connection.record({ subscription });
  const sendIdentity = async (): Promise<void> => {
    // The system takes these few bytes at once, and the client may have them before this process continues.
    connection.record({ identityUs: nowUs() - arrivedUs });
    await writeIdentity(channel, { role: 'MX-SERVER' }, deadline);
  };
  return { subscription, sendIdentity };
}

async function answerWithPage(
  channel: SocketChannel,
  connection: InboundConnection,
  options: ReceiveOptions & { readonly deadline: Deadline },
  preamble: Preamble & { kind: 'other' },
): Promise<void> {
  const isLegacyPing =
    options.answersLegacyPing && isLegacyPingRequest(preamble.head, channel.source.bufferedBytes > 0);
  const firstLine = maskUnsafe(preamble.firstLine);
  connection.enterStage(isLegacyPing ? 'original' : 'page');
  connection.record({ firstLine });
  const { serverName } = connection.facts;
  const view = connection.describe(options.version);
  const isTrusted = isTrustedClient(options.trusted, view.clientThumbprint);
  const request = { ...view, serverName, firstLine, requestBytes: preamble.totalBytes, isTrusted };
  const answer = isLegacyPing ? legacyPongResponse() : renderLandingPage(options.renderPage(request), PAGE_HEADERS);
  await channel.write(answer, options.deadline);
}
