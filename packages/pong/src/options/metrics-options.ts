import { omitUndefined, parseAddress, type ParsedOptions, parseWhole, UsageError } from 'tentacle-protocol/cli';
import { type CommandDefinition, valueOption } from 'tentacle-protocol/program';

/** Options of the port for Prometheus. */
export const METRICS_OPTIONS = {
  'metrics-port': valueOption('output', 'PORT', 'serve metrics for Prometheus on this port; 0: any free port', {
    defaultDescription: 'none',
    example: '9934',
  }),
  'metrics-bind': valueOption('output', 'ADDRESS', 'address of the port for metrics; 0.0.0.0: other hosts too', {
    defaultDescription: '127.0.0.1',
  }),
  'metrics-web-config': valueOption(
    'output',
    'FILE',
    "TLS and users of the port for metrics, as in Prometheus' --web.config.file (YAML)",
    { example: 'web.yaml' },
  ),
} as const satisfies CommandDefinition['options'];

/** The port for Prometheus. */
export interface MetricsOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly bind: string;
  /** Absent: no TLS, and any client. */
  readonly webConfig?: string;
}

/** Counts of clients and failures are for this host, until other hosts are to have them. */
const DEFAULT_BIND = '127.0.0.1';

/** The checked options; undefined without a port. @throws UsageError */
export function parseMetricsOptions(options: ParsedOptions): MetricsOptions | undefined {
  const port = options.value('metrics-port');
  const [bind, webConfig] = [options.value('metrics-bind'), options.value('metrics-web-config')];
  if (port === undefined) {
    for (const option of ['metrics-bind', 'metrics-web-config'])
      if (options.value(option) !== undefined)
        throw new UsageError(`--${option} has no effect without --metrics-port; use both, as in --metrics-port 9934`);
    return undefined;
  }
  return {
    port: parseWhole(port, '--metrics-port', 0, 65_535),
    bind: parseAddress(bind ?? DEFAULT_BIND, '--metrics-bind', 'an address such as 0.0.0.0'),
    ...omitUndefined({ webConfig }),
  };
}
