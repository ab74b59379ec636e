import { once } from 'node:events';
import {
  describeListenProblem,
  type Environment,
  ExitStatus,
  omitUndefined,
  type ParsedCommand,
  quote,
  readInterfaces,
  withPort,
} from 'tentacle-protocol/cli';
import { serveWeb, WebAccess } from 'tentacle-protocol/web';
import { Exporter } from '../exporter/exporter.js';
import { loadConfig } from '../exporter/load-modules.js';
import { PollingListener } from '../exporter/polling-listener.js';
import { answer } from '../exporter/routes.js';
import { requireOpenFiles } from '../options/require-open-files.js';
import { parseServeOptions } from '../options/serve-options.js';

/** `tentacle-ping serve`: probes targets for Prometheus. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { stdout, stop } = environment;
  const stderr = (text: string): void => environment.stderr(`tentacle-ping: ${text}\n`);
  const { port, bind, config: configFile, webConfig, probesMax, waitingMax } = parseServeOptions(positionals, parsed);
  const config = await loadConfig(configFile, environment);
  const access = await WebAccess.load(webConfig);
  if (parsed.flag('check-config')) {
    const name = configFile === undefined ? 'No file' : quote(configFile);
    stdout(`${name}: modules ${[...config.modules.keys()].join(', ')}\n`);
    if (webConfig !== undefined)
      stdout(`${quote(webConfig)}: ${access.tls === undefined ? 'no TLS' : 'TLS'}, users ${access.users.length}\n`);
    return ExitStatus.OK;
  }
  requireOpenFiles(probesMax, '--max-probes');

  const settings = { config, configFile, access, probesMax, waitingMax, version, environment };
  const exporter = new Exporter(settings);
  const listening = async <Listener>(port: number, bind: string | undefined, open: Promise<Listener>) =>
    open.catch(async (error: unknown) => {
      const requested = { ...omitUndefined({ bind }), port, otherPort: '--port 9934' };
      const problem = await describeListenProblem(error, requested, environment.platform, readInterfaces());
      if (problem === undefined) throw error;
      stderr(problem);
      return undefined;
    });
  const { polling } = config;
  if (polling !== undefined) {
    const { options } = polling;
    exporter.polling = await listening(options.port, options.bind, PollingListener.open(polling, version, environment));
    if (exporter.polling === undefined) return ExitStatus.FAILED;
  }
  const onError = (error: unknown): void => stderr(`internal error: ${String(error)}`);
  const onDenied = (address: string, reason: string): void => stderr(`client ${address} is rejected: ${reason}`);
  const server = await listening(
    port,
    bind,
    serveWeb({ bind, port, access, answer: async (request) => answer(exporter, request), onError, onDenied }),
  );
  if (server === undefined) return ExitStatus.FAILED;

  environment.onHangup?.(() => {
    exporter
      .reload()
      .then((problem) => stderr(problem === undefined ? 'reloaded' : `not reloaded: ${problem}`))
      .catch(onError);
  });
  const stopWatching = access.watch({
    onReloaded: () => {
      exporter.metrics.reloaded(true);
    },
    onProblem: (problem) => {
      exporter.metrics.reloaded(false);
      stderr(`not reloaded: ${problem}`);
    },
  });
  stdout(`Listening on ${server.scheme}://${withPort(bind, server.port)}/ (stop with Ctrl+C)\n`);
  if (exporter.polling !== undefined)
    stdout(
      `Polling Tentacles connect to port ${exporter.polling.port}, and trust ${config.polling?.identity.thumbprint ?? ''}\n`,
    );
  if (!stop.aborted) await once(stop, 'abort');
  stopWatching();
  await Promise.all([server.close(() => exporter.cut()), exporter.polling?.ended]);
  return ExitStatus.OK;
}
