import { checkHost } from 'tentacle-protocol/check';
import { chooseProxies, type Environment, type ParsedCommand, parseCheckOptions } from 'tentacle-protocol/cli';

/** `tentacle-pong check`: prints each group of checks in its order, then the verdict. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const options = parseCheckOptions(positionals, parsed);
  const proxyFor = await chooseProxies(parsed, environment);
  return checkHost(options, { name: 'tentacle-pong', version }, environment, { proxyFor });
}
