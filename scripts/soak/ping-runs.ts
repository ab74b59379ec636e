import { once } from 'node:events';
import { binary, start } from '../attack/processes.js';

/** One run of tentacle-ping, with the file of its attempts. */
export interface PingRun {
  readonly recordFile: string;
  /** Ended by SIGKILL in the middle. */
  readonly isKilled: boolean;
  /** Of its report; undefined when it was killed. */
  readonly attempts?: { readonly sent: number; readonly ok: number };
}

/** A kind of ping that runs again and again until the soak ends. */
export interface PingKind {
  readonly name: string;
  /** @param seconds how long one run is to take. */
  readonly args: (seconds: number) => readonly string[];
  /** Kill it after half of its time. */
  readonly isKilled?: boolean;
}

const paced = (seconds: number, perSecond: number): string[] => [
  '--count',
  String(Math.ceil(seconds * perSecond)),
  '--interval',
  `${1000 / perSecond}ms`,
];

export const pingKinds: readonly PingKind[] = [
  { name: 'new connections', args: (seconds) => paced(seconds, 20) },
  { name: 'one connection', args: (seconds) => ['--reuse', ...paced(seconds, 20)] },
  { name: 'transfers', args: (seconds) => ['--upload', '2MB', '--download', '2MB', ...paced(seconds, 1)] },
  { name: 'killed', args: (seconds) => paced(seconds, 20), isKilled: true },
];

/** Runs one ping to its end. */
export async function runPing(
  kind: PingKind,
  target: string,
  {
    seconds,
    recordFile,
    env,
  }: { readonly seconds: number; readonly recordFile: string; readonly env: NodeJS.ProcessEnv },
): Promise<PingRun> {
  const args = [target, '--json', '--quiet', '--record', recordFile, ...kind.args(seconds)];
  const ping = start(binary('ping', ...args), env);
  const killing = setTimeout(() => kind.isKilled === true && ping.child.kill('SIGKILL'), (seconds * 1000) / 2);
  const status = await ping.ended;
  clearTimeout(killing);
  if (status === null) return { recordFile, isKilled: true };
  if (ping.child.stdout?.readableEnded === false) await once(ping.child.stdout, 'end');
  const { attempts } = JSON.parse(ping.stdout()) as {
    readonly attempts: { readonly sent: number; readonly ok: number };
  };
  return { recordFile, isKilled: false, attempts };
}
