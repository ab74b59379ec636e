import type { PollTally } from '../poller/poll-tally.js';
import { PongRegistry } from './pong-registry.js';

/** The metrics of a tentacle-pong that polls. */
export class PollMetrics extends PongRegistry {
  constructor(version: string, tally: PollTally) {
    super(version);
    this.gauge(
      'tentacle_pong_connections',
      'Connections that the server accepted, and that are open',
      () => tally.open,
    );
    this.counter('tentacle_pong_connections_total', 'Connections that ended', () => tally.tried);
    this.counter('tentacle_pong_connections_accepted_total', 'Connections that the server accepted', () => tally.taken);
    this.labeledCounter('tentacle_pong_connections_failed_total', 'Connections that failed, by failure', 'id', () =>
      Object.fromEntries([...tally.failures].map(([id, { count }]) => [id, count])),
    );
    this.labeledCounter('tentacle_pong_calls_total', 'Calls that were answered, by service and method', 'call', () =>
      Object.fromEntries(tally.calls),
    );
  }
}
