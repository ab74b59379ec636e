/**
 * The reference's connecting side: Node's TLS with nothing around it. Arguments: what to do, the port, the PEM file of
 * its certificate and key, a count and, for `echo`, the sizes of the records in their order, ours and theirs in turn.
 * Prints one line of JSON: how many, and the time in microseconds.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureContext, type TLSSocket } from 'node:tls';

const [what = '', port = '', pemFile = '', count = '', ...sizes] = process.argv.slice(2);
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

/** One connection after the other, each closed once its handshake is done. */
async function handshakes(): Promise<void> {
  for (let i = 0; i < Number(count); i++) (await secured()).end();
}

/** On one connection: write a record, await one, write the next. */
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
await (what === 'echo' ? echo() : handshakes());
const spanUs = Math.round((performance.now() - startedMs) * 1000);
process.stdout.write(`${JSON.stringify({ count: Number(count), spanUs })}\n`);
