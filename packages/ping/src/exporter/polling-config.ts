import type { Identity } from 'tentacle-protocol';
import { type Environment, type ParsedOptions, UsageError } from 'tentacle-protocol/cli';
import { loadClientIdentity } from '../options/client-identity.js';
import { parsePollingServerOptions, type PollingServerOptions } from '../options/polling-server-options.js';
import { type OptionsText, parsedOptions, writtenOptions } from './module-file.js';

/** The port for polling Tentacles. */
export interface PollingConfig {
  readonly options: PollingServerOptions;
  readonly identity: Identity;
  /** Its options as the file has them, without secrets. */
  readonly written: ReturnType<typeof writtenOptions>;
}

/** Two calls a minute show whether a Tentacle polls, and leave its log readable. */
const DEFAULT_INTERVAL = '30s';

/** @throws UsageError */
export async function loadPolling(text: OptionsText, environment: Environment): Promise<PollingConfig> {
  const written = parsedOptions(text);
  const value = (option: string): string | undefined =>
    written.value(option) ?? (option === 'interval' ? DEFAULT_INTERVAL : undefined);
  const parsed: ParsedOptions = { ...written, value };
  const port = value('port');
  if (port !== undefined && !/^\d+$/.test(port)) throw new UsageError('--port: use a number from 0 to 65535');
  const options = parsePollingServerOptions(port === undefined ? [] : [port], parsed);
  return { options, identity: await loadClientIdentity(parsed, environment), written: writtenOptions(text) };
}
