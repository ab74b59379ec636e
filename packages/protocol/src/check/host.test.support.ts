import { homedir, hostname, platform, userInfo } from 'node:os';
import type { CheckOptions } from '../cli/check-options.js';
import { CHECK_GROUPS, type Check } from '../diagnostics/checks/check.js';
import { readInterfaces } from '../net/interfaces.js';
import type { CheckContext, CheckGroupDefinition } from './check-context.js';
import type { Configuration, TentacleInstance } from './configuration/configuration.js';
import type { Host } from './host.js';
import { commandRunner, type RunCommand } from './run-command.js';

const ENV = { PATH: '/usr/bin:/bin' };

/** This host as the program sees it, with parts replaced; its commands are those on the PATH of `env`. */
export function testHost(parts: Partial<Host> = {}): Host {
  const env = parts.env ?? ENV;
  return {
    platform: platform(),
    env,
    home: homedir(),
    userId: userInfo().uid,
    hostname: hostname(),
    interfaces: readInterfaces(),
    run: commandRunner(platform(), { ...ENV, ...env }, new AbortController().signal),
    fileRoot: '',
    ...parts,
  };
}

/** An instance that listens. */
export function listeningInstance(parts: Partial<TentacleInstance> = {}): TentacleInstance {
  return { name: 'Tentacle', configFile: '/etc/octopus/x', listens: true, port: 10933, servers: [], ...parts };
}

/** Runs one group and returns its checks. */
export async function runGroup(
  group: CheckGroupDefinition,
  parts: {
    readonly host?: Partial<Host>;
    readonly options?: Partial<CheckOptions>;
    readonly configuration?: Partial<Configuration> | Promise<Configuration>;
  },
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const context: CheckContext = {
    host: testHost(parts.host),
    options: { only: CHECK_GROUPS, servers: [], slow: false, json: false, verbose: false, ...parts.options },
    configuration:
      parts.configuration instanceof Promise
        ? parts.configuration
        : Promise.resolve({ instances: [], unread: [], ...parts.configuration }),
    signal: new AbortController().signal,
    side: 'tentacle',
    inputs: { proxyFor: () => undefined },
  };
  await group.run(context, (check) => checks.push(check));
  return checks;
}

/** A Windows whose commands print these texts, by a part of the command; any other is missing. */
export function recordedCommands(outputs: Readonly<Record<string, string>>): RunCommand {
  return async (file, args) => {
    const line = `${file} ${args.join(' ')}`;
    const output = Object.entries(outputs).find(([part]) => line.includes(part))?.[1];
    return Promise.resolve(
      output === undefined ? { kind: 'missing' } : { kind: 'done', status: 0, stdout: output, stderr: '' },
    );
  };
}
