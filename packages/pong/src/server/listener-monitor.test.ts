import { type ListenerEvent, readListenerHealth } from 'tentacle-protocol/diagnostics';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ListenCounters } from './linux-listen-counters.js';
import { ListenerMonitor } from './listener-monitor.js';

let counters: ListenCounters | undefined;
let queued: number | undefined;
let events: ListenerEvent[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date', 'performance'] });
  counters = { listenOverflows: 5, listenDrops: 7 };
  queued = 0;
  events = [];
});
afterEach(() => vi.useRealTimers());

async function watched(): Promise<ListenerMonitor> {
  const monitor = new ListenerMonitor('linux', (event) => void events.push(event), {
    counters: () => Promise.resolve(counters),
    queuedConnections: () => queued,
    queueMaxConnections: () => 511,
    openFilesMax: () => 1024,
  });
  await monitor.start();
  monitor.listensOn(10933);
  return monitor;
}

test('a process that runs and drops nothing: no event, and the whole period is counted', async () => {
  const monitor = await watched();
  const from = new Date().toISOString();
  await vi.advanceTimersByTimeAsync(60_000);
  await monitor.sample();
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
  const monitor = await watched();
  await vi.advanceTimersByTimeAsync(1000);
  // Time passes without any timer, as for a process that is stopped.
  vi.setSystemTime(Date.now() + 9000);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 9000);
  counters = { listenOverflows: 25, listenDrops: 30 };
  queued = 512;
  await monitor.sample();
  expect(events).toMatchObject([{ listenOverflows: 20, listenDrops: 23, queuedConnections: 512 }]);
  const [{ stalledUs, from, to } = { stalledUs: 0, from: '', to: '' }] = events;
  expect(stalledUs).toBeGreaterThan(8_000_000);
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(9000);
  const health = monitor.health(3);
  expect(readListenerHealth(JSON.parse(JSON.stringify(health)))).toEqual(health);
  expect(monitor.health(3, to).events).toHaveLength(1);
  expect(monitor.health(3, '9998').events).toEqual([]);
});

test('counters that cannot be read once leave it unknown for good', async () => {
  const monitor = await watched();
  counters = undefined;
  await monitor.sample();
  counters = { listenOverflows: 5, listenDrops: 7 };
  await monitor.sample();
  expect(monitor.health(0).countsDrops).toBe(false);
});

test('of many events the latest are kept, and the period begins after those that are not', async () => {
  const monitor = await watched();
  const { from } = monitor.health(0);
  for (let dropped = 8; dropped < 200; dropped++) {
    vi.setSystemTime(Date.now() + 10);
    counters = { listenOverflows: 5, listenDrops: dropped };
    await monitor.sample();
  }
  const health = monitor.health(0);
  expect(health.events).toHaveLength(100);
  expect(health.from > from).toBe(true);
  expect(health.events[0]?.from).toBe(health.from);
});

test('what waits in the queue as it stops is reported', async () => {
  const monitor = await watched();
  queued = 4;
  await monitor.stop();
  expect(monitor.health(0).leftInQueue).toBe(4);
});
