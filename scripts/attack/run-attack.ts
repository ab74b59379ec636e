import { readFileSync } from 'node:fs';
import { type Account, buildAccount } from './account.js';
import type { Attack } from './attack.js';
import type { AttackCounts } from './attacker.js';
import type { AttackEnvironment } from './attack-environment.js';
import { type HealthyPing, healthyPing } from './healthy-ping.js';
import { PongUnderAttack } from './pong-under-attack.js';
import { attackProgram, start } from './processes.js';

/** What one attack did to a pong and to a healthy ping beside it. Plain JSON. */
export interface AttackResult {
  readonly attack: string;
  readonly traffic: string;
  readonly peakRssBytes: number | undefined;
  readonly longestBlockUs: number;
  readonly quietPing: HealthyPing;
  readonly ping: HealthyPing;
  /** Undefined where the attack leaves the log unread. */
  readonly logLinesPerSecond: number | undefined;
  readonly counts: AttackCounts;
  /** Undefined when pong did not stop by itself. */
  readonly account: Account | undefined;
  readonly endings: Readonly<Record<string, number>>;
}

/** The quiet period before the attack, for the comparison: a hundred attempts at most. */
const QUIET_SECONDS_MAX = 5;

/** Runs an attack against a pong of its own, beside a healthy ping, and compares what all of them counted. */
export async function runAttack(
  attack: Attack,
  seconds: number,
  environment: AttackEnvironment,
): Promise<AttackResult> {
  const { env } = environment;
  const pong = await PongUnderAttack.start({
    env,
    recordFile: environment.file(`${attack.name}.jsonl`),
    leavesLogUnread: attack.leavesLogUnread ?? false,
    args: attack.pongOptions ?? [],
    nodeArgs: environment.nodeArgs,
  });
  const quietPing = await healthyPing(pong.port, Math.min(seconds, QUIET_SECONDS_MAX), env);

  await pong.longestBlockUs();
  const linesBefore = pong.logLines;
  const droppedBefore = listenOverflows();
  const startedMs = performance.now();
  const program = attackProgram('attack-process.js', attack.name, String(pong.port), environment.pemFile);
  const attacker = start(program, env, { isOtherMachine: true });
  await attacker.printed(/ready/);
  const ping = await healthyPing(pong.port, seconds, env);
  const lines = pong.logLines - linesBefore;
  const ranSeconds = (performance.now() - startedMs) / 1000;
  const longestBlockUs = await pong.longestBlockUs();
  await attacker.stop();
  const counts = JSON.parse(attacker.stdout().trimEnd().split('\n').at(-1) ?? '') as AttackCounts;
  await pong.acceptedAll();

  const { peakRssBytes } = pong;
  const summary = await pong.stop();
  const pings = { sent: quietPing.sent + ping.sent };
  const dropped = listenOverflows() - droppedBefore;
  const account = summary && buildAccount(counts, { summary, recorded: await pong.recorded() }, pings, dropped);
  return {
    attack: attack.name,
    traffic: attack.traffic,
    peakRssBytes,
    longestBlockUs,
    quietPing,
    ping,
    logLinesPerSecond: attack.leavesLogUnread === true ? undefined : lines / ranSeconds,
    counts,
    account,
    endings: summary?.endings ?? {},
  };
}

/** Reads how many established connections this machine's listeners had no room for; 0 where the system does not tell. */
function listenOverflows(): number {
  try {
    const [names = [], values = []] = readFileSync('/proc/net/netstat', 'latin1')
      .split('\n')
      .filter((line) => line.startsWith('TcpExt:'))
      .map((line) => line.split(' '));
    return Number(values[names.indexOf('ListenOverflows')] ?? 0);
  } catch {
    return 0;
  }
}
