/**
 * Bytes over bare Node TLS. Arguments: `serve` and the PEM file of its certificate and key, which prints its port; or `up`
 * or `down`, the port, the PEM file and the number of bytes, which prints one line of JSON: that number, the time in
 * microseconds, and the peak resident memory in bytes.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';

const [mode = '', first = '', second = '', size = '0'] = process.argv.slice(2);

/** The chunk size of ping and pong. */
const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** The header: one byte for the direction, and the number of bytes in decimal. */
const HEAD_BYTES = 21;

async function send(socket: TLSSocket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    if (!socket.write(CHUNK.subarray(0, Math.min(CHUNK.length, left)))) await once(socket, 'drain');
  }
}

/** Receives a number of bytes, including those that have already arrived. */
async function receive(socket: TLSSocket, bytes: number): Promise<void> {
  let left = bytes;
  await new Promise<void>((resolve) => {
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      socket.off('data', count);
      resolve();
    };
    socket.on('data', count);
  });
}

function serve(pem: string): void {
  const server = createServer({ cert: pem, key: pem }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (head: Buffer) => {
      const bytes = Number(head.toString('latin1', 1, HEAD_BYTES));
      if (head[0] === 'd'.charCodeAt(0)) void send(socket, bytes);
      else void receive(socket, bytes).then(() => socket.write('k'));
      // The client sends data only after this reply, so that none of it arrives together with the header.
      socket.write('k');
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
  });
}

async function move(port: number, pem: string, bytes: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, cert: pem, key: pem, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const startedMs = performance.now();
  socket.write(`${mode === 'up' ? 'u' : 'd'}${String(bytes).padStart(HEAD_BYTES - 1, '0')}`);
  if (mode === 'up') {
    await receive(socket, 1);
    const done = receive(socket, 1);
    await send(socket, bytes);
    await done;
  } else await receive(socket, bytes + 1);
  const spanUs = Math.round((performance.now() - startedMs) * 1000);
  socket.end();
  // The system reports it in kilobytes.
  const residentBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ count: bytes, spanUs, residentBytes })}\n`);
}

const pem = readFileSync(mode === 'serve' ? first : second, 'utf8');
if (mode === 'serve') serve(pem);
else await move(Number(first), pem, Number(size));
