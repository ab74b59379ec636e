import { onTestFinished } from 'vitest';
import type { Wanted } from '../../packages/ping/src/data/transfer.js';
import { startPong } from '../../packages/pong/src/pong.test.support.js';
import { relay } from '../peers/relay.js';
import { servicePeer } from '../peers/service-peer.js';
import { responseBytes, type Talk } from '../peers/talk.js';
import { changing, tlsRelay } from '../peers/tls-relay.js';
import { attempt, type Manner, type Outcome } from './attempt.js';
import type { Provocation } from './provocation.js';

/** A thousand records: far more than the systems hold between the two. */
const LARGE_BYTES = 16_000_000;
const LARGE_UP: Wanted = { direction: 'upload', sizeBytes: LARGE_BYTES };
const LARGE_DOWN: Wanted = { direction: 'download', sizeBytes: LARGE_BYTES };

async function pongPort(): Promise<number> {
  const pong = await startPong();
  onTestFinished(() => pong.stop());
  return pong.port;
}

/** A pong behind a device that ends TLS and changes one byte. */
async function changed(wanted: Wanted, at: number): Promise<Outcome> {
  const side = wanted.direction === 'upload' ? 'connector' : 'listener';
  const device = await tlsRelay(await pongPort(), changing(side, at));
  return attempt(device.port, { wanted });
}

/** A pong behind a device that does this with what comes when so many bytes have gone one way. */
async function behind(
  limitBytes: number,
  happens: 'silence' | 'reset' | 'end',
  wanted: Wanted,
  manner: Manner = {},
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
  return attempt(device.port, { wanted, ...manner });
}

/** A service that takes an upload's request, and does this. */
async function serving(script: (talk: Talk, id: string) => unknown, wanted: Wanted): Promise<Outcome> {
  const peer = await servicePeer(async (talk) => {
    await script(talk, await talk.request());
  });
  return attempt(peer.port, { wanted });
}

/** Where the bytes of a data stream lie in what a side says: well behind everything that comes before them. */
const WELL_INSIDE = 1_000_000;

export const dataCases: readonly Provocation[] = [
  {
    id: 'data.differs',
    by: 'a device that ends TLS and changes a byte of an upload',
    provoke: () => changed(LARGE_UP, WELL_INSIDE),
    evidence: { code: 'DATA_DIFFERS' },
    says: 'the first byte that is another one is at offset 99',
  },
  {
    id: 'data.differs',
    by: 'a device that ends TLS and changes a byte of a download',
    provoke: () => changed(LARGE_DOWN, WELL_INSIDE),
    evidence: { code: 'DATA_DIFFERS' },
    says: 'the first byte that is another one is at offset 99',
  },
  {
    id: 'data.differs',
    by: 'a service that says that less came',
    provoke: () =>
      serving((talk, id) => talk.say(responseBytes(id, { bytes: 7n, differsAt: null })), {
        direction: 'upload',
        sizeBytes: 8,
      }),
    evidence: {
      code: 'DATA_DIFFERS',
      transfer: { direction: 'upload', sizeBytes: 8, movedBytes: 8, differsAt: 7 },
    },
  },
  {
    id: 'data.stalled-after',
    by: 'a device that swallows an upload after a megabyte',
    provoke: () => behind(WELL_INSIDE, 'silence', LARGE_UP, { callMs: 1000 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'the response to ITentaclePongService.Upload' },
    says: 'when nothing moved for',
  },
  {
    id: 'data.stalled-after',
    by: 'a device that swallows the end of a small upload',
    provoke: () => behind(20_000, 'silence', { direction: 'upload', sizeBytes: 30_000 }, { callMs: 1000 }),
    evidence: {
      code: 'READ_TIMEOUT',
      transfer: { direction: 'upload', sizeBytes: 30_000, movedBytes: 30_000 },
    },
  },
  {
    id: 'data.stalled-after',
    by: 'a device that swallows a download after a megabyte',
    provoke: () => behind(WELL_INSIDE, 'silence', LARGE_DOWN, { callMs: 1000 }),
    evidence: { code: 'READ_TIMEOUT', awaiting: 'the download' },
    says: 'of a download of 16,000,000 bytes, 9',
  },
  {
    id: 'data.reset-after',
    by: 'a device that resets an upload after a megabyte',
    provoke: () => behind(WELL_INSIDE, 'reset', LARGE_UP),
    evidence: {},
    says: 'into a transfer: of an upload of 16,000,000 bytes',
  },
  {
    id: 'data.reset-after',
    by: 'a device that resets a download after a megabyte',
    provoke: () => behind(WELL_INSIDE, 'reset', LARGE_DOWN),
    evidence: {},
    says: 'of a download of 16,000,000 bytes, 9',
  },
  {
    id: 'data.reset-after',
    by: 'a device that closes a download after a megabyte',
    provoke: () => behind(WELL_INSIDE, 'end', LARGE_DOWN),
    evidence: { code: 'END_OF_STREAM' },
    says: 'was closed',
  },
  {
    id: 'rpc.error',
    by: 'a pong that is asked for more than it gives',
    shownAt: 'data',
    provoke: async () => attempt(await pongPort(), { wanted: { direction: 'download', sizeBytes: 2 ** 45 } }),
    evidence: { code: 'SERVER_ERROR' },
  },
];
