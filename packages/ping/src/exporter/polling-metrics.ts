import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PollingServerContext } from '../measurements/polling-server/polling-server-context.js';
import type { CallRecord } from '../measurements/polling-server/polling-tally.js';

/** A waiting poller collects a call within a round trip; one that has just left needs seconds, and the limit is minutes. */
const COLLECT_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const ROUND_TRIP_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const US_PER_S = 1_000_000;

/** The metrics of all polling Tentacles together. A poller chooses its name, so that none is a label. */
export class PollingMetrics {
  readonly registry = new Registry();
  readonly #collect: Histogram;
  readonly #roundTrip: Histogram;

  constructor() {
    const registers = [this.registry];
    this.#collect = new Histogram({
      name: 'tentacle_polling_collect_duration_seconds',
      help: 'From when a call was queued until a polling Tentacle collected it',
      buckets: COLLECT_BUCKETS_S,
      registers,
    });
    this.#roundTrip = new Histogram({
      name: 'tentacle_polling_call_duration_seconds',
      help: 'From when a call was collected to its answer',
      buckets: ROUND_TRIP_BUCKETS_S,
      registers,
    });
  }

  add({ collectUs, roundTripUs }: CallRecord): void {
    if (collectUs !== undefined) this.#collect.observe(collectUs / US_PER_S);
    if (roundTripUs !== undefined) this.#roundTrip.observe(roundTripUs / US_PER_S);
  }

  /** Adds what the server counts by itself. */
  watch({ tally, subscriptions }: PollingServerContext): void {
    const registers = [this.registry];
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge('tentacle_polling_connections', 'Open connections of polling Tentacles', () => tally.open);
    gauge('tentacle_polling_subscriptions', 'Subscriptions that were polled for', () => subscriptions.all.size);
    gauge(
      'tentacle_polling_subscriptions_connected',
      'Subscriptions with an open connection',
      () => [...subscriptions.all.values()].filter(({ open }) => open > 0).length,
    );
    gauge(
      'tentacle_polling_subscriptions_shared',
      'Subscriptions that more than one machine polls for',
      () => [...subscriptions.all.values()].filter(({ isShared }) => isShared).length,
    );
    counter(registers, 'tentacle_polling_calls_total', 'Calls that were completed, by outcome', 'outcome', () => [
      ['ok', tally.ok],
      ['cancelled', tally.cancelled],
      ...[...tally.failures].map(([id, { count }]) => [id, count] as const),
    ]);
    counter(
      registers,
      'tentacle_polling_connections_ended_total',
      'Connections that ended, by ending',
      'ending',
      () => [...tally.endings],
    );
  }
}

/** A counter that another part of the program keeps. */
function counter(
  registers: Registry[],
  name: string,
  help: string,
  label: string,
  read: () => readonly (readonly [string, number])[],
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers,
    collect() {
      this.reset();
      for (const [value, count] of read()) this.inc({ [label]: value }, count);
    },
  });
}
