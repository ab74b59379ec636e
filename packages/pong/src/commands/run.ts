import { pino } from 'pino';
import type { Environment, ParsedCommand } from 'tentacle-protocol/cli';
import { parseListenOptions } from '../options/listen-options.js';
import { parsePollOptions } from '../options/poll-options.js';

/** `tentacle-pong`: listen, or with `--poll` connect to a server, until stopped. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  if (options.value('poll') !== undefined) {
    const plan = parsePollOptions(positionals, options);
    const { pollCommand } = await import('./poll.js');
    return pollCommand(plan, { options, log: logger(plan.logLevel), version, environment });
  }
  const plan = parseListenOptions(positionals, options);
  const { listenCommand } = await import('./listen.js');
  return listenCommand(plan, logger(plan.logLevel), version, environment);
}

/** A log on stderr. Synchronous, so that all lines are written whatever happens next. */
function logger(level: string): pino.Logger {
  const destination = pino.destination({ fd: 2, sync: true });
  // A log that cannot be written anymore is not a reason to stop.
  destination.on('error', () => undefined);
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters }, destination);
}
