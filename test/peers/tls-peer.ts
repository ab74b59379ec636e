import type { Socket } from 'node:net';
import { createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { pemOf, testIdentity } from '../identities.js';
import { type Peer, tcpPeer } from './tcp-peer.js';

const tcpOf = new WeakMap<TLSSocket, Socket>();

/** Returns the TCP socket under a TLS connection of a test peer, because Node can reset only a TCP socket. */
export function tcpBeneath(socket: TLSSocket): Socket {
  const tcp = tcpOf.get(socket);
  if (tcp === undefined) throw new Error('not a connection of a TLS peer');
  return tcp;
}

/** Starts a TLS server like a Tentacle's by default: it requests a client certificate and accepts any or none. */
export async function tlsPeer(
  onSecure: (socket: TLSSocket) => unknown,
  options: TlsOptions = {},
): Promise<Peer & { readonly thumbprint: string }> {
  const identity = await testIdentity('Octopus Tentacle');
  const server = createServer({ ...pemOf(identity), requestCert: true, rejectUnauthorized: false, ...options });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    const { remotePort } = socket;
    const tcp = beneath.get(remotePort);
    if (tcp !== undefined) tcpOf.set(socket, tcp);
    socket.on('error', () => undefined);
    onSecure(socket);
    socket.resume();
  });
  const beneath = new Map<number | undefined, Socket>();
  const peer = await tcpPeer((socket) => {
    beneath.set(socket.remotePort, socket);
    server.emit('connection', socket);
  });
  return { ...peer, thumbprint: identity.thumbprint };
}
