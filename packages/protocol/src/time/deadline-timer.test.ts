import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeadlineTimer } from './deadline-timer.js';
import { Deadline } from './clock.js';

/** So much later, and what the sockets had until then is dealt with. */
async function pass(spanMs: number): Promise<void> {
  vi.advanceTimersByTime(spanMs);
  await new Promise(setImmediate);
}

describe('a deadline timer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('calls back at the deadline, once', async () => {
    const alarm = new DeadlineTimer();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(100), ring);
    await pass(99);
    expect(ring).not.toHaveBeenCalled();
    await pass(1);
    expect(ring).toHaveBeenCalledTimes(1);
    await pass(1000);
    expect(ring).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not call back after the end of a wait, and then sets no further timer', async () => {
    const alarm = new DeadlineTimer();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(100), ring);
    alarm.off();
    await pass(1000);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('serves a thousand waits with one timer, and calls back for the one that is too long', async () => {
    const alarm = new DeadlineTimer();
    const early = vi.fn();
    const late = vi.fn();
    for (let i = 0; i < 1000; i++) {
      alarm.set(Deadline.inMs(100), early);
      await pass(1);
      alarm.off();
      expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
    }
    alarm.set(Deadline.inMs(100), late);
    await pass(99);
    expect(late).not.toHaveBeenCalled();
    await pass(1);
    expect(late).toHaveBeenCalledTimes(1);
    expect(early).not.toHaveBeenCalled();
  });

  it('calls back earlier than for the previous wait', async () => {
    const alarm = new DeadlineTimer();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(10_000), ring);
    alarm.off();
    alarm.set(Deadline.inMs(50), ring);
    expect(vi.getTimerCount()).toBe(1);
    await pass(50);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('calls back at once for a deadline that has passed', async () => {
    const alarm = new DeadlineTimer();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(0), ring);
    await pass(0);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('does not call back for a wait that ends as the deadline passes, but for the next one', async () => {
    const alarm = new DeadlineTimer();
    const [first, second] = [vi.fn(), vi.fn()];
    alarm.set(Deadline.inMs(100), first);
    vi.advanceTimersByTime(100);
    // What it waited for had come by then.
    alarm.off();
    alarm.set(Deadline.inMs(50), second);
    await pass(49);
    expect(second).not.toHaveBeenCalled();
    await pass(1);
    expect(second).toHaveBeenCalledTimes(1);
    expect(first).not.toHaveBeenCalled();
  });

  it('never calls back after it was closed', async () => {
    const alarm = new DeadlineTimer();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(10), ring);
    alarm.close();
    await pass(1000);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a process', () => {
  it('is kept alive by a wait, and not by the timer of an ended one', () => {
    const alarm = new DeadlineTimer();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    alarm.set(Deadline.inMs(60_000), () => undefined);
    expect(timers()).toBe(before + 1);
    alarm.off();
    expect(timers()).toBe(before);
    alarm.set(Deadline.inMs(60_000), () => undefined);
    expect(timers()).toBe(before + 1);
    alarm.close();
    expect(timers()).toBe(before);
  });
});
