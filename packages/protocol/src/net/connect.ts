import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../time/clock.js';
import type { ConnectionTrace } from '../trace.js';
import { describeCertificate } from '../identity/certificate.js';
import { readIdentity, type Role, writeIdentity } from '../halibut/identity-line.js';
import { writePreamble } from '../halibut/preamble.js';
import { connectToAnyAddress } from './connect-to-any.js';
import { handshakeAsConnector, type TlsSession } from './tls.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { type HttpProxy, openTunnel, proxyFacts, withoutCredentials } from './http-connect.js';
import { type Family, literalAddress, resolveName } from './resolve.js';
import { type SocketChannel, socketChannel } from './socket-channel.js';
import { HandshakeError, TransportError } from './transport-error.js';

/** The peer to connect to, the path to it, and the identity to present. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Of the addresses that are tried: the host's, or the proxy's. */
  readonly family?: Family;
  /** Connect to this address, under the host's name and without resolving it. */
  readonly address?: string;
  /** Connect through this proxy: it resolves the name and connects to the peer; this machine connects to the proxy only. */
  readonly proxy?: HttpProxy;
  /** The name to request in TLS (SNI); empty: none. Absent: the host. */
  readonly serverName?: string;
  /** Returns what to send before TLS, for a peer that waits for a header of its own. */
  readonly preface?: (socket: Socket) => Buffer;
  readonly secureContext: SecureContext;
  /** Any other certificate ends the attempt before a byte is sent inside TLS, as in the real library. */
  readonly expectedThumbprint?: string;
  /** Keep the first raw bytes as evidence where TLS fails, at some cost: see `first-bytes-capture.ts`. */
  readonly captureFirstBytes?: boolean;
  /** Keep the issuers' certificates that the peer sent, as a web client needs them. */
  readonly keepChain?: boolean;
  /** Protocols to offer (ALPN); absent: none, as Halibut. */
  readonly alpnProtocols?: readonly string[];
}

/**
 * Opens a trusted TLS connection in stages: dns, tcp, [proxy], tls, trust. The trace records what is observed at the time
 * it is observed, so that it is there when a stage fails.
 */
export async function openTlsConnection(
  options: ConnectOptions,
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<SocketChannel> {
  const { proxy } = options;
  if (proxy !== undefined) trace.record({ proxy: proxyFacts(proxy) });
  const endpoint = proxy === undefined ? options : { host: proxy.host, port: proxy.port, family: options.family };
  const addresses = await findAddresses(endpoint, trace, deadline, signal);
  const socket = await connectToAnyAddress({ addresses, port: endpoint.port, deadline, signal }, trace);
  const target = { host: options.address ?? options.host, port: options.port };
  const tunneledBytes =
    proxy && (await trace.stage('proxy', () => openTunnel(socket, { proxy, target, trace, deadline, signal })));
  if (options.preface !== undefined) socket.write(options.preface(socket));
  if (options.serverName !== undefined) trace.record({ serverName: options.serverName });
  const { secureContext, serverName = options.host, captureFirstBytes = false, keepChain = false } = options;
  const { socket: tls, session } = await trace.stage('tls', async () => {
    try {
      return await handshakeAsConnector(socket, {
        secureContext,
        serverName,
        captureFirstBytes,
        keepChain,
        deadline,
        signal,
        ...omitUndefined({ alpnProtocols: options.alpnProtocols }),
      });
    } catch (error) {
      const firstBytes = (error instanceof HandshakeError ? error.firstBytes : undefined) ?? tunneledBytes;
      if (firstBytes !== undefined)
        trace.record({ firstBytes: proxy ? withoutCredentials(firstBytes, proxy) : firstBytes });
      throw error;
    }
  });
  const channel = socketChannel(tls, socket);
  try {
    await trace.stage('trust', () => requireExpectedPeer(session, options.expectedThumbprint, trace));
  } catch (error) {
    channel.close();
    throw error;
  }
  return channel;
}

/** Records the session, and checks the peer's certificate. @throws TransportError UNEXPECTED_THUMBPRINT */
function requireExpectedPeer(
  session: TlsSession,
  expectedThumbprint: string | undefined,
  trace: ConnectionTrace,
): void {
  const { version, cipher, clientCertificateRequested, peerCertificate, alpnProtocol } = session;
  trace.record(omitUndefined({ tlsVersion: version, cipher, clientCertificateRequested, alpnProtocol }));
  const certificate = peerCertificate === undefined ? undefined : describeCertificate(peerCertificate);
  if (certificate !== undefined) trace.record({ peerCertificate: certificate });
  if (session.peerChain !== undefined) trace.record({ peerChain: session.peerChain });
  if (expectedThumbprint !== undefined && certificate?.thumbprint !== expectedThumbprint)
    throw new TransportError('UNEXPECTED_THUMBPRINT', 'the certificate is not the expected one');
}

/** Sends preamble and identity and reads the peer's identity: the identity stage of a connector in either role. */
export async function exchangeIdentityAsConnector(
  channel: SocketChannel,
  identity: { readonly role: Role; readonly subscription?: string },
  trace: ConnectionTrace,
  deadline: Deadline,
): Promise<void> {
  await trace.stage('identity', async () => {
    const readPeerIdentity = () =>
      readIdentity(channel.source, { purpose: 'the identity of the peer', deadline }, ['MX-SERVER']);
    try {
      await writePreamble(channel, deadline);
      await writeIdentity(channel, identity, deadline);
    } catch (error) {
      // The peer sent something and left before it read this end's bytes: what it sent is better evidence than the error.
      if (channel.source.bufferedBytes > 0) await readPeerIdentity();
      throw error;
    }
    await readPeerIdentity();
  });
}

/** Returns all addresses in the system's order, in which Octopus tries them. */
async function findAddresses(
  target: { readonly host: string; readonly family?: Family | undefined; readonly address?: string },
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<string[]> {
  const literal = literalAddress(target.address ?? target.host);
  if (literal !== undefined) return [literal.address];
  const resolved = await trace.stage('dns', () => resolveName(target.host, target.family, deadline, signal));
  const addresses = [...new Set(resolved.map(({ address }) => address))];
  trace.record({ addresses });
  if (addresses.length === 0) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
  return addresses;
}
