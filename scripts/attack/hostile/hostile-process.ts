/**
 * The process of one hostile listener. Arguments: its name and the PEM file of its usual certificate and key. Prints its
 * port; runs until a signal.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { hostileListeners } from './hostile-listeners.js';

const [name = '', pemFile = ''] = process.argv.slice(2);
const listener = hostileListeners.find((one) => one.name === name);
if (listener === undefined) throw new Error(`no listener has the name ${name}`);
const { onTcp, onTls, pem: ownPem } = listener;
const pem = ownPem?.() ?? readFileSync(pemFile, 'utf8');
const secureContext = createSecureContext({ cert: pem, key: pem });

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  if (onTcp !== undefined) {
    socket.resume();
    onTcp(socket).catch(() => socket.destroy());
    return;
  }
  const tls = new TLSSocket(socket, { isServer: true, secureContext, requestCert: true, rejectUnauthorized: false });
  tls.on('error', () => socket.destroy());
  tls.once('secure', () => {
    onTls?.(tls).catch(() => tls.destroy());
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
