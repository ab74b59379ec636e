import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Deadline } from '../time/clock.js';
import type { ConnectionTrace } from '../trace.js';
import { describeCertificate } from '../identity/certificate.js';
import { readIdentity, type Role, writeIdentity } from '../halibut/identity-line.js';
import { writePreamble } from '../halibut/preamble.js';
import { connectTcp, type LocalEndpoint } from './tcp.js';
import { handshakeAsConnector } from './tls.js';
import { type HttpProxy, openTunnel, proxyFacts, withoutCredentials } from './http-connect.js';
import { type Family, literalAddress, type ResolvedAddress, resolveName } from './resolve.js';
import { type SocketChannel, socketChannel } from './socket-channel.js';
import { HandshakeError } from './transport-error.js';

/** Where to and as whom a connector connects. */
export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  /** Of the address that the TCP connection goes to: the host's, or the proxy's. */
  readonly family?: Family;
  /** Connect there, under the host's name and without looking it up. */
  readonly address?: string;
  /** Go through it: then the name is looked up and reached by the proxy, and only the proxy by us. */
  readonly proxy?: HttpProxy;
  /** The name to ask for in TLS (SNI); empty: none. Absent: the host. */
  readonly serverName?: string;
  /** What to send before TLS, for a peer that waits for a header of its own. */
  readonly preface?: (socket: Socket) => Buffer;
  readonly secureContext: SecureContext;
  /** Pinned: any other certificate ends the attempt before a byte of ours, as in the real library. */
  readonly expectedThumbprint?: string;
}

/** The peer's certificate is not the pinned one. */
export class UnexpectedThumbprintError extends Error {
  override readonly name = 'UnexpectedThumbprintError';
  readonly code = 'UNEXPECTED_THUMBPRINT';
}

/**
 * The staged path up to a TLS connection that is trusted: dns, tcp, [proxy], tls, trust. What is seen is noted on the trace as
 * it is seen, so that a failure finds it there.
 */
export async function openTlsConnection(
  plan: ConnectOptions,
  watch: boolean,
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<SocketChannel> {
  const { proxy } = plan;
  if (proxy !== undefined) trace.record({ proxy: proxyFacts(proxy) });
  const { port, ...hop } = proxy === undefined ? plan : { host: proxy.host, port: proxy.port, family: plan.family };
  const address = await firstAddress(hop, trace, deadline, signal);
  trace.record({ address: address.address });
  const socket = await trace.stage('tcp', async () => {
    const onLocalEndpoint = (local: LocalEndpoint): void => trace.record(local);
    const tcp = await connectTcp({ address: address.address, port, deadline, signal, onLocalEndpoint });
    trace.recordInterval(tcp.interval);
    return tcp.socket;
  });
  const target = { host: plan.address ?? plan.host, port: plan.port };
  const early = proxy && (await trace.stage('proxy', () => openTunnel(socket, proxy, target, trace, deadline, signal)));
  if (plan.preface !== undefined) socket.write(plan.preface(socket));
  if (plan.serverName !== undefined) trace.record({ serverName: plan.serverName });
  const options = { secureContext: plan.secureContext, serverName: plan.serverName ?? plan.host, watch };
  const { socket: tls, seen } = await trace.stage('tls', async () => {
    try {
      return await handshakeAsConnector(socket, options, deadline, signal);
    } catch (error) {
      const firstBytes = (error instanceof HandshakeError ? error.firstBytes : undefined) ?? early;
      if (firstBytes !== undefined)
        trace.record({ firstBytes: proxy ? withoutCredentials(firstBytes, proxy) : firstBytes });
      throw error;
    }
  });
  const channel = socketChannel(tls, socket);
  try {
    await trace.stage('trust', () => {
      trace.record({
        tlsVersion: seen.version,
        cipher: seen.cipher,
        ...(seen.clientCertificateRequested === undefined
          ? {}
          : { clientCertificateRequested: seen.clientCertificateRequested }),
      });
      const peer = seen.peerCertificate === undefined ? undefined : describeCertificate(seen.peerCertificate);
      if (peer !== undefined) trace.record({ peerCertificate: peer });
      if (plan.expectedThumbprint !== undefined && peer?.thumbprint !== plan.expectedThumbprint) {
        throw new UnexpectedThumbprintError('the certificate is not the expected one');
      }
    });
  } catch (error) {
    channel.close();
    throw error;
  }
  return channel;
}

/** Preamble and identity, to the peer's own identity: the identity stage of a connector in either role. */
export async function exchangeIdentityAsConnector(
  channel: SocketChannel,
  identity: { readonly role: Role; readonly subscription?: string },
  trace: ConnectionTrace,
  deadline: Deadline,
): Promise<void> {
  await trace.stage('identity', async () => {
    const readTheirs = () =>
      readIdentity(channel.source, { purpose: 'the identity of the peer', deadline }, ['MX-SERVER']);
    try {
      await writePreamble(channel, deadline);
      await writeIdentity(channel, identity, deadline);
    } catch (error) {
      // It spoke and left before it took our words: what it said tells more than that it left.
      if (channel.source.bufferedBytes > 0) await readTheirs();
      throw error;
    }
    await readTheirs();
  });
}

/** The first address, as the system gives them: the one that Octopus would try first. */
async function firstAddress(
  plan: { readonly host: string; readonly family?: Family | undefined; readonly address?: string },
  trace: ConnectionTrace,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<ResolvedAddress> {
  const literal = literalAddress(plan.address ?? plan.host);
  if (literal !== undefined) return literal;
  const addresses = await trace.stage('dns', () => resolveName(plan.host, plan.family, deadline, signal));
  trace.record({ addresses: addresses.map(({ address }) => address) });
  const [first] = addresses;
  if (first === undefined) throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
  return first;
}
