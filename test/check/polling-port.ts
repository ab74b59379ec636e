import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import { renderLandingPage } from '../../packages/protocol/src/http/landing-page.js';
import { pemOf, testIdentity } from '../identities.js';

const SERVER_PAGE = '<title>Octopus Server</title><p>Octopus Server configured successfully</p>';

/** Starts a polling port with a certificate of its own. */
export async function pollingPort(
  name: string,
  page = SERVER_PAGE,
  host = '127.0.0.1',
  port = 0,
): Promise<{ readonly port: number; readonly thumbprint: string }> {
  const identity = await testIdentity(name);
  const sockets = new Set<TLSSocket>();
  const server = createServer({ ...pemOf(identity), requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(page.startsWith('HTTP') ? page : renderLandingPage(page)));
  });
  await once(server.listen(port, host), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, thumbprint: identity.thumbprint };
}
