import { UntrustedObject } from './untrusted-object.js';

/** What changed at a listener between two samples. Plain JSON. */
export interface ListenerEvent {
  /** The two samples, by the listener's clock: UTC, ISO 8601, milliseconds. */
  readonly from: string;
  readonly to: string;
  /** The listener's process did not run for at least this long; absent: it ran. */
  readonly stalledUs?: number;
  /**
   * New connections that the system dropped because a queue of new connections was full, and those that it dropped for
   * any reason (Linux: ListenOverflows, ListenDrops). They count all listeners of the process's network namespace.
   */
  readonly listenOverflows?: number;
  readonly listenDrops?: number;
  /** Connections that waited in this listener's own queue, as the process ran again. */
  readonly queuedConnections?: number;
  /**
   * No file handle was free, so that the process closed new connections at once and unseen: at most this many. They are
   * those of the process's network namespace that this listener did not receive, also where another listener received them.
   * Absent: a handle was free whenever that was checked, four times a second.
   */
  readonly closedWithoutHandleMax?: number;
}

/** Whether a listener could accept all connections that its system received, in a period. Plain JSON. */
export interface ListenerHealth {
  /** Node's name of its system: `linux`, `win32`, ... */
  readonly platform: string;
  /** The period of which all events are listed: UTC, ISO 8601, milliseconds. */
  readonly from: string;
  readonly to: string;
  /** Whether the counters of the system were read at every sample. Where not, connections may have been dropped unseen. */
  readonly countsDrops: boolean;
  /** How many connections its queue holds; absent: unknown. */
  readonly queueMaxConnections?: number;
  /** How many files and sockets the process may open; absent: unknown, or not limited. */
  readonly openFilesMax?: number;
  /** The sum of the events' numbers, also of those that are not listed anymore; absent: a handle was always free. */
  readonly closedWithoutHandleMax?: number;
  /** The most connections that were open at one time. */
  readonly peakConnections: number;
  /** Connections that waited in its queue when it stopped listening, which it never saw; absent: unknown, or it listens. */
  readonly leftInQueue?: number;
  /** In the order of their time. */
  readonly events: readonly ListenerEvent[];
}

/** A listener keeps this many events, which is an hour of a machine that stalls in most minutes. */
export const LISTENER_EVENTS_MAX = 100;

/**
 * Reads the health that the other end wrote, from JSON or BSON.
 * @throws WireError MALFORMED for a value of another shape.
 */
export function readListenerHealth(value: unknown): ListenerHealth {
  const health = new UntrustedObject('the state of a listener', value);
  const count = (key: string): number => health.count(key);
  return {
    platform: health.text('platform'),
    from: health.moment('from'),
    to: health.moment('to'),
    countsDrops: health.boolean('countsDrops'),
    ...health.optional('queueMaxConnections', count),
    ...health.optional('openFilesMax', count),
    ...health.optional('closedWithoutHandleMax', count),
    peakConnections: health.count('peakConnections'),
    ...health.optional('leftInQueue', count),
    events: health.objects('events', LISTENER_EVENTS_MAX).map(readEvent),
  };
}

function readEvent(event: UntrustedObject): ListenerEvent {
  const count = (key: string): number => event.count(key);
  return {
    from: event.moment('from'),
    to: event.moment('to'),
    ...event.optional('stalledUs', count),
    ...event.optional('listenOverflows', count),
    ...event.optional('listenDrops', count),
    ...event.optional('queuedConnections', count),
    ...event.optional('closedWithoutHandleMax', count),
  };
}
