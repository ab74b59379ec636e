import { networkInterfaces } from 'node:os';
import { type Environment, type ParsedCommand, listenProblem, reachableAddresses, withPort } from 'tentacle-protocol';
import { ownIdentity } from '../own-identity.js';
import { callLine, listeningText, pollingText } from '../reporters/polling.js';
import { servePlanOf } from '../serve/plan.js';
import type { PollingReport } from '../serve/report.js';
import { type Onlooker, serve } from '../serve/serve.js';

/** `tentacle-ping listen`: the server's side of polling. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const plan = servePlanOf(positionals, options);
  const identity = await ownIdentity(options, environment);
  const json = options.flag('json');
  const quiet = options.flag('quiet');
  const lines = json ? environment.stderr : environment.stdout;
  const onlooker: Onlooker = {
    listening: (port) => {
      const [address = '127.0.0.1'] = reachableAddresses(networkInterfaces(), plan.bind);
      const pollCommand = `tentacle-pong --poll ${withPort(address, port)} --thumbprint ${identity.thumbprint}`;
      lines(listeningText(plan, { port, ownThumbprint: identity.thumbprint, pollCommand }));
    },
    called: (record) => {
      if (!quiet) lines(callLine(record));
    },
    say: (line) => {
      if (!quiet) lines(`${new Date().toISOString()}  ${line}\n`);
    },
  };
  const report: PollingReport | undefined = await serve(plan, identity, version, onlooker, environment.stop).catch(
    async (error: unknown) => {
      const wanted = { ...plan, otherPort: '--listen 10944' };
      const problem = await listenProblem(error, wanted, environment.platform, networkInterfaces());
      if (problem === undefined) throw error;
      environment.stderr(`tentacle-ping: ${problem}\n`);
      return undefined;
    },
  );
  if (report === undefined) return 1;
  environment.stdout(json ? `${JSON.stringify(report)}\n` : pollingText(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}
