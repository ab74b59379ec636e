import { binary, start } from './processes.js';

/** What a ping beside an attack got. */
export interface HealthyPing {
  readonly sent: number;
  readonly ok: number;
  readonly p50Us: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Often enough for a median of a few seconds, and rare enough to be a load of its own. */
const INTERVAL_MS = 50;

/** A run may take this many times its scheduled time before its deadline. */
const PATIENCE = 4;

/** Runs a tentacle-ping with new connections for about so long, and returns its counts and its median time. */
export async function healthyPing(port: number, seconds: number, env: NodeJS.ProcessEnv): Promise<HealthyPing> {
  const count = Math.ceil((seconds * 1000) / INTERVAL_MS);
  const load = [
    '--count',
    String(count),
    '--interval',
    `${INTERVAL_MS}ms`,
    '--deadline',
    `${seconds * PATIENCE + 10}s`,
  ];
  const ping = start(binary('ping', `127.0.0.1:${port}`, '--json', '--quiet', ...load), env);
  await ping.ended;
  if (ping.child.stdout?.readableEnded === false)
    await new Promise((resolve) => ping.child.stdout?.once('end', resolve));
  const { attempts, stages, outcomes } = JSON.parse(ping.stdout()) as {
    readonly attempts: { readonly sent: number; readonly ok: number };
    readonly stages: Readonly<Record<string, { readonly p50Us: number } | undefined>>;
    readonly outcomes: Readonly<Record<string, number>>;
  };
  return { sent: attempts.sent, ok: attempts.ok, p50Us: stages['total']?.p50Us ?? Number.NaN, outcomes };
}
