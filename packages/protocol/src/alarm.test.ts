import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from './alarm.js';
import { Deadline } from './clock.js';

describe('an alarm', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('rings at the deadline, once', () => {
    const alarm = new Alarm();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(100), ring);
    vi.advanceTimersByTime(99);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(ring).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not ring for a wait that is over, and then sets no further timer', () => {
    const alarm = new Alarm();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(100), ring);
    alarm.off();
    vi.advanceTimersByTime(1000);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('serves a thousand waits with one timer, and rings for the one that is too long', () => {
    const alarm = new Alarm();
    const early = vi.fn();
    const late = vi.fn();
    for (let i = 0; i < 1000; i++) {
      alarm.set(Deadline.inMs(100), early);
      vi.advanceTimersByTime(1);
      alarm.off();
      expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
    }
    alarm.set(Deadline.inMs(100), late);
    vi.advanceTimersByTime(99);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(late).toHaveBeenCalledTimes(1);
    expect(early).not.toHaveBeenCalled();
  });

  it('rings earlier than the wait before would have', () => {
    const alarm = new Alarm();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(10_000), ring);
    alarm.off();
    alarm.set(Deadline.inMs(50), ring);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(50);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('rings at once for a deadline that has passed', () => {
    const alarm = new Alarm();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(0), ring);
    vi.advanceTimersByTime(0);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('never rings once it is closed', () => {
    const alarm = new Alarm();
    const ring = vi.fn();
    alarm.set(Deadline.inMs(10), ring);
    alarm.close();
    vi.advanceTimersByTime(1000);
    expect(ring).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a process', () => {
  it('is kept by a wait, and not by the timer of one that is over', () => {
    const alarm = new Alarm();
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
