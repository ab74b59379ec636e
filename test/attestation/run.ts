import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../packages/ping/src/report/report.js';
import { attestationKeyOf } from '../../packages/protocol/src/identity/signing-key.js';
import { reportOf } from '../binaries/report.js';
import type { Lab } from '../lab/lab.js';
import { binary } from '../lab/programs.js';

/** The TLS versions of both ends; Node's own option sets the older one. */
export const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/** The report and the exit status of ping. */
export interface Pinged {
  readonly report: Report;
  readonly status: number | null;
}

/** Pings a target twice, with this maximum TLS version. `prefix` as in `['ip', 'netns', 'exec', 'lab1']`. */
export async function ping(
  lab: Lab,
  args: readonly string[],
  version: (typeof VERSIONS)[number] = 'TLSv1.3',
  prefix: readonly string[] = [],
): Promise<Pinged> {
  const command = [...prefix, process.execPath, binary('ping'), ...args, '-c', '2', '-i', '0', '--json', '--quiet'];
  const env = { XDG_CONFIG_HOME: lab.directory, NODE_OPTIONS: `--tls-max-v${version.slice('TLSv'.length)}` };
  const { process: child, output } = lab.start(command, env);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (output.stdout === '') throw new Error(output.stderr);
  return { report: reportOf(output.stdout), status };
}

/** Returns the attestation key of the lab's pong. */
export function keyOf(lab: Lab): string {
  return attestationKeyOf(readFileSync(join(lab.directory, 'tentacle-pong', 'attestation-key.pem'), 'utf8')).publicKey;
}

/** Returns the command for one attempt with text output. */
export function pingCommand(port: number, args: readonly string[]): string[] {
  return [process.execPath, binary('ping'), `127.0.0.1:${port}`, '-c', '1', '-q', ...args];
}

export function diagnoseCommand(port: number): string[] {
  return [process.execPath, binary('ping'), 'diagnose', `127.0.0.1:${port}`];
}
