import { MetricsWriter } from './metrics-writer.js';
import type { KnownPoller } from './polling-listener.js';

const US_PER_S = 1_000_000;

/** The metrics of one polling Tentacle, in Prometheus' text format. It succeeds while it is connected and answered its last call. */
export async function pollerMetrics({ subscription, call }: KnownPoller): Promise<string> {
  const metrics = new MetricsWriter();
  const isConnected = (subscription?.open ?? 0) > 0;
  const failure = isConnected ? failureOf(call) : 'poll.no-poller';
  metrics.value(
    'tentacle_probe_success',
    '1 where the probe succeeded, 0 where it failed',
    failure === undefined ? 1 : 0,
  );
  if (failure !== undefined)
    metrics.labeled(
      'tentacle_probe_failure',
      'The failure of this probe, by its id; absent after a success',
      { id: failure },
      1,
    );
  metrics.value('tentacle_poller_connections', 'Open connections of the polling Tentacle', subscription?.open ?? 0);
  if (call?.collectUs !== undefined)
    metrics.value(
      'tentacle_poller_collect_duration_seconds',
      'From when the last call was queued until it was collected',
      call.collectUs / US_PER_S,
    );
  if (call?.roundTripUs !== undefined)
    metrics.value(
      'tentacle_poller_call_duration_seconds',
      'From when the last call was collected to its answer',
      call.roundTripUs / US_PER_S,
    );
  if (subscription === undefined) return metrics.text();
  const pollers = [...subscription.pollers.values()];
  metrics.value('tentacle_poller_machines', 'Machines that polled for the subscription', pollers.length);
  const lastMs = Math.max(0, ...pollers.map(({ lastAt }) => Date.parse(lastAt)));
  metrics.value(
    'tentacle_poller_last_active_timestamp_seconds',
    'When the polling Tentacle last connected, left or collected a call',
    lastMs / 1000,
  );
  return metrics.text();
}

/** A poller that has connected just now has no call yet. */
function failureOf(call: KnownPoller['call']): string | undefined {
  return call === undefined || call.outcome === 'ok' || call.outcome === 'cancelled' ? undefined : call.outcome;
}
