import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { describeListenProblem, type Environment, ExitStatus, type ParsedCommand, quote } from 'tentacle-protocol/cli';
import { Exporter } from '../exporter/exporter.js';
import { type ExporterServer, serveExporter } from '../exporter/http-server.js';
import { loadConfig } from '../exporter/load-modules.js';
import { requireOpenFiles } from '../options/require-open-files.js';
import { parseServeOptions } from '../options/serve-options.js';

/** `tentacle-ping serve`: probes targets for Prometheus. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { stdout, stderr, stop } = environment;
  const { port, bind, config: configFile, probesMax, waitingMax } = parseServeOptions(positionals, parsed);
  const config = await loadConfig(configFile, environment);
  if (parsed.flag('check-config')) {
    stdout(
      `${configFile === undefined ? 'No file' : quote(configFile)}: modules ${[...config.modules.keys()].join(', ')}\n`,
    );
    return ExitStatus.OK;
  }
  requireOpenFiles(probesMax, '--max-probes');
  const exporter = new Exporter({ config, configFile, probesMax, waitingMax, version, environment });
  const onError = (error: unknown): void => stderr(`tentacle-ping: internal error: ${String(error)}\n`);
  const server: ExporterServer | undefined = await serveExporter(exporter, { bind, port, onError }).catch(
    async (error: unknown) => {
      const requested = { port, bind, otherPort: '--port 9934' };
      const problem = await describeListenProblem(error, requested, environment.platform, networkInterfaces());
      if (problem === undefined) throw error;
      stderr(`tentacle-ping: ${problem}\n`);
      return undefined;
    },
  );
  if (server === undefined) return ExitStatus.FAILED;
  const host = bind.includes(':') ? `[${bind}]` : bind;
  stdout(`Listening on http://${host}:${server.port}/ (stop with Ctrl+C)\n`);
  if (!stop.aborted) await once(stop, 'abort');
  await server.close();
  return ExitStatus.OK;
}
