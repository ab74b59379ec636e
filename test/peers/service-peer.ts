import type { TlsOptions } from 'node:tls';
import { CAPABILITIES, responseBytes, ServiceConnection } from './service-connection.js';
import { tlsPeer } from './tls-peer.js';

/** Starts a service that trusts any client and runs the script after the identities. */
export function servicePeer(script: (connection: ServiceConnection) => Promise<void>, options: TlsOptions = {}) {
  return tlsPeer((socket) => {
    const connection = new ServiceConnection(socket);
    // A client that disconnects ends the script; the test checks what the client reports.
    connection
      .exchangeIdentities()
      .then(script)
      .catch(() => socket.destroy());
  }, options);
}

/** Starts a healthy service: it returns its capabilities for every call, and PROCEED for NEXT. */
export function healthyPeer(options: TlsOptions = {}) {
  return servicePeer(async (connection) => {
    for (;;) {
      await connection.send(responseBytes(await connection.readRequest(), CAPABILITIES));
      if ((await connection.readLine()) !== 'NEXT') break;
      await connection.send('PROCEED\r\n');
    }
    connection.socket.end();
  }, options);
}
