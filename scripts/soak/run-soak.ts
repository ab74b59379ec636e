import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { AttackEnvironment } from '../attack/attack-environment.js';
import type { PongSummary } from '../attack/pong-under-attack.js';
import { binary, start, type Started } from '../attack/processes.js';
import { runFaultyClients } from './faulty-clients.js';
import { type PingRun, pingKinds, runPing } from './ping-runs.js';
import { buildSoakAccount, type SoakAccount } from './soak-account.js';
import { type Figures, readFigures } from './soak-figures.js';

/** What a soak measured. Plain JSON. */
export interface SoakResult {
  readonly seconds: number;
  /** Before any client, and after all of them. */
  readonly before: Figures;
  readonly after: Figures;
  /** While clients run. */
  readonly figures: readonly Figures[];
  readonly account: SoakAccount;
  readonly polling: PollingCounts;
  readonly endings: Readonly<Record<string, number>>;
}

/** Calls over the polling connections, as both ends counted them. */
export interface PollingCounts {
  readonly queued: number;
  readonly ok: number;
  readonly answered: number;
}

/** One run of a ping takes so long, or a quarter of a short soak. */
const RUN_SECONDS = 10;

/** The clients are gone at once; their sockets follow when both ends have closed them. */
const SETTLE_MS = 3000;

export async function runSoak(
  seconds: number,
  sampleSeconds: number,
  environment: AttackEnvironment,
  onFigures: (figures: Figures) => void,
): Promise<SoakResult> {
  const { env } = environment;
  const pongRecordFile = environment.file('pong.jsonl');
  const pong = start(binary('pong', '--port', '0', '--bind', '127.0.0.1', '--json', '--record', pongRecordFile), env);
  const port = Number((await pong.printed(/"port":(\d+)/))[1]);
  const server = start(binary('ping', 'listen', '0', '--json', '--interval', '200ms'), env);
  const [, serverPort = ''] = await server.printed(/on port (\d+)/);
  const poller = start(binary('pong', '--poll', `127.0.0.1:${serverPort}`, '--json'), env);

  const startedMs = performance.now();
  const elapsed = (): number => (performance.now() - startedMs) / 1000;
  const read = (): Figures => readFigures(pong.pid, port, Math.round(elapsed() * 10) / 10);
  const before = read();
  const over = new AbortController();
  const faulty = runFaultyClients(port, over.signal);
  const runs: PingRun[] = [];
  const runSeconds = Math.min(RUN_SECONDS, seconds / 4);
  const pings = pingKinds.map(async (kind) => {
    while (elapsed() < seconds) {
      const recordFile = environment.file(`ping-${runs.length}-${kind.name.replace(' ', '-')}.jsonl`);
      const run = await runPing(kind, `127.0.0.1:${port}`, { seconds: runSeconds, recordFile, env });
      // A run that is killed before it opened its file made no attempt.
      if (existsSync(recordFile)) runs.push(run);
    }
  });
  const figures: Figures[] = [];
  while (elapsed() < seconds) {
    await pause(sampleSeconds * 1000);
    figures.push(read());
    onFigures(read());
  }
  await Promise.all(pings);
  over.abort();
  const faultyCount = await faulty;
  await pause(SETTLE_MS);
  const after = read();

  const polling = await stopPolling(server, poller);
  const summary = (await stopWithReport(pong)) as PongSummary;
  const account = await buildSoakAccount({ runs, faulty: faultyCount, summary, pongRecordFile });
  return { seconds, before, after, figures, account, polling, endings: summary.endings };
}

/** Stops the polling server first: it takes no more calls, and the poller has answered the ones before. */
async function stopPolling(server: Started, poller: Started): Promise<PollingCounts> {
  const { calls } = (await stopWithReport(server)) as {
    readonly calls: { readonly queued: number; readonly ok: number };
  };
  const report = (await stopWithReport(poller)) as { readonly calls: Readonly<Record<string, number>> };
  // The server also identifies each poller by a call, which is not in its own count.
  return { queued: calls.queued, ok: calls.ok, answered: report.calls['ITentaclePongService.Echo'] ?? 0 };
}

/** Stops a program and returns the last document that it printed. */
async function stopWithReport(program: Started): Promise<unknown> {
  await program.stop();
  if (program.child.stdout?.readableEnded === false) await once(program.child.stdout, 'end');
  return JSON.parse(program.stdout().trimEnd().split('\n').at(-1) ?? '');
}
