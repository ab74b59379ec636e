import type { Environment } from 'tentacle-protocol/cli';
import { parseSubscription, UsageError } from 'tentacle-protocol/cli';
import { buildPollingReport, type PollingReport } from '../measurements/polling-server/polling-report.js';
import type { PollingServerContext } from '../measurements/polling-server/polling-server-context.js';
import type { CallRecord } from '../measurements/polling-server/polling-tally.js';
import { runPollingServer } from '../measurements/polling-server/run-polling-server.js';
import type { Subscription } from '../measurements/polling-server/subscriptions.js';
import type { PollingConfig } from './polling-config.js';
import { PollingMetrics } from './polling-metrics.js';

/** What is known of one polling Tentacle. */
export interface KnownPoller {
  /** Absent: it has not polled. */
  readonly subscription?: Subscription;
  /** Its last call that was completed. */
  readonly call?: CallRecord;
}

/** The port for polling Tentacles: it sends each of them calls, and remembers how they were answered. */
export class PollingListener {
  readonly metrics: PollingMetrics;
  readonly port: number;
  /** Fulfilled when it has ended. */
  readonly ended: Promise<unknown>;
  readonly #context: PollingServerContext;
  readonly #thumbprint: string;
  readonly #calls: ReadonlyMap<string, CallRecord>;
  readonly #startedAt = new Date().toISOString();

  private constructor(
    context: PollingServerContext,
    about: {
      readonly port: number;
      readonly thumbprint: string;
      readonly metrics: PollingMetrics;
      readonly calls: ReadonlyMap<string, CallRecord>;
      readonly ended: Promise<unknown>;
    },
  ) {
    this.#context = context;
    this.#thumbprint = about.thumbprint;
    this.#calls = about.calls;
    this.port = about.port;
    this.metrics = about.metrics;
    this.ended = about.ended;
  }

  /** Opens the port. @throws the system's error, such as EADDRINUSE. */
  static async open(
    { options, identity }: PollingConfig,
    version: string,
    { stop }: Pick<Environment, 'stop'>,
  ): Promise<PollingListener> {
    const metrics = new PollingMetrics();
    const calls = new Map<string, CallRecord>();
    let context: PollingServerContext | undefined;
    let ended: Promise<unknown> = Promise.resolve();
    const port = await new Promise<number>((resolve, reject) => {
      ended = runPollingServer(
        options,
        identity,
        {
          onStart: (started) => (context = started),
          onListening: resolve,
          onCallCompleted: (record) => {
            metrics.add(record);
            // One for each subscription, whose number is bounded.
            calls.set(record.subscription, record);
          },
          // Connections come and go all the time; their endings are counted.
          onMessage: () => undefined,
        },
        { version, stop },
      );
      ended.catch(reject);
    });
    if (context === undefined) throw new Error('the polling server has not started');
    metrics.watch(context);
    return new PollingListener(context, { port, thumbprint: identity.thumbprint, metrics, calls, ended });
  }

  /** @returns the poller of `poll://ID/`, or why that is not one. */
  find(target: string): KnownPoller | string {
    try {
      const id = parseSubscription(target);
      const [subscription, call] = [this.#context.subscriptions.all.get(id), this.#calls.get(id)];
      return { ...(subscription === undefined ? {} : { subscription }), ...(call === undefined ? {} : { call }) };
    } catch (error) {
      if (error instanceof UsageError) return error.message.replace(/^--subscription: /, 'target ');
      throw error;
    }
  }

  /** All that was measured since the start. */
  get report(): PollingReport {
    const times = { startedAt: this.#startedAt, endedAt: new Date().toISOString() };
    return buildPollingReport(this.#context, this.port, this.#thumbprint, times);
  }
}
