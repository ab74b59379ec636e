import { SERVER_LOG_FILE } from '../../diagnostics/product-commands.js';
import { decodeText } from '../../text/decode-text.js';
import type { CheckContext } from '../check-context.js';
import { readEndOfHostFile } from '../configuration/host-file.js';
import { logPath } from '../configuration/log-path.js';
import { maskLog } from './mask-log.js';

/** The end of a log, without secrets, or why it was not read. */
export interface BundledLog {
  /** Of the log on this host. */
  readonly path: string;
  /** Of the instance, or of Octopus Server. */
  readonly name: string;
  readonly lines?: readonly string[];
  readonly unread?: string;
}

/** Some thousand lines: a day of a Tentacle that logs an error a minute. */
const LOG_MAX_BYTES = 512 * 1024;
const LOG_MAX_LINES = 2000;

/** More instances than this on one host are rare; the bundle must stay small enough for a ticket. */
const LOGS_MAX = 20;

/** Reads the ends of the logs of each instance, or of the Octopus Server. */
export async function readLogs({ side, host, configuration }: CheckContext): Promise<readonly BundledLog[]> {
  const { instances } = await configuration;
  const ofTentacles = instances.flatMap((instance) => {
    const path = logPath(instance);
    return path === undefined ? [] : [{ name: instance.name, path }];
  });
  const ofServer =
    side === 'server' && host.platform === 'win32' ? [{ name: 'OctopusServer', path: SERVER_LOG_FILE }] : [];
  return Promise.all(
    [...ofServer, ...ofTentacles].slice(0, LOGS_MAX).map(async ({ name, path }) => {
      const file = await readEndOfHostFile(host, path, LOG_MAX_BYTES);
      if (file.kind === 'unread') return { name, path, unread: file.place.detail ?? file.place.why };
      const lines = maskLog(decodeText(file.bytes), file.bytes.length === LOG_MAX_BYTES);
      return { name, path, lines: lines.slice(-LOG_MAX_LINES) };
    }),
  );
}
