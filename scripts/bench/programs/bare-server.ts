/**
 * The listening side of the reference: bare Node TLS. Arguments: the PEM file of its certificate and key, and the record
 * sizes in order, the client's and its own alternately. Prints its port; runs until a signal.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

const [pemFile = '', ...sizes] = process.argv.slice(2);
const pem = readFileSync(pemFile, 'utf8');
const records = sizes.map((size) => Buffer.alloc(Number(size), 'x'));

const server = createServer({ cert: pem, key: pem, requestCert: true, rejectUnauthorized: false, noDelay: true });
server.on('secureConnection', (socket) => {
  let turn = 0;
  let receivedBytes = 0;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes < (records[turn]?.length ?? 0)) return;
    receivedBytes = 0;
    const answer = records[turn + 1];
    turn = (turn + 2) % records.length;
    if (answer !== undefined) socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`);
});
