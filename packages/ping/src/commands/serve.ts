import { networkInterfaces } from 'node:os';
import { type Asked, listenProblem, reachableAddresses, withPort } from 'tentacle-protocol';
import { ownIdentity } from '../own-identity.js';
import { callLine, listeningText, pollingText } from '../reporters/polling.js';
import { servePlanOf } from '../serve/plan.js';
import type { PollingReport } from '../serve/report.js';
import { type Onlooker, serve } from '../serve/serve.js';
import type { Io } from './command.js';

/** `tentacle-ping --listen`: the server's side of polling. */
export async function run({ words, given }: Asked & { kind: 'run' }, version: string, io: Io): Promise<number> {
  const plan = servePlanOf(words, given);
  const identity = await ownIdentity(given, io);
  const json = given.has('json');
  const quiet = given.has('quiet');
  const lines = json ? io.stderr : io.stdout;
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
  const report: PollingReport | undefined = await serve(plan, identity, version, onlooker, io.stop).catch(
    async (error: unknown) => {
      const wanted = { ...plan, otherPort: '--listen 10944' };
      const problem = await listenProblem(error, wanted, io.surroundings.platform, networkInterfaces());
      if (problem === undefined) throw error;
      io.stderr(`tentacle-ping: ${problem}\n`);
      return undefined;
    },
  );
  if (report === undefined) return 1;
  io.stdout(json ? `${JSON.stringify(report)}\n` : pollingText(report));
  return report.verdict.id === 'ok' ? 0 : 1;
}
