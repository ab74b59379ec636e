import { describeListenProblem, type Environment, readInterfaces, withPort } from 'tentacle-protocol/cli';
import { serveWeb, WebAccess, type WebAnswer } from 'tentacle-protocol/web';
import type { MetricsOptions } from '../options/metrics-options.js';
import type { PongRegistry } from './pong-registry.js';

/** A port for Prometheus that is open. */
export interface MetricsServer {
  /** For people: where it is. */
  readonly note: string;
  readonly close: () => Promise<void>;
}

const TEXT = 'text/plain; charset=utf-8';
const READ = ['GET', 'HEAD'];

/** Opens the port. @returns undefined where it cannot be opened; stderr has the reason. @throws UsageError */
export async function serveMetrics(
  { port, bind, webConfig }: MetricsOptions,
  metrics: PongRegistry,
  environment: Environment,
): Promise<MetricsServer | undefined> {
  const access = await WebAccess.load(webConfig, '--metrics-web-config');
  const warn = (text: string): void => environment.stderr(`tentacle-pong: ${text}\n`);
  const answer = async ({ method, url }: { method: string; url: string }): Promise<WebAnswer> =>
    answerTo(metrics, method, url.replace(/\?.*$/, ''));
  const onError = (error: unknown): void => warn(`internal error: ${String(error)}`);
  const onDenied = (address: string, reason: string): void =>
    warn(`client ${address} of the metrics is rejected: ${reason}`);
  const server = await serveWeb({ bind, port, access, answer, onError, onDenied }).catch(async (error: unknown) => {
    const requested = { bind, port, otherPort: '--metrics-port 9935' };
    const problem = await describeListenProblem(error, requested, environment.platform, readInterfaces());
    if (problem === undefined) throw error;
    warn(problem);
    return undefined;
  });
  if (server === undefined) return undefined;
  const stopWatching = access.watch({
    onReloaded: () => undefined,
    onProblem: (problem) => warn(`not reloaded: ${problem}`),
  });
  return {
    note: `Metrics: ${server.scheme}://${withPort(bind, server.port)}/metrics`,
    close: async () => {
      stopWatching();
      await server.close();
    },
  };
}

async function answerTo(metrics: PongRegistry, method: string, path: string): Promise<WebAnswer> {
  const status = ['/', '/metrics', '/-/healthy', '/-/ready'].includes(path) ? 200 : 404;
  if (status === 200 && !READ.includes(method))
    return { status: 405, type: TEXT, body: `use ${READ.join(' or ')}\n`, allow: READ.join(', ') };
  if (path === '/metrics') return { status, type: metrics.contentType, body: await metrics.text() };
  return { status, type: TEXT, body: status === 200 ? 'tentacle-pong: see /metrics\n' : 'see /metrics\n' };
}
