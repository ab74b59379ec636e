import { hostname } from 'node:os';
import {
  type Environment,
  ExitStatus,
  type ParsedCommand,
  describeListenProblem,
  reachableAddresses,
  withPort,
  readInterfaces,
} from 'tentacle-protocol/cli';
import { loadClientIdentity } from '../options/client-identity.js';
import type { PollingReport } from '../measurements/polling-server/polling-report.js';
import { runPollingServer, type ServerObserver } from '../measurements/polling-server/run-polling-server.js';
import { LivePolling } from './live-polling.js';
import { callHead, callLine, listeningText, messageLine, pollingText } from '../output/polling-text.js';
import { ReportOutput } from './report-output.js';
import { parsePollingServerOptions } from '../options/polling-server-options.js';

/** `tentacle-ping listen`: the server's side of polling. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const options = parsePollingServerOptions(positionals, parsed);
  const identity = await loadClientIdentity(parsed, environment);
  const output = await ReportOutput.open(parsed, version, environment);
  const isJson = parsed.flag('json');
  const isQuiet = parsed.flag('quiet');
  const isVerbose = parsed.flag('verbose');
  let hasHead = false;
  const printLine = isJson ? environment.stderr : environment.stdout;
  const live = new LivePolling(environment);
  const observer: ServerObserver = {
    onStart: live.onStart,
    onListening: (port) => {
      const [address = hostname()] = reachableAddresses(readInterfaces(), options.bind);
      const pollCommand = `tentacle-pong --poll ${withPort(address, port)} --thumbprint ${identity.thumbprint}`;
      const about = { version, port, ownThumbprint: identity.thumbprint, pollCommand };
      printLine(listeningText(options, about, environment));
    },
    onCallCompleted: (record) => {
      if (isQuiet) return;
      if (!hasHead) printLine(callHead(environment));
      hasHead = true;
      printLine(callLine(record, environment));
    },
    onMessage: (line) => {
      if (!isQuiet) printLine(messageLine(new Date().toISOString(), line, environment, isVerbose));
    },
  };
  const run = runPollingServer(options, identity, observer, { version, stop: environment.stop });
  const report: PollingReport | undefined = await run.finally(live.stop).catch(async (error: unknown) => {
    const requested = { ...options, otherPort: '--listen 10944' };
    const problem = await describeListenProblem(error, requested, environment.platform, readInterfaces());
    if (problem === undefined) throw error;
    environment.stderr(`tentacle-ping: ${problem}\n`);
    return undefined;
  });
  if (report === undefined) {
    output.close();
    return ExitStatus.FAILED;
  }
  if (isJson) output.printJson(report);
  else environment.stdout(pollingText(report, environment, isVerbose));
  await output.writePage(report, async () => (await import('../pages/polling-page.js')).pollingPage);
  return output.status(report.verdict.id === 'ok' ? ExitStatus.OK : ExitStatus.FAILED);
}
