import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { promisify } from 'node:util';
import { quote } from '../text/sanitize.js';
import type { PortHolder } from './port-holder.js';

/** Runs a program of Windows, and returns what it prints. */
export type RunProgram = (name: string, args: readonly string[]) => Promise<string>;

/** Both take a second on a busy machine; the answer only improves a message. */
const LIMIT_MS = 5000;

/** A host with ten thousand connections prints 1 MB. */
const OUTPUT_MAX_BYTES = 16 * 1024 * 1024;

/** By their full paths: a bare name would be looked up in the current folder first. */
const SYSTEM = 'C:\\Windows\\System32';

/** Finds the process that listens on a port, on Windows; needs no elevation. Undefined if it is unknown. */
export async function windowsPortHolder(port: number, run: RunProgram = runProgram): Promise<PortHolder | undefined> {
  const pid = listeningPid(await run('netstat.exe', ['-ano']).catch(() => ''), port);
  if (pid === undefined) return undefined;
  const tasks = await run('tasklist.exe', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']).catch(() => '');
  return { kind: 'process', pid, name: taskName(tasks, pid) };
}

/**
 * The process of a line such as `TCP 0.0.0.0:10933 0.0.0.0:0 LISTENING 4712`. The state is in the language of Windows; only
 * a listening socket has no port at its other end.
 */
function listeningPid(netstat: string, port: number): number | undefined {
  for (const line of netstat.split('\n')) {
    const [, local, pid] =
      /^\s*TCP\s+\S+:(\d+)\s+(?:0\.0\.0\.0|\[::\]|\*):(?:0|\*)\s+\S.*?\s(\d+)\s*$/.exec(line) ?? [];
    if (Number(local) === port && Number(pid) > 0) return Number(pid);
  }
  return undefined;
}

/** The name in a line such as `"Tentacle.exe","4712","Services","0","45,000 K"`. */
function taskName(tasklist: string, pid: number): string {
  const [, name] = new RegExp(`^"([^"]+)","${pid}"`, 'm').exec(tasklist) ?? [];
  return name === undefined ? 'unknown' : quote(name).slice(1, -1);
}

async function runProgram(name: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(win32.join(SYSTEM, name), args, {
    encoding: 'latin1',
    timeout: LIMIT_MS,
    maxBuffer: OUTPUT_MAX_BYTES,
    windowsHide: true,
  });
  return stdout;
}
