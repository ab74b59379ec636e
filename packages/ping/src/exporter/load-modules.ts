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
import {
  DEFAULT_MODULE,
  type ModuleText,
  type OptionsText,
  parsedOptions,
  parseModuleFile,
  placedError,
  writtenOptions,
} from './module-file.js';
import { loadPolling, type PollingConfig } from './polling-config.js';
import { readThumbprints, type Thumbprints } from './read-thumbprints.js';
import type { TargetPattern } from './target-patterns.js';

/** A module, ready to probe. */
export interface ProbeModule {
  readonly name: string;
  readonly options: ParsedOptions;
  /** Those options, read once: targets differ in nothing else. */
  readonly common: Omit<RunOptions, keyof Target>;
  readonly identity: Identity;
  readonly secureContext: SecureContext;
  /** The thumbprint of each target. Absent: that of the options, if any. */
  readonly thumbprints?: Thumbprints;
  /** A search takes as many connections, or as much time, as it needs. Absent: one attempt. */
  readonly search?: 'sizes' | 'idle';
  /** The least time of a probe: the longest idle time that is tried; 0 for others. */
  readonly leastUs: number;
  /** Its options as the file has them. None is a secret: they are in files of their own, and a password in a URL is rejected. */
  readonly written: ReturnType<typeof writtenOptions>;
}

/** What can be probed, and how: the content of the file of modules. */
export interface ExporterConfig {
  readonly modules: ReadonlyMap<string, ProbeModule>;
  readonly targets: readonly TargetPattern[];
  /** Absent: no port for polling Tentacles. */
  readonly polling?: PollingConfig;
}

/** More than a hundred modules with all their options take. */
const FILE_MAX_BYTES = 1024 * 1024;

/** An attempt of one; no schedule. */
const ONE_ATTEMPT = { count: 1, warmup: 0, intervalUs: 0, concurrency: 1 };

/** Any target: options do not depend on it. */
const ANY_TARGET: Target = { host: 'localhost', port: 1 };

/** Prometheus' time-out is an hour at most here, and the last connection needs time to be tested. */
const IDLE_MAX_US = 3_000_000_000;

/** Reads the file, or without one returns the module without options. @throws UsageError with line and column. */
export async function loadConfig(path: string | undefined, environment: Environment): Promise<ExporterConfig> {
  const file = parseModuleFile(await readModuleFile(path), path ?? DEFAULT_MODULE);
  const modules = new Map<string, ProbeModule>();
  const name = path ?? '';
  for (const text of file.modules)
    modules.set(text.name, await placed(name, text, async () => loadModule(text, environment)));
  const { targets, polling: text } = file;
  if (text === undefined) return { modules, targets };
  const polling = await placed(name, { ...text, name: 'polling' }, async () => loadPolling(text, environment));
  return { modules, targets, polling };
}

async function readModuleFile(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const remedy = 'use a YAML file with modules';
  return readTextFile(path, { option: '--config', maxBytes: FILE_MAX_BYTES, remedy });
}

/** Adds the place of a part of the file to its errors. */
async function placed<Part>(
  file: string,
  part: OptionsText & { readonly name: string },
  load: () => Promise<Part>,
): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    throw error instanceof UsageError ? placedError(file, part, error) : error;
  }
}

async function loadModule(text: ModuleText, environment: Environment): Promise<ProbeModule> {
  const { name } = text;
  const options = parsedOptions(text);
  const { host: _, port: __, ...common } = runOptionsFor(ANY_TARGET, options, ONE_ATTEMPT);
  // Every value is checked before any probe.
  const { tlsMin, mode } = await probeOptions({ options, common }, ANY_TARGET, environment);
  if (mode.kind === 'idle' && mode.toUs > IDLE_MAX_US)
    throw new UsageError('--idle: a module searches up to 50m; for more, use tentacle-ping HOST --idle');
  const identity = await loadClientIdentity(options, environment);
  const thumbprintsFile = options.value('thumbprints-file');
  return {
    name,
    options,
    common,
    identity,
    secureContext: createTlsContext({ tlsMin }, identity),
    ...(thumbprintsFile === undefined ? {} : { thumbprints: await readThumbprints(thumbprintsFile) }),
    ...(mode.kind === 'sizes' || mode.kind === 'idle' ? { search: mode.kind } : {}),
    leastUs: mode.kind === 'idle' ? mode.toUs : 0,
    written: writtenOptions(text),
  };
}

/** The options of a probe of a target. @throws UsageError, for a password file that has gone, or a target without a thumbprint. */
export async function probeOptions(
  { options, common, thumbprints }: Pick<ProbeModule, 'options' | 'common' | 'thumbprints'>,
  target: Target,
  { env }: Pick<Environment, 'env'>,
): Promise<RunOptions> {
  const plain = { ...common, ...target };
  const listed = thumbprints?.get(target);
  if (thumbprints !== undefined && listed === undefined && plain.thumbprint === undefined)
    throw new UsageError(`the file of thumbprints has none for ${quote(`${target.host}:${target.port}`)}`);
  const pinned = listed === undefined ? plain : { ...plain, thumbprint: listed };
  // A service has no one to ask for a password.
  return resolveProxy(pinned, options, { env });
}
