import { createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { pemOf, testIdentity } from '../identities.js';
import { type Peer, tcpPeer } from './tcp-peer.js';

/** A TLS server as a Tentacle is one, unless told otherwise: it asks for a client certificate and takes any or none. */
export async function tlsPeer(
  onSecure: (socket: TLSSocket) => unknown,
  options: TlsOptions = {},
): Promise<Peer & { readonly thumbprint: string }> {
  const identity = await testIdentity('Octopus Tentacle');
  const server = createServer({ ...pemOf(identity), requestCert: true, rejectUnauthorized: false, ...options });
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    onSecure(socket);
    socket.resume();
  });
  const peer = await tcpPeer((socket) => void server.emit('connection', socket));
  return { ...peer, thumbprint: identity.thumbprint };
}
