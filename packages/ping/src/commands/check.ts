import { checkHost, type CheckReport } from 'tentacle-protocol/check';
import {
  chooseProxies,
  type Environment,
  omitUndefined,
  type ParsedCommand,
  parseCheckOptions,
  POLLING_PORT,
  SERVER_CHECK_GROUPS,
} from 'tentacle-protocol/cli';
import { readCheckTargets } from './check/read-check-targets.js';

/** `tentacle-ping check`: prints each group of checks in its order, then the verdict. @returns the exit status. */
export async function run(
  { positionals, options: parsed }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const given = parseCheckOptions(positionals, parsed, SERVER_CHECK_GROUPS);
  // The port that an Octopus Server listens on.
  const options = { ...given, port: given.port ?? POLLING_PORT };
  const proxyFor = await chooseProxies(parsed, environment);
  const targets = options.targetsFile === undefined ? undefined : await readCheckTargets(options.targetsFile);
  const bundleFiles = async (report: CheckReport) => {
    const { diagnoseFailing } = await import('./check/diagnose-failing.js');
    return diagnoseFailing(report, targets, { parsed, version, environment });
  };
  const inputs = omitUndefined({ proxyFor, targets, bundleFiles });
  return checkHost(options, { name: 'tentacle-ping', version }, environment, inputs);
}
