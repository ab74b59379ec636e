import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { deflateRawSync } from 'node:zlib';
import { call, DataStreamRef, Deadline, type Method, readDataStream } from 'tentacle-protocol';
import { attest, download, echo, NONCE_BYTES, records, testData, upload } from 'tentacle-protocol/diagnostics';
import type { Attack } from '../attack.js';
import type { Attacker, IdentifiedClient } from '../attacker.js';

/** Longer than an attack. */
const CALL_MS = 600_000;

/** Eight at a time stay just below what pong grants one address in an hour (--transfer-limit-per-address). */
const TRANSFER_BYTES = 6 * 1024 ** 3;

/** Calls a method on a connection, as often as the attack lasts or pong lets it. */
async function callAgainAndAgain<Params, Result>(
  attacker: Attacker,
  { exchange, endpoint, tcp }: IdentifiedClient,
  method: Method<Params, Result>,
  params: () => Params,
): Promise<void> {
  try {
    while (!attacker.over.aborted) {
      const deadline = Deadline.inMs(CALL_MS);
      await exchange.takeTurn(deadline);
      await call(exchange, method, params(), endpoint, deadline);
      attacker.counts.calls++;
    }
  } finally {
    tcp.destroy();
  }
}

/** A BSON document that is as large as pong allows and holds as many values as fit: 1.7 KB deflated. */
function inflatingMessage(): Buffer {
  const values = Buffer.from([0x0a, 0x61, 0x00]);
  const count = Math.floor((1024 * 1024 - 64) / values.length);
  const body = Buffer.concat(Array.from({ length: count }, () => values));
  const head = Buffer.alloc(4);
  head.writeInt32LE(body.length + 5);
  return deflateRawSync(Buffer.concat([head, body, Buffer.of(0)]), { level: 9 });
}

const INFLATING_CONNECTIONS = 40;
const RECORDS_OPEN = 3000;

/** Identified clients that call. */
export const callAttacks: readonly Attack[] = [
  {
    name: 'inflating',
    traffic: `${INFLATING_CONNECTIONS} connections/s, each with a message that inflates from 1.7 KB to 1 MB of tiny values`,
    run: async (attacker) => {
      const bytes = inflatingMessage();
      attacker.ready();
      await attacker.atRate(INFLATING_CONNECTIONS, async () => {
        const { tcp, tls } = await attacker.identify();
        tls.write(bytes);
        await once(tcp, 'close');
      });
    },
  },
  {
    name: 'echoes',
    traffic: '4 connections that echo 1 MB again and again',
    run: async (attacker) => {
      const payload = randomBytes(1_000_000);
      attacker.ready();
      await attacker.repeat(4, async () => callAgainAndAgain(attacker, await attacker.identify(), echo, () => payload));
    },
  },
  {
    name: 'downloads',
    traffic: '8 connections that each ask for 6 GiB',
    run: async (attacker) => {
      attacker.ready();
      await attacker.repeat(8, async () => {
        const { channel, tcp, exchange, endpoint } = await attacker.identify();
        try {
          const deadline = Deadline.inMs(CALL_MS);
          const { result } = await call(exchange, download, BigInt(TRANSFER_BYTES), endpoint, deadline);
          attacker.counts.calls++;
          for await (const piece of readDataStream(channel.source, result, { purpose: 'the download', deadline })) {
            if (piece.length === 0) break;
          }
        } finally {
          tcp.destroy();
        }
      });
    },
  },
  {
    name: 'uploads',
    traffic: '8 connections that each send as fast as pong reads',
    run: async (attacker) => {
      attacker.ready();
      await attacker.repeat(8, async () => {
        const { tcp, exchange, endpoint } = await attacker.identify();
        const ref = new DataStreamRef(randomUUID(), TRANSFER_BYTES);
        const stream = { id: ref.id, lengthBytes: TRANSFER_BYTES, chunks: testData(TRANSFER_BYTES) };
        try {
          await call(exchange, upload, ref, endpoint, Deadline.inMs(CALL_MS), [stream]);
        } finally {
          tcp.destroy();
        }
      });
    },
  },
  {
    name: 'attestations',
    traffic: '100 connections/s that each ask for an attestation',
    run: async (attacker) => {
      attacker.ready();
      await attacker.atRate(100, async () => {
        const { exchange, endpoint, tcp } = await attacker.identify();
        try {
          await call(exchange, attest, randomBytes(NONCE_BYTES), endpoint, Deadline.inMs(CALL_MS));
          attacker.counts.calls++;
        } finally {
          tcp.destroy();
        }
      });
    },
  },
  {
    name: 'records',
    traffic: `2 connections that ask for records again and again, beside ${RECORDS_OPEN.toLocaleString('en')} open ones from 2 addresses`,
    addresses: 2,
    run: async (attacker) => {
      await attacker.openIdle(RECORDS_OPEN);
      attacker.ready();
      const query = () => {
        const to = new Date(Date.now() + 60_000).toISOString();
        return { from: new Date(0).toISOString(), to, after: 0, max: 200 };
      };
      await attacker.repeat(2, async () => callAgainAndAgain(attacker, await attacker.identify(), records, query));
    },
  },
];
