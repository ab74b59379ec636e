import { pino } from 'pino';
import { type Environment, escapeUnsafeJson, type ParsedCommand } from 'tentacle-protocol/cli';
import { parseListenOptions } from '../options/listen-options.js';
import { parsePollOptions } from '../options/poll-options.js';

/** `tentacle-pong`: listens, or with `--poll` connects to a server, until stopped. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  if (parsed.value('poll') !== undefined) {
    const options = parsePollOptions(positionals, parsed);
    const { pollCommand } = await import('./poll.js');
    return pollCommand({ options, parsed, log: logger(options.logLevel), version, environment });
  }
  const options = parseListenOptions(positionals, parsed);
  const { listenCommand } = await import('./listen.js');
  return listenCommand(options, logger(options.logLevel), version, environment);
}

/** A log on stderr. Synchronous, so that all lines are written whatever happens next. */
function logger(level: string): pino.Logger {
  const destination = pino.destination({ fd: 2, sync: true });
  // A log that cannot be written anymore is not a reason to stop.
  destination.on('error', () => undefined);
  const formatters = { level: (label: string) => ({ level: label }) };
  // Names and texts of clients stand in it, and a person may read it on a terminal.
  const hooks = { streamWrite: escapeUnsafeJson };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters, hooks }, destination);
}
