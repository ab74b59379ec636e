import { onTestFinished } from 'vitest';
import type { TransferRequest } from '../../packages/ping/src/report/transfer-report.js';
import { type TransferLimit, UNLIMITED_TRANSFERS } from '../../packages/pong/src/options/transfer-limit-options.js';
import { TransferLimits } from '../../packages/pong/src/server/transfer-limits.js';
import { startPong } from '../../packages/pong/src/testing/pong.test.support.js';
import { relay } from '../peers/relay.js';
import { servicePeer } from '../peers/service-peer.js';
import { responseBytes, type ServiceConnection } from '../peers/service-connection.js';
import { changing, tlsRelay } from '../peers/tls-relay.js';
import { attempt, type AttemptOptions, type Outcome } from './attempt.js';
import type { Provocation } from './provocation.js';

/** About a thousand TLS records: far more than the systems' buffers hold. */
const LARGE_BYTES = 16_000_000;
const LARGE_UP: TransferRequest = { direction: 'upload', sizeBytes: LARGE_BYTES };
const LARGE_DOWN: TransferRequest = { direction: 'download', sizeBytes: LARGE_BYTES };

async function pongPort(transfers = new TransferLimits()): Promise<number> {
  const pong = await startPong({ transfers });
  onTestFinished(() => pong.stop());
  return pong.port;
}

/** Moves data to or from a pong with a limit for one transfer. */
async function limited(transfer: TransferRequest, each: TransferLimit): Promise<Outcome> {
  return attempt(await pongPort(new TransferLimits({ ...UNLIMITED_TRANSFERS, each })), { transfer });
}

/** Ten seconds at 10 Gbit/s. */
const ENDLESS_BYTES = 12_500_000_000;
const SOON: TransferLimit = { bytes: Number.POSITIVE_INFINITY, ms: 300 };
const SMALL: TransferLimit = { bytes: 1_000_000, ms: Number.POSITIVE_INFINITY };

/** Moves data through a device that terminates TLS and changes one byte. */
async function changed(transfer: TransferRequest, at: number): Promise<Outcome> {
  const side = transfer.direction === 'upload' ? 'connector' : 'listener';
  const device = await tlsRelay(await pongPort(), changing(side, at));
  return attempt(device.port, { transfer });
}

/** Moves data through a device that acts after a number of bytes in one direction. */
async function behind(
  limitBytes: number,
  happens: 'silence' | 'reset' | 'end',
  transfer: TransferRequest,
  options: AttemptOptions = {},
): Promise<Outcome> {
  const counted = { connector: 0, listener: 0 };
  const device = await relay(await pongPort(), (from, chunk, { connector, listener }) => {
    counted[from] += chunk.length;
    if (counted[from] <= limitBytes) return chunk;
    if (happens === 'end') {
      connector.end();
      listener.end();
    } else if (happens === 'reset') {
      connector.resetAndDestroy();
      listener.resetAndDestroy();
    }
    return undefined;
  });
  return attempt(device.port, { transfer, ...options });
}

/** Moves data to a service that receives the request and runs this. */
async function serving(
  script: (connection: ServiceConnection, id: string) => unknown,
  transfer: TransferRequest,
): Promise<Outcome> {
  const peer = await servicePeer(async (connection) => {
    await script(connection, await connection.readRequest());
  });
  return attempt(peer.port, { transfer });
}

/** An offset inside a data stream, well after everything that is sent before it. */
const WELL_INSIDE = 1_000_000;

export const dataCases: readonly Provocation[] = [
  {
    id: 'data.corrupted',
    by: 'a device that terminates TLS and changes a byte of an upload',
    provoke: () => changed(LARGE_UP, WELL_INSIDE),
    evidence: { code: 'DATA_DIFFERS' },
    mentions: /\b99\d,?\d{3}\b/,
  },
  {
    id: 'data.corrupted',
    by: 'a device that terminates TLS and changes a byte of a download',
    provoke: () => changed(LARGE_DOWN, WELL_INSIDE),
    evidence: { code: 'DATA_DIFFERS' },
    mentions: /\b99\d,?\d{3}\b/,
  },
  {
    id: 'data.corrupted',
    by: 'a service that reports fewer bytes',
    provoke: () =>
      serving((connection, id) => connection.send(responseBytes(id, { bytes: 7n, differsAt: null })), {
        direction: 'upload',
        sizeBytes: 8,
      }),
    evidence: {
      code: 'DATA_DIFFERS',
      transfer: { direction: 'upload', sizeBytes: 8, movedBytes: 8, differsAt: 7 },
    },
  },
  {
    id: 'data.stalled',
    by: 'a device that drops an upload after 1 MB',
    provoke: () => behind(WELL_INSIDE, 'silence', LARGE_UP, { callMs: 1000 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'the response to ITentaclePongService.Upload' },
    mentions: '16,000,000 bytes',
  },
  {
    id: 'data.stalled',
    by: 'a device that drops the end of a small upload',
    provoke: () => behind(20_000, 'silence', { direction: 'upload', sizeBytes: 30_000 }, { callMs: 1000 }),
    evidence: {
      code: 'READ_TIMEOUT',
      transfer: { direction: 'upload', sizeBytes: 30_000, movedBytes: 30_000 },
    },
  },
  {
    id: 'data.stalled',
    by: 'a device that drops a download after 1 MB',
    provoke: () => behind(WELL_INSIDE, 'silence', LARGE_DOWN, { callMs: 1000 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'the download' },
    mentions: /16,000,000 bytes.*\b9\d\d,\d{3}\b/,
  },
  {
    id: 'data.reset',
    by: 'a device that resets an upload after 1 MB',
    provoke: () => behind(WELL_INSIDE, 'reset', LARGE_UP),
    evidence: {},
    mentions: '16,000,000 bytes',
  },
  {
    id: 'data.reset',
    by: 'a device that resets a download after 1 MB',
    provoke: () => behind(WELL_INSIDE, 'reset', LARGE_DOWN),
    evidence: {},
    mentions: /16,000,000 bytes.*\b9\d\d,\d{3}\b/,
  },
  {
    id: 'data.reset',
    by: 'a device that closes a download after 1 MB',
    provoke: () => behind(WELL_INSIDE, 'end', LARGE_DOWN),
    evidence: { code: 'END_OF_STREAM' },
    mentions: /\bclosed\b/,
  },
  {
    id: 'data.peer-limit',
    by: 'a pong that refuses a download above its limit',
    provoke: () => limited(LARGE_DOWN, SMALL),
    evidence: { code: 'PEER_LIMIT', transfer: { direction: 'download', sizeBytes: LARGE_BYTES, movedBytes: 0 } },
    mentions: /--transfer-limit is 1000000\b/,
  },
  {
    id: 'data.peer-limit',
    by: 'a pong that refuses an upload above its limit, before it has arrived',
    provoke: () => limited({ direction: 'upload', sizeBytes: ENDLESS_BYTES }, SMALL),
    evidence: { code: 'PEER_LIMIT' },
    mentions: /--transfer-limit is 1000000\b/,
  },
  {
    id: 'data.peer-limit',
    by: 'a pong that cuts a download when its time is over',
    provoke: () => limited({ direction: 'download', sizeBytes: ENDLESS_BYTES }, SOON),
    evidence: { code: 'PEER_LIMIT' },
    mentions: /--transfer-limit is 300ms\b/,
  },
  {
    id: 'data.peer-limit',
    by: 'a pong that cuts an upload when its time is over',
    provoke: () => limited({ direction: 'upload', sizeBytes: ENDLESS_BYTES }, SOON),
    evidence: { code: 'PEER_LIMIT' },
    mentions: /--transfer-limit is 300ms\b/,
  },
  {
    id: 'rpc.error',
    by: 'a pong that receives a request above its limit',
    shownAt: 'data',
    provoke: async () => attempt(await pongPort(), { transfer: { direction: 'download', sizeBytes: 2 ** 45 } }),
    evidence: { code: 'SERVER_ERROR' },
  },
];
