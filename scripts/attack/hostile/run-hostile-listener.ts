import { once } from 'node:events';
import type { AttackEnvironment } from '../attack-environment.js';
import { attackProgram, binary, peakRssBytes, start } from '../processes.js';
import type { HostileListener } from './hostile-listeners.js';

/** What a hostile listener did to a tentacle-ping. Plain JSON. */
export interface HostileResult {
  readonly listener: string;
  readonly sends: string;
  readonly command: 'measure' | 'diagnose';
  readonly durationMs: number;
  readonly peakRssBytes: number | undefined;
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  /** The ids of its report: how the attempts ended, or the verdict. */
  readonly outcomes: readonly string[];
}

/** Patience of ping for one attempt, which every bound here derives from. */
export const PING_TIMEOUT_MS = 2000;

/** A ping that runs longer than this is killed, and the bound of its time is broken. */
const RUN_MAX_MS = 120_000;

const COMMANDS = {
  measure: ['--count', '2', '--interval', '0'],
  diagnose: [],
} as const;

export async function runHostileListener(
  listener: HostileListener,
  command: 'measure' | 'diagnose',
  { env, pemFile }: AttackEnvironment,
): Promise<HostileResult> {
  const hostile = start(attackProgram('hostile/hostile-process.js', listener.name, pemFile), env);
  const [, port = ''] = await hostile.printed(/port (\d+)/);
  const startedMs = performance.now();
  const words = command === 'diagnose' ? ['diagnose'] : [];
  const args = [...words, `127.0.0.1:${port}`, '--json', '--quiet', '--timeout', `${PING_TIMEOUT_MS}ms`];
  const ping = start(binary('ping', ...args, ...COMMANDS[command]), env);
  let peak: number | undefined;
  const sampling = setInterval(() => (peak = peakRssBytes(ping.pid) ?? peak), 20);
  const killing = setTimeout(() => ping.child.kill('SIGKILL'), RUN_MAX_MS);
  const status = await ping.ended;
  clearTimeout(killing);
  clearInterval(sampling);
  const durationMs = Math.round(performance.now() - startedMs);
  if (ping.child.stdout?.readableEnded === false) await once(ping.child.stdout, 'end');
  await hostile.stop();
  return {
    listener: listener.name,
    sends: listener.sends,
    command,
    durationMs,
    peakRssBytes: peak,
    status: status ?? undefined,
    outcomes: outcomesOf(ping.stdout()),
  };
}

function outcomesOf(stdout: string): string[] {
  try {
    const report = JSON.parse(stdout) as {
      readonly outcomes?: Readonly<Record<string, number>>;
      readonly verdict: { readonly id: string };
    };
    return report.outcomes === undefined ? [report.verdict.id] : Object.keys(report.outcomes);
  } catch {
    return [];
  }
}
