import { Histogram } from 'prom-client';
import type { EndedConnectionRecord } from 'tentacle-protocol/diagnostics';
import type { Limits } from '../server/limits.js';
import type { Tally } from '../server/tally.js';
import type { TransferLimits } from '../server/transfer-limits.js';
import { PongRegistry } from './pong-registry.js';

/** From a connection on the same host to one that Octopus keeps for ten minutes. */
const CONNECTION_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600];
const STAGE_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Endings by which this process enforced a limit of its own, by the name of the limit's part. */
const LIMIT_ENDINGS = [
  'too-many-connections',
  'limit.connections-per-address',
  'limit.unidentified',
  'limit.unidentified-per-address',
  'rpc.transfer-limit',
  'rpc.no-room',
] as const;

const US_PER_S = 1_000_000;

/** What a listening tentacle-pong counts of its own connections. */
export interface ListenCounts {
  readonly tally: Tally;
  readonly transfers: TransferLimits;
  readonly limits: Limits;
}

/** The metrics of a tentacle-pong that listens. No label has text of a peer: their values are ids and names of this program. */
export class ListenMetrics extends PongRegistry {
  readonly #durations: Histogram;
  readonly #stages: Histogram<'stage'>;

  constructor(version: string, { tally, transfers, limits }: ListenCounts) {
    super(version);
    const { registers } = this;
    this.#durations = new Histogram({
      name: 'tentacle_pong_connection_duration_seconds',
      help: 'From accept to the ending of a connection',
      buckets: CONNECTION_BUCKETS_S,
      registers,
    });
    this.#stages = new Histogram({
      name: 'tentacle_pong_stage_duration_seconds',
      help: 'Duration of each stage that a connection completed',
      labelNames: ['stage'],
      buckets: STAGE_BUCKETS_S,
      registers,
    });
    this.counter('tentacle_pong_connections_total', 'Connections that arrived', () => tally.total);
    this.gauge('tentacle_pong_connections', 'Open connections', () => tally.open);
    this.gauge(
      'tentacle_pong_connections_max',
      'Connections that may be open (--max-connections)',
      () => limits.connectionsMax,
    );
    this.labeledCounter(
      'tentacle_pong_connections_ended_total',
      'Connections that ended, by ending',
      'ending',
      () => tally.endings,
    );
    this.labeledCounter(
      'tentacle_pong_calls_total',
      'Calls that were answered, by service and method',
      'call',
      () => tally.calls,
    );
    this.labeledCounter(
      'tentacle_pong_limits_reached_total',
      'Connections that reached a limit, by ending',
      'limit',
      () => Object.fromEntries(LIMIT_ENDINGS.map((id) => [id, tally.endings[id] ?? 0])),
    );
    this.counter(
      'tentacle_pong_transferred_bytes_total',
      'Bytes of uploads, downloads and echoes',
      () => transfers.counts.movedBytes,
    );
    this.labeledCounter(
      'tentacle_pong_transfers_limited_total',
      'Transfers that reached a limit, by result',
      'result',
      () => {
        const { refused, cut } = transfers.counts;
        return { refused, cut };
      },
    );
  }

  ended({ durationUs, tlsUs, identityUs }: EndedConnectionRecord): void {
    this.#durations.observe(durationUs / US_PER_S);
    if (tlsUs !== undefined) this.#stages.observe({ stage: 'tls' }, tlsUs / US_PER_S);
    if (identityUs !== undefined) this.#stages.observe({ stage: 'identity' }, identityUs / US_PER_S);
  }
}
