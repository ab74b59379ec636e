import { type ListenerEvent, readListenerHealth } from 'tentacle-protocol/diagnostics';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ListenCounters } from './linux-listen-counters.js';
import { ListenerMonitor } from './listener-monitor.js';

let counters: ListenCounters | undefined;
let queued: number | undefined;
let isFree: boolean;
let received: number;
let events: ListenerEvent[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'] });
  counters = { listenOverflows: 5, listenDrops: 7, passiveOpens: 100 };
  queued = 0;
  isFree = true;
  received = 0;
  events = [];
});
afterEach(() => vi.useRealTimers());

function watched(): ListenerMonitor {
  const monitor = new ListenerMonitor('linux', (event) => void events.push(event), {
    counters: () => counters,
    hasFreeHandle: () => isFree,
    close: () => undefined,
    queuedConnections: () => queued,
    queueMaxConnections: () => 511,
    openFilesMax: () => 1024,
  });
  monitor.start();
  monitor.listensOn(10933, () => received);
  return monitor;
}

test('a process that runs and drops nothing: no event, and the whole period is counted', async () => {
  const monitor = watched();
  const from = new Date().toISOString();
  await vi.advanceTimersByTimeAsync(60_000);
  monitor.sample();
  expect(monitor.health(3)).toEqual({
    platform: 'linux',
    from,
    to: new Date().toISOString(),
    countsDrops: true,
    queueMaxConnections: 511,
    openFilesMax: 1024,
    peakConnections: 3,
    events: [],
  });
});

test('a paused process is an event with its length, what was dropped, and what waited', async () => {
  const monitor = watched();
  await vi.advanceTimersByTimeAsync(1000);
  // Time passes without any timer, as for a process that is stopped.
  vi.setSystemTime(Date.now() + 9000);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 9000);
  counters = { listenOverflows: 25, listenDrops: 30, passiveOpens: 100 };
  queued = 512;
  monitor.sample();
  expect(events).toMatchObject([{ listenOverflows: 20, listenDrops: 23, queuedConnections: 512 }]);
  const [{ stalledUs, from, to } = { stalledUs: 0, from: '', to: '' }] = events;
  expect(stalledUs).toBeGreaterThan(8_000_000);
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(9000);
  const health = monitor.health(3);
  expect(readListenerHealth(JSON.parse(JSON.stringify(health)))).toEqual(health);
  expect(monitor.health(3, to).events).toHaveLength(1);
  expect(monitor.health(3, '9998').events).toEqual([]);
});

test('counters that cannot be read once leave it unknown for good', () => {
  const monitor = watched();
  counters = undefined;
  monitor.sample();
  counters = { listenOverflows: 5, listenDrops: 7, passiveOpens: 100 };
  monitor.sample();
  expect(monitor.health(0).countsDrops).toBe(false);
});

test('of many events the latest are kept, and the period begins after those that are not', () => {
  const monitor = watched();
  const { from } = monitor.health(0);
  for (let dropped = 8; dropped < 200; dropped++) {
    vi.setSystemTime(Date.now() + 10);
    counters = { listenOverflows: 5, listenDrops: dropped, passiveOpens: 100 };
    monitor.sample();
  }
  const health = monitor.health(0);
  expect(health.events).toHaveLength(100);
  expect(health.from > from).toBe(true);
  expect(health.events[0]?.from).toBe(health.from);
});

test('what waits in the queue as it stops is reported', () => {
  const monitor = watched();
  queued = 4;
  monitor.stop();
  expect(monitor.health(0).leftInQueue).toBe(4);
});

test('without a free handle: an event with the connections that it did not receive, and their sum', async () => {
  const monitor = watched();
  isFree = false;
  counters = { listenOverflows: 5, listenDrops: 7, passiveOpens: 150 };
  received = 20;
  await vi.advanceTimersByTimeAsync(1000);
  isFree = true;
  counters = { ...counters, passiveOpens: 160 };
  await vi.advanceTimersByTimeAsync(1000);
  isFree = false;
  counters = { ...counters, passiveOpens: 165 };
  await vi.advanceTimersByTimeAsync(1000);
  expect(events.map(({ closedWithoutHandleMax }) => closedWithoutHandleMax)).toEqual([30, 5]);
  const health = monitor.health(20);
  expect(health.closedWithoutHandleMax).toBe(35);
  expect(readListenerHealth(JSON.parse(JSON.stringify(health)))).toEqual(health);
});
