import { type Environment, type ParsedCommand } from 'tentacle-protocol/cli';
import { parseListenOptions } from '../options/listen-options.js';
import { parsePollOptions } from '../options/poll-options.js';
import { openLog } from '../output/logger.js';

/** `tentacle-pong`: listens, or with `--poll` connects to a server, until stopped. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  if (parsed.value('poll') !== undefined) {
    const options = parsePollOptions(positionals, parsed);
    const { pollCommand } = await import('./poll.js');
    const log = openLog(options, environment);
    return pollCommand({ options, parsed, log, version, environment });
  }
  const options = parseListenOptions(positionals, parsed);
  const { listenCommand } = await import('./listen.js');
  return listenCommand(options, openLog(options, environment), version, environment);
}
