import type { Environment } from 'tentacle-protocol/cli';
import type { PongRegistry } from '../metrics/pong-registry.js';
import type { MetricsServer } from '../metrics/serve-metrics.js';
import type { MetricsOptions } from '../options/metrics-options.js';

/** Opens the port for Prometheus, if there is one. @returns `failed` where it cannot be opened; stderr has the reason. */
export async function openMetrics(
  options: MetricsOptions | undefined,
  metrics: PongRegistry | undefined,
  environment: Environment,
): Promise<MetricsServer | undefined | 'failed'> {
  if (options === undefined || metrics === undefined) return undefined;
  const { serveMetrics } = await import('../metrics/serve-metrics.js');
  return (await serveMetrics(options, metrics, environment)) ?? 'failed';
}
