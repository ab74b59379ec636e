import type { StageTime } from 'tentacle-protocol';
import { parseArguments } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import { PING } from '../options/definitions.js';
import { parseRunOptions } from '../options/run-options.js';
import type { AttemptRecord } from '../report/attempt-record.js';
import { buildReport } from '../report/build-report.js';
import type { Report } from '../report/report.js';
import { Tally } from '../report/tally.js';

const START_MS = Date.parse('2026-01-01T12:00:00.000Z');

/** Attempts a second apart, as in a run over a day. */
const INTERVAL_MS = 1000;

/** The report of a run of many attempts with two outages and scattered failures, built as that of a real run. */
export async function bigReport(attempts: number): Promise<Report> {
  const command = await parseArguments(PING, ['tentacle.example', '--interval', '1s']);
  if (command.kind !== 'run') throw new Error('nothing to run');
  const plan = parseRunOptions(command.positionals, command.options);
  const tally = new Tally();
  const random = randomNumbers();
  for (let number = 1; number <= attempts; number++) {
    const record = attemptOf(number, attempts, random);
    tally.add(record, record.failure && failureDefinition(record.failure.id).example);
  }
  const bestFacts = {
    ...failureDefinition('tls.reset').example.facts,
    tlsVersion: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
  };
  const session = { plan, tally, bestFacts, peer: undefined, page: undefined, attestation: undefined };
  const run = { startedAt: at(0), endedAt: at(attempts), reconnects: 0, notStarted: 0 };
  return buildReport('0.0.0', session, run);
}

function attemptOf(number: number, attempts: number, random: () => number): AttemptRecord {
  const progress = number / attempts;
  const isOutage = (progress > 0.4 && progress < 0.43) || (progress > 0.8 && progress < 0.81);
  const base = {
    number,
    startedAt: at(number),
    address: '192.0.2.10',
    localAddress: '192.0.2.7',
    localPort: 50_000,
    reused: false,
  };
  const time = (stage: StageTime['stage'], us: number): StageTime => ({
    stage,
    durationUs: Math.round(us * (0.7 + random() ** 4 * 6)),
  });
  // By day, the network is busier.
  const load = 1 + Math.max(0, Math.sin(progress * Math.PI * 4));
  const stages = [time('dns', 300), time('tcp', 400 * load), time('tls', 4500 * load)];
  if (isOutage || random() < 0.002) {
    const id = isOutage ? 'tcp.timeout' : 'tls.reset';
    const { signature } = failureDefinition(id).example;
    const failure = {
      id,
      shownAt: signature.shownAt,
      evidence: { code: signature.code, elapsedUs: 5000, receivedBytes: 0 },
    } as const;
    return { ...base, outcome: id, failedAt: at(number + 1), stages: stages.slice(0, 1), totalUs: 10_000, failure };
  }
  const all = [...stages, time('identity', 2100), time('rpc', 800 * load)];
  return { ...base, outcome: 'ok', stages: all, totalUs: all.reduce((sum, { durationUs }) => sum + durationUs, 700) };
}

function at(number: number): string {
  return new Date(START_MS + number * INTERVAL_MS).toISOString();
}

/** The same numbers in every run (mulberry32). */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
