import { randomUUID } from 'node:crypto';
import { call, type CallError } from 'tentacle-protocol';
import {
  echo,
  type EndedConnectionRecord,
  readConnectionRecord,
  records,
  type RecordsPage,
  type RecordsQuery,
  RECORDS_MAX,
  WITHHELD,
} from 'tentacle-protocol/diagnostics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endedRecord } from '../testing/ended-record.test.support.js';
import { type RecordsContext, RecordStore } from './record-store.js';
import {
  clientIdentity,
  introduced,
  startPong,
  type TestClient,
  type TestPong,
  tcp,
  tls,
} from '../testing/pong.test.support.js';

const AT = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const OURS = 'A'.repeat(40);

function record(change: Partial<EndedConnectionRecord>): EndedConnectionRecord {
  return endedRecord({ connectionId: randomUUID(), startedAt: AT(10), ...change });
}

let added = 0;

/** Adds a record as that of the connection that was accepted next. */
function add(store: RecordStore, one: EndedConnectionRecord): void {
  store.add(one, ++added);
}

const caller = { connectionId: 'asks', address: '192.0.2.7', clientThumbprint: OURS, pongVersion: '0' };

function ask(store: RecordStore, change: Partial<RecordsQuery> = {}, open: readonly EndedConnectionRecord[] = []) {
  return store.query({ from: AT(0), to: AT(59), after: 0, max: 100, ...change }, context(open));
}

/** @param open accepted after everything that was added. */
function context(open: readonly EndedConnectionRecord[] = []): RecordsContext {
  const forEachOpen: RecordsContext['forEachOpen'] = (visit) =>
    open.forEach((one, index) => visit({ ...one, number: added + 1 + index, facts: one }, () => one));
  return { caller, forEachOpen, largestAcceptBatch: 1 };
}

describe('records in the store', () => {
  test('failures outlive successes and health checks', () => {
    const store = new RecordStore(10);
    add(store, record({ ending: 'tls.reset', startedAt: AT(0) }));
    for (let second = 1; second <= 50; second++) {
      add(store, record({ startedAt: AT(second) }));
      add(store, record({ ending: 'probe.tcp', startedAt: AT(second) }));
    }
    expect(store.all).toHaveLength(21);
    expect(store.all[0]).toMatchObject({ ending: 'tls.reset' });
  });

  test('the answer states since when it is complete', () => {
    // Created before any record here.
    const store = new RecordStore(2);
    const now = Date.now();
    const at = (ms: number): string => new Date(now + 10_000 + ms).toISOString();
    const complete = store.query({ from: at(0), to: at(9), after: 0, max: 9 }, context()).completeFrom;
    expect(complete <= at(0)).toBe(true);
    // They end in another order than they were accepted.
    for (const ms of [3, 1, 2, 4]) add(store, record({ startedAt: at(ms) }));
    expect(ask(store).completeFrom).toBe(at(4));
  });

  test("the caller's own records by certificate or address, and a count of those that may be its own", () => {
    const store = new RecordStore();
    add(store, record({ port: 1 }));
    add(store, record({ port: 2, address: '198.51.100.1', clientThumbprint: OURS }));
    add(store, record({ port: 3, address: '198.51.100.1', clientThumbprint: 'B'.repeat(40) }));
    add(store, record({ port: 4, address: '198.51.100.1', clientThumbprint: null }));
    add(store, record({ port: 5, address: '198.51.100.1' }));
    add(store, record({ port: 6, address: '198.51.100.1', startedAt: '2026-01-02T00:00:00.000Z' }));
    add(store, record({ port: 7, connectionId: 'asks' }));
    const answer = ask(store);
    expect(answer.records.map(({ port }) => port)).toEqual([1, 2]);
    expect(answer.withheld).toBe(2);
  });

  test('a client without a certificate does not own the records without one', () => {
    const store = new RecordStore();
    add(store, record({ address: '198.51.100.1', clientThumbprint: null }));
    const asks = { ...context(), caller: { ...caller, clientThumbprint: null } };
    const answer = store.query({ from: AT(0), to: AT(59), after: 0, max: 9 }, asks);
    expect(answer).toMatchObject({ records: [], withheld: 1 });
  });

  test('page by page, each record once, open connections among them', () => {
    const store = new RecordStore();
    const ports = Array.from({ length: 25 }, (_, port) => port);
    for (const port of ports) add(store, record({ port, startedAt: AT(59 - port) }));
    const open = [record({ port: 25 }), record({ port: 26, address: '198.51.100.1' })];
    const received: number[] = [];
    let after: number | undefined = 0;
    let pages = 0;
    while (after !== undefined) {
      const answer: RecordsPage = ask(store, { after, max: 10 }, open);
      received.push(...answer.records.map(({ port }) => port));
      after = answer.next;
      pages++;
    }
    expect(pages).toBe(3);
    expect(received).toEqual([...ports, 25]);
    expect(ask(store, { max: 0 }, open).records).toEqual([]);
  });
});

test('a connection that ends between two pages is in one of them, once', () => {
  const store = new RecordStore();
  const open = Array.from({ length: 5 }, (_, port) => record({ port }));
  const numbers = new Map(open.map((one, index) => [one, index + 1]));
  const asks = (): RecordsContext => ({
    ...context(),
    forEachOpen: (visit) =>
      open.forEach((one) => visit({ ...one, number: numbers.get(one) ?? 0, facts: one }, () => one)),
  });
  const query = { from: AT(0), to: AT(59), after: 0, max: 2 };
  const received: number[] = [];
  let page = store.query(query, asks());
  for (;;) {
    received.push(...page.records.map(({ port }) => port));
    if (page.next === undefined) break;
    // The last one ends, then the first of those that are left.
    const ended = received.length === 2 ? open.pop() : open.shift();
    if (ended !== undefined) store.add(ended, numbers.get(ended) ?? 0);
    page = store.query({ ...query, after: page.next }, asks());
  }
  expect(received).toEqual([0, 1, 2, 3, 4]);
});

test('a page builds no more records than it returns, however many connections are open', () => {
  let made = 0;
  const one = record({});
  const makeRecord = (): EndedConnectionRecord => {
    made++;
    return one;
  };
  const asks: RecordsContext = {
    ...context(),
    forEachOpen: (visit) => {
      for (let number = 1; number <= 10_000; number++) visit({ ...one, number, facts: one }, makeRecord);
    },
  };
  const page = new RecordStore().query({ from: AT(0), to: AT(59), after: 0, max: 1_000_000 }, asks);
  expect(page.records).toHaveLength(RECORDS_MAX);
  expect(page).toMatchObject({ next: RECORDS_MAX, completeTo: one.startedAt });
  expect(made).toBe(RECORDS_MAX);
});

test("a client with the caller's address and another certificate, or none, keeps what names it", () => {
  const store = new RecordStore();
  const named = { serverName: 'web01.example', subscription: 'poll://secret/', firstLine: 'GET /secret HTTP/1.1' };
  const firstBytes = { text: '....secret', hex: `1603010000${Buffer.from('secret').toString('hex')}` };
  const activityId = randomUUID();
  add(store, record({ ...named, clientThumbprint: OURS, port: 1 }));
  add(store, record({ ...named, clientThumbprint: 'B'.repeat(40), port: 2, activityId }));
  add(store, record({ ...named, clientThumbprint: null, port: 3 }));
  add(store, record({ firstBytes, port: 4 }));
  const [own, other, ...more] = ask(store).records;
  expect(own).toMatchObject({ ...named, clientThumbprint: OURS });
  expect(other).toMatchObject({ port: 2, activityId, ending: 'served', clientThumbprint: WITHHELD });
  expect(more).toMatchObject([{ clientThumbprint: null }, { firstBytes: { hex: '1603010000' } }]);
  const text = JSON.stringify([other, ...more]);
  for (const part of ['secret', 'web01', 'BBBB', firstBytes.hex]) expect(text).not.toContain(part);
});

describe('over the protocol', () => {
  let pong: TestPong;
  let client: TestClient;
  beforeEach(async () => {
    pong = await startPong();
    client = await introduced(pong.port);
  });
  afterEach(async () => {
    client.channel.close();
    await pong.stop();
  });

  test('records of this client, open connections too, with the name that the caller chose for its connection', async () => {
    const held = await tls(pong.port, { servername: 'web01.example' });
    (await tcp(pong.port)).end('hello');
    await pong.nextRecord();
    const other = await introduced(pong.port);
    const activityId = randomUUID();
    await call(other.exchange, echo, Buffer.alloc(1), { ...other.endpoint, activityId }, other.deadline);
    await other.exchange.takeTurn(other.deadline);
    await call(other.exchange, echo, Buffer.alloc(1), other.endpoint, other.deadline);
    await other.exchange.end(other.deadline);
    other.channel.close();
    await pong.nextRecord();

    const { exchange, endpoint, deadline } = client;
    const question = { from: '2000-01-01T00:00:00.000Z', to: '2999-01-01T00:00:00.000Z', after: 0, max: 50 };
    const { result } = await call(exchange, records, question, endpoint, deadline);
    const { thumbprint } = await clientIdentity();
    const now = Date.now();
    expect(Math.abs(Date.parse(result.now) - now)).toBeLessThan(60_000);
    expect(result).toMatchObject({
      withheld: 0,
      records: [
        { tlsVersion: 'TLSv1.3', clientThumbprint: null },
        { ending: 'not-tls.other', closedBy: 'remote', firstBytes: { text: 'hello', hex: '68656c6c6f' }, bytesIn: 5 },
        { ending: 'served', activityId, clientThumbprint: thumbprint, calls: { 'ITentaclePongService.Echo': 2 } },
      ],
    });
    for (const key of ['ending', 'closedBy', 'serverName']) expect(result.records[0]).not.toHaveProperty(key);
    expect(result.next).toBeUndefined();
    held.secure.destroy();
  });

  test.each([
    ['a malformed time', { from: 'yesterday' }],
    ['a negative bound', { from: AT(0), to: AT(1), after: -1n, max: 1 }],
  ])('a question with %s is answered like a call with other parameters', async (_name, param) => {
    const { exchange, endpoint, deadline } = client;
    const malformed = { ...records, writeParams: () => [param] };
    const question = { from: AT(0), to: AT(1), after: 0, max: 1 };
    await expect(call(exchange, malformed, question, endpoint, deadline)).rejects.toSatisfy(
      (error: CallError) => error.serverError !== undefined,
    );
  });
});

test.each([
  ['a string instead of an object', 'text'],
  ['a list instead of an object', []],
  ['no address', { ...record({}), address: undefined }],
  ['a number instead of a string', { ...record({}), cipher: 7 }],
  ['a string that is too long', { ...record({}), firstLine: 'x'.repeat(100_000) }],
  ['a malformed time', { ...record({}), startedAt: '1.1.2026' }],
  ['a negative count', { ...record({}), bytesIn: -1 }],
  ['an unknown closedBy', { ...record({}), closedBy: 'other' }],
  ['calls that are not counts', { ...record({}), calls: { a: 'b' } }],
])('a malformed record is rejected: %s', (_name, value) => {
  expect(() => readConnectionRecord(value)).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
});

test('a record is read as it was written, without terminal control characters and unknown keys', () => {
  const whole = record({ clientThumbprint: null, firstBytes: { text: 'a', hex: '61' }, code: 'ECONNRESET' });
  expect(readConnectionRecord(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  expect(readConnectionRecord({ ...whole, firstLine: 'a\u001b[2Jb', more: 1 })).toEqual({
    ...whole,
    firstLine: 'a?[2Jb',
  });
});

test('times are sent, and an end without them is understood', () => {
  const times = { tlsUs: 4000, identityUs: 200, rpcUs: 2 ** 33 };
  const page = { pongVersion: '0', now: AT(20), completeFrom: AT(0), largestAcceptBatch: 1, withheld: 0 };
  const exchanged = (one: EndedConnectionRecord) =>
    records.readResult(records.writeResult({ ...page, records: [one] }));
  expect(exchanged(record(times)).records).toMatchObject([times]);
  expect(exchanged(record({})).records[0]).not.toHaveProperty('tlsUs');
});
