import { randomUUID } from 'node:crypto';
import { type ConnectionRecord, RECORDS_MAX, type RecordsPage, type RecordsQuery } from 'tentacle-protocol/diagnostics';
import { expect, test } from 'vitest';
import { fetchPages, type FetchLimits } from './fetch-pages.js';

const AT = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const PERIOD = { from: AT(0), to: AT(3_600) };
const UNLIMITED: FetchLimits = { isStopped: () => false, signal: new AbortController().signal };

function connections(count: number): ConnectionRecord[] {
  return Array.from({ length: count }, (_, port) => ({
    connectionId: randomUUID(),
    startedAt: AT(port),
    address: '192.0.2.7',
    port,
    localAddress: '192.0.2.10',
    localPort: 10933,
    durationUs: 1,
    bytesIn: 0,
    bytesOut: 0,
    calls: {},
  }));
}

const EMPTY = { pongVersion: '0', now: AT(0), completeFrom: AT(0), largestAcceptBatch: 1, withheld: 0, records: [] };

/** A listener that returns ended and open connections alike, with `completeTo`. */
function listener(all: readonly ConnectionRecord[]) {
  return async ({ after, max }: RecordsQuery): Promise<RecordsPage> => {
    const records = all.slice(after, after + Math.min(max, RECORDS_MAX));
    const next = after + records.length;
    const last = records.at(-1);
    const more = next < all.length && last !== undefined ? { next, completeTo: last.startedAt } : {};
    return Promise.resolve({ ...EMPTY, records, ...more });
  };
}

/** A listener of the first version: the ended ones page by page, on the last page also all that are open. */
function firstListener(ended: readonly ConnectionRecord[], open: readonly ConnectionRecord[]) {
  return async ({ after, max }: RecordsQuery): Promise<RecordsPage> => {
    const records = ended.slice(after, after + Math.min(max, RECORDS_MAX));
    const isLast = after + records.length === ended.length;
    const page = { ...EMPTY, records: isLast ? [...records, ...open] : records };
    return Promise.resolve(isLast ? page : { ...page, next: after + records.length });
  };
}

test('all pages are fetched, 16,000 records too', async () => {
  const all = connections(16_000);
  const { fetched, cutShort } = await fetchPages(listener(all), PERIOD, UNLIMITED);
  expect(fetched).toEqual(all);
  expect(cutShort).toBeUndefined();
});

test('the open connections of a listener of the first version are on its last page', async () => {
  const all = connections(1500);
  const { fetched, cutShort } = await fetchPages(firstListener(all.slice(0, 500), all.slice(500)), PERIOD, UNLIMITED);
  expect(fetched).toEqual(all);
  expect(cutShort).toBeUndefined();
});

test('a client of the first version fetches what a run leaves: 50 pages, whatever is open', async () => {
  // Its loop.
  const fetchPage = listener(connections(10_000));
  const fetched: ConnectionRecord[] = [];
  let answer = await fetchPage({ ...PERIOD, after: 0, max: 200 });
  fetched.push(...answer.records);
  for (let pages = 1; answer.next !== undefined; pages++) {
    if (pages === 50) throw new RangeError('more records than pong keeps');
    answer = await fetchPage({ ...PERIOD, after: answer.next, max: 200 });
    fetched.push(...answer.records);
  }
  expect(new Set(fetched.map(({ connectionId }) => connectionId)).size).toBe(10_000);
});

test('a listener whose pages have no end is left after a number of pages', async () => {
  const endless = async ({ after }: RecordsQuery): Promise<RecordsPage> =>
    Promise.resolve({ ...EMPTY, records: connections(1), next: after + 1, completeTo: AT(7) });
  const { fetched, cutShort } = await fetchPages(endless, PERIOD, UNLIMITED);
  expect(fetched.length).toBeLessThanOrEqual(100);
  expect(cutShort).toEqual({ why: 'pages', records: fetched.length, completeTo: AT(7) });
});

test('what was fetched when the time is over is used, and states how far it is complete', async () => {
  const all = connections(1000);
  const over = new AbortController();
  const fetchPage = listener(all);
  const slow = async (query: RecordsQuery): Promise<RecordsPage> => {
    if (query.after < 400) return fetchPage(query);
    over.abort();
    return Promise.reject(new Error('cancelled'));
  };
  const { fetched, cutShort } = await fetchPages(slow, PERIOD, { isStopped: () => false, signal: over.signal });
  expect(fetched).toEqual(all.slice(0, 400));
  expect(cutShort).toEqual({ why: 'time', records: 400, completeTo: AT(399) });
});

test.each([0, 200])('an error of the connection after %i records is thrown', async (records) => {
  const fetchPage = listener(connections(1000));
  const broken = async (query: RecordsQuery): Promise<RecordsPage> =>
    query.after < records ? fetchPage(query) : Promise.reject(new Error('reset'));
  await expect(fetchPages(broken, PERIOD, UNLIMITED)).rejects.toThrow('reset');
});
