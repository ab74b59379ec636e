import { chooseProxy, type Environment, type ParsedOptions } from 'tentacle-protocol/cli';
import type { RunOptions } from './run-options.js';

/**
 * The options of a run with the proxy to connect through, if the options or the environment name one.
 * @throws UsageError for a value that cannot be used, in one line without any password.
 */
export async function resolveProxy(
  options: RunOptions,
  parsed: ParsedOptions,
  { env, askHidden }: Pick<Environment, 'env' | 'askHidden'>,
): Promise<RunOptions> {
  return Object.freeze({ ...options, proxyChoice: await chooseProxy(parsed, options, { env }, askHidden) });
}
