import type { SecureContext } from 'node:tls';
import type { Identity } from 'tentacle-protocol';
import {
  type Environment,
  type ParsedOptions,
  quote,
  readTextFile,
  type Target,
  UsageError,
} from 'tentacle-protocol/cli';
import { loadClientIdentity } from '../options/client-identity.js';
import { resolveProxy } from '../options/resolve-proxy.js';
import { type RunOptions, runOptionsFor } from '../options/run-options.js';
import { createTlsContext } from '../session/tls-context.js';
import { errorAt } from './file-position.js';
import { DEFAULT_MODULE, type ModuleFile, type ModuleText, parseModuleFile } from './module-file.js';
import type { TargetPattern } from './target-patterns.js';

/** A module, ready to probe. */
export interface ProbeModule {
  readonly name: string;
  readonly options: ParsedOptions;
  readonly identity: Identity;
  readonly secureContext: SecureContext;
  /** Its options as the file has them. None is a secret: they are in files of their own, and a password in a URL is rejected. */
  readonly written: Readonly<Record<string, string>>;
}

/** What can be probed, and how: the content of the file of modules. */
export interface ExporterConfig {
  readonly modules: ReadonlyMap<string, ProbeModule>;
  readonly targets: readonly TargetPattern[];
}

/** More than a hundred modules with all their options take. */
const FILE_MAX_BYTES = 1024 * 1024;

/** An attempt of one; no schedule. */
const ONE_ATTEMPT = { count: 1, warmup: 0, intervalUs: 0, concurrency: 1 };

/** Any target: options do not depend on it. */
const ANY_TARGET: Target = { host: 'localhost', port: 1 };

/** Reads the file, or without one returns the module without options. @throws UsageError with line and column. */
export async function loadConfig(path: string | undefined, environment: Environment): Promise<ExporterConfig> {
  const file = await readModuleFile(path);
  const modules = new Map<string, ProbeModule>();
  for (const text of file.modules) modules.set(text.name, await loadModule(text, path ?? '', environment));
  return { modules, targets: file.targets };
}

async function readModuleFile(path: string | undefined): Promise<ModuleFile> {
  if (path === undefined) return parseModuleFile('', DEFAULT_MODULE);
  const remedy = 'use a YAML file with modules';
  return parseModuleFile(await readTextFile(path, { option: '--config', maxBytes: FILE_MAX_BYTES, remedy }), path);
}

async function loadModule(text: ModuleText, path: string, environment: Environment): Promise<ProbeModule> {
  const options = optionsOf(text);
  try {
    // Every value is checked before any probe.
    await probeOptions({ options }, ANY_TARGET, environment);
    const identity = await loadClientIdentity(options, environment);
    const { tlsMin } = runOptionsFor(ANY_TARGET, options, ONE_ATTEMPT);
    const written = Object.fromEntries([...text.options].map(([key, { value }]) => [key, value]));
    return { name: text.name, options, identity, secureContext: createTlsContext({ tlsMin }, identity), written };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw errorAt(path, positionOf(text, error), `module ${quote(text.name)}: ${error.message}`);
  }
}

/** The options of a probe of a target. @throws UsageError, for a password file that has gone. */
export async function probeOptions(
  { options }: Pick<ProbeModule, 'options'>,
  target: Target,
  { env }: Pick<Environment, 'env'>,
): Promise<RunOptions> {
  // A service has no one to ask for a password.
  return resolveProxy(runOptionsFor(target, options, ONE_ATTEMPT), options, { env });
}

function optionsOf({ options }: ModuleText): ParsedOptions {
  const value = (option: string): string | undefined => options.get(option)?.value;
  return { flag: (option) => value(option) === 'true', value, all: (option) => [value(option) ?? []].flat() };
}

/** The place of the option that an error names, or else of the module. */
function positionOf({ options, at }: ModuleText, { message }: UsageError): ModuleText['at'] {
  const named = [...message.matchAll(/--?([a-z0-9][a-z0-9-]*)/g)].map(([, name = '']) => name);
  const values = [...options.values()];
  return (
    named.map((name) => options.get(name)?.at).find((place) => place !== undefined) ??
    values.find(({ value }) => value !== '' && message.includes(value))?.at ??
    at
  );
}
