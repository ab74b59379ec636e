/**
 * The connecting side of the reference: bare Node TLS. Arguments: the mode, the port, the PEM file of its certificate and
 * key, a count and, for `echo`, the record sizes in order, the client's and the server's alternately. Prints one line of
 * JSON: the count and the time in microseconds.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';

const [mode = '', port = '', pemFile = '', count = '', ...sizes] = process.argv.slice(2);
const pem = readFileSync(pemFile, 'utf8');
const secureContext = createSecureContext({ cert: pem, key: pem });

async function secured(): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port: Number(port), secureContext, rejectUnauthorized: false });
  socket.setNoDelay(true);
  socket.on('error', (error) => {
    throw error;
  });
  await once(socket, 'secureConnect');
  return socket;
}

/** Opens connections one after the other, and closes each after its handshake. */
async function handshakes(): Promise<void> {
  for (let i = 0; i < Number(count); i++) (await secured()).end();
}

/** Writes a record, waits for one, and writes the next, on one connection. */
async function echo(): Promise<void> {
  const socket = await secured();
  const records = sizes.map((size) => Buffer.alloc(Number(size), 'x'));
  let turn = 0;
  let missing = 0;
  let round = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      if (turn === records.length) {
        turn = 0;
        if (++round === Number(count)) {
          resolve();
          return;
        }
      }
      missing = records[turn + 1]?.length ?? 0;
      const record = records[turn];
      turn += 2;
      if (record !== undefined) socket.write(record);
    };
    socket.on('data', (chunk: Buffer) => {
      missing -= chunk.length;
      if (missing === 0) next();
    });
    next();
  });
  socket.end();
}

const startedMs = performance.now();
await (mode === 'echo' ? echo() : handshakes());
const spanUs = Math.round((performance.now() - startedMs) * 1000);
process.stdout.write(`${JSON.stringify({ count: Number(count), spanUs })}\n`);
