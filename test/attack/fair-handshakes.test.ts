import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { expect, onTestFinished } from 'vitest';
import { startPong } from '../binaries/command.js';
import { itWith, linux } from '../real-components.js';

/** Fewer than pong lets wait from one address. */
const FLOOD = 100;

/** How many handshakes may begin before that of another address: two in the turn of the event loop in which all arrive. */
const BEFORE_MAX = 5;

/** Returns the first message of a handshake, for which the listener computes a signature. */
async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  server.close();
  return bytes;
}

itWith(linux, 'a handshake does not wait for all of those of another address', async () => {
  const hello = await clientHello();
  const pong = await startPong('--bind', '127.0.0.1', '--log-level', 'warn');
  onTestFinished(() => void pong.process.kill('SIGKILL'));
  const open = async (localAddress: string): Promise<Socket> => {
    const socket = createConnection({ host: '127.0.0.1', port: pong.port, localAddress });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  const flood = await Promise.all(Array.from({ length: FLOOD }, async () => open('127.0.1.1')));
  const healthy = await open('127.0.0.1');

  // Connections are accepted in their order: when a later one is answered, all of them are.
  const last = await open('127.0.0.1');
  last.end('no TLS\r\n\r\n');
  last.resume();
  await once(last, 'close');

  // Pong finds all of them at once, the one of the other address last.
  pong.process.kill('SIGSTOP');
  const answered: Socket[] = [];
  const all = [...flood, healthy].map(async (socket) => {
    socket.write(hello);
    await once(socket, 'data');
    answered.push(socket);
  });
  pong.process.kill('SIGCONT');
  await Promise.all(all);
  expect(answered.indexOf(healthy)).toBeLessThan(BEFORE_MAX);
  for (const socket of answered) socket.destroy();
});
