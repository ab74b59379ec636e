import { nowUs } from 'tentacle-protocol';
import { omitUndefined, readOpenFilesMax } from 'tentacle-protocol/cli';
import { LISTENER_EVENTS_MAX, type ListenerEvent, type ListenerHealth } from 'tentacle-protocol/diagnostics';
import {
  hasFreeHandle,
  ListenCounterFiles,
  type ListenCounters,
  readQueuedConnections,
  readQueueMax,
} from './linux-listen-counters.js';

/** How often the process shows that it runs: a pause as long as this delays no attempt noticeably. */
const TICK_MS = 250;

/** The counters are read in every fourth tick, which is once a second. */
const TICKS_PER_SAMPLE = 4;

/** A pause this long is an event. Shorter ones occur on any busy machine, and no attempt fails for them. */
const STALL_US = 1_000_000;

/** The length of the queue that Node asks for. */
const NODE_BACKLOG = 511;

/** What the monitor reads of its system; undefined where the system does not show it. */
export interface ListenerSensors {
  readonly counters: () => ListenCounters | undefined;
  readonly hasFreeHandle: () => boolean;
  readonly queuedConnections: (port: number) => number | undefined;
  readonly queueMaxConnections: () => number | undefined;
  readonly openFilesMax: () => number | undefined;
  readonly close: () => void;
}

/** Linux has all of it; other systems have no such files. */
function systemSensors(): ListenerSensors {
  const files = new ListenCounterFiles();
  return {
    counters: () => files.read(),
    hasFreeHandle,
    queuedConnections: readQueuedConnections,
    queueMaxConnections: () => readQueueMax(NODE_BACKLOG),
    openFilesMax: readOpenFilesMax,
    close: () => files.close(),
  };
}

/**
 * Watches whether a listener can accept all connections that its system receives: times in which the process did not run,
 * and connections that the system dropped.
 */
export class ListenerMonitor {
  readonly #sensors: ListenerSensors;
  readonly #onEvent: (event: ListenerEvent) => void;
  readonly #platform: string;
  readonly #events: ListenerEvent[] = [];
  #port: number | undefined;
  #from = new Date().toISOString();
  #sampledAt = this.#from;
  #counters: ListenCounters | undefined;
  #countsDrops = false;
  #tickUs = nowUs();
  #ticks = 0;
  #stalledUs = 0;
  #queuedConnections: number | undefined;
  #leftInQueue: number | undefined;
  #received: () => number = () => 0;
  #receivedBefore = 0;
  #wasOutOfHandles = false;
  #closedWithoutHandleMax: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onEvent called with each event, as it is found. */
  constructor(platform: string, onEvent: (event: ListenerEvent) => void, sensors: ListenerSensors = systemSensors()) {
    this.#platform = platform;
    this.#onEvent = onEvent;
    this.#sensors = sensors;
  }

  /** Begins with the first sample, before the listener is opened. */
  start(): void {
    this.#counters = this.#sensors.counters();
    this.#countsDrops = this.#counters !== undefined;
    this.#from = this.#sampledAt = new Date().toISOString();
    this.#tickUs = nowUs();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** The listener is open. @param received returns how many connections it has received. */
  listensOn(port: number, received: () => number): void {
    this.#port = port;
    this.#received = received;
  }

  /** Takes the last sample. Called just before the listener is closed: what waits in its queue then is reset by the system. */
  stop(): void {
    clearInterval(this.#timer);
    this.sample();
    // Last, because more may arrive while the sample is taken.
    this.#leftInQueue = this.#port === undefined ? undefined : this.#sensors.queuedConnections(this.#port);
    this.#sensors.close();
  }

  /** Takes a sample now, so that {@link health} includes everything up to now. */
  sample(): void {
    this.#countStall();
    this.#checkHandles();
    this.#takeSample();
  }

  /** The state in the whole run, or in a part of it: with the events that overlap the period. */
  health(peakConnections: number, from = '', to = '9999'): ListenerHealth {
    return {
      platform: this.#platform,
      from: this.#from,
      to: this.#sampledAt,
      countsDrops: this.#countsDrops,
      ...omitUndefined({
        queueMaxConnections: this.#sensors.queueMaxConnections(),
        openFilesMax: this.#sensors.openFilesMax(),
        leftInQueue: this.#leftInQueue,
        closedWithoutHandleMax: this.#closedWithoutHandleMax,
      }),
      peakConnections,
      events: this.#events.filter((event) => event.to >= from && event.from <= to),
    };
  }

  #tick(): void {
    const hasStalled = this.#countStall();
    this.#checkHandles();
    this.#ticks++;
    if (hasStalled || this.#ticks % TICKS_PER_SAMPLE === 0) this.#takeSample();
  }

  /** Without a free handle, Node closes new connections itself and reports nothing. */
  #checkHandles(): void {
    if (!this.#sensors.hasFreeHandle()) this.#wasOutOfHandles = true;
  }

  /** The timer is due at once when the process runs again, before it accepts what waits in its queue. */
  #countStall(): boolean {
    const now = nowUs();
    const gapUs = now - this.#tickUs - TICK_MS * 1000;
    this.#tickUs = now;
    if (gapUs < STALL_US) return false;
    this.#stalledUs = Math.max(this.#stalledUs, gapUs);
    if (this.#port !== undefined) this.#queuedConnections = this.#sensors.queuedConnections(this.#port);
    return true;
  }

  #takeSample(): void {
    const [stalledUs, queuedConnections] = [this.#stalledUs, this.#queuedConnections];
    this.#stalledUs = 0;
    this.#queuedConnections = undefined;
    const before = this.#counters;
    const counters = this.#sensors.counters();
    const [from, to] = [this.#sampledAt, new Date().toISOString()];
    this.#counters = counters;
    this.#sampledAt = to;
    if (counters === undefined || before === undefined) this.#countsDrops = false;
    const listenOverflows = (counters?.listenOverflows ?? 0) - (before?.listenOverflows ?? 0);
    const listenDrops = (counters?.listenDrops ?? 0) - (before?.listenDrops ?? 0);
    const opened = Math.max(0, (counters?.passiveOpens ?? 0) - (before?.passiveOpens ?? 0));
    const closedWithoutHandleMax = this.#countClosed(opened);
    if (stalledUs === 0 && listenDrops <= 0 && listenOverflows <= 0 && closedWithoutHandleMax === undefined) return;
    this.#add({
      from,
      to,
      ...omitUndefined({
        stalledUs: stalledUs === 0 ? undefined : stalledUs,
        queuedConnections,
        closedWithoutHandleMax,
      }),
      ...(listenOverflows > 0 ? { listenOverflows } : {}),
      ...(listenDrops > 0 ? { listenDrops } : {}),
    });
  }

  /**
   * Returns how many connections of a period may have been closed unseen; undefined when a handle was free.
   * @param opened connections of all listeners of the network namespace.
   */
  #countClosed(opened: number): number | undefined {
    const received = this.#received();
    const notReceived = Math.max(0, opened - (received - this.#receivedBefore));
    this.#receivedBefore = received;
    if (!this.#wasOutOfHandles) return undefined;
    this.#wasOutOfHandles = false;
    this.#closedWithoutHandleMax = (this.#closedWithoutHandleMax ?? 0) + notReceived;
    return notReceived;
  }

  #add(event: ListenerEvent): void {
    this.#events.push(event);
    if (this.#events.length > LISTENER_EVENTS_MAX) this.#from = this.#events.shift()?.to ?? this.#from;
    this.#onEvent(event);
  }
}
