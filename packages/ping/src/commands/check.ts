import { checkHost } from 'tentacle-protocol/check';
import { type Environment, type ParsedCommand, parseCheckOptions } from 'tentacle-protocol/cli';

/** `tentacle-ping check`: prints each group of checks as it finishes, then the verdict. @returns the exit status. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  return checkHost(parseCheckOptions(positionals, options), { name: 'tentacle-ping', version }, environment);
}
