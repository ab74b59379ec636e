import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PongSummary } from '../attack/pong-under-attack.js';
import { FAULTY_ADDRESS } from './faulty-clients.js';
import type { PingRun } from './ping-runs.js';

/** The part of an attempt's or a connection's record that the accounting reads. */
interface RecordLine {
  readonly address?: string;
  readonly activityId?: string;
  readonly calls?: Readonly<Record<string, number>>;
}

/** What both ends counted. Plain JSON. */
export interface SoakAccount {
  readonly pingRuns: number;
  readonly attempts: number;
  readonly attemptsOk: number;
  readonly connections: number;
  /** Connections of ping that belong to no attempt of a file: its own questions for records, and the last of a killed run. */
  readonly beside: { readonly questions: number; readonly killed: number };
  /** What does not fit; empty: everything is accounted for. */
  readonly differences: readonly string[];
}

/** The numbers of what the soak itself started. */
export interface SoakRuns {
  readonly runs: readonly PingRun[];
  readonly faulty: number;
  readonly summary: PongSummary;
  readonly pongRecordFile: string;
}

/** Finds for every attempt the connection that pong recorded, by the activity id that both ends have, and the reverse. */
export async function buildSoakAccount({ runs, faulty, summary, pongRecordFile }: SoakRuns): Promise<SoakAccount> {
  const differences: string[] = [];
  const echoes = new Map<string, number>();
  let attempts = 0;
  let attemptsOk = 0;
  for (const run of runs) {
    let lines = 0;
    for await (const { activityId } of recordsOf(run.recordFile)) {
      lines++;
      if (activityId !== undefined) echoes.set(activityId, (echoes.get(activityId) ?? 0) + 1);
      else differences.push(`an attempt in ${run.recordFile} made no call`);
    }
    attempts += run.attempts?.sent ?? lines;
    attemptsOk += run.attempts?.ok ?? lines;
    if (run.attempts !== undefined && run.attempts.sent !== lines)
      differences.push(`${run.attempts.sent} attempts have ${lines} records in ${run.recordFile}`);
  }
  if (attemptsOk !== attempts) differences.push(`${attempts - attemptsOk} of ${attempts} attempts failed`);

  const beside = { questions: 0, killed: 0 };
  let connections = 0;
  let faultyRecords = 0;
  for await (const { address, activityId = '', calls = {} } of recordsOf(pongRecordFile)) {
    connections++;
    if (address === FAULTY_ADDRESS) {
      faultyRecords++;
      continue;
    }
    const expected = echoes.get(activityId);
    if (expected === undefined) {
      if (calls['ITentaclePongService.Records'] === undefined) beside.killed++;
      else beside.questions++;
      continue;
    }
    echoes.delete(activityId);
    const answered = calls['ITentaclePongService.Echo'] ?? 0;
    // Killed between the answer and the line in its file.
    if (answered !== expected && answered !== expected + 1)
      differences.push(`${expected} attempts of activity ${activityId} have ${answered} calls`);
  }
  if (echoes.size > 0) differences.push(`${echoes.size} connections of ping have no record of pong`);
  const killed = runs.filter(({ isKilled }) => isKilled).length;
  if (beside.killed > killed) differences.push(`${beside.killed} connections of ${killed} killed runs have no attempt`);
  if (beside.questions > runs.length)
    differences.push(`${beside.questions} questions for records in ${runs.length} runs`);
  if (faultyRecords !== faulty) differences.push(`${faulty} faulty connections have ${faultyRecords} records`);
  const ended = Object.values(summary.endings).reduce((sum, count) => sum + count, 0);
  const { total } = summary.connections;
  if (ended !== total || connections !== total)
    differences.push(`${total} connections have ${ended} endings and ${connections} records`);
  return { pingRuns: runs.length, attempts, attemptsOk, connections, beside, differences };
}

/** Reads the records of a file; a killed program leaves an incomplete last line. */
async function* recordsOf(path: string): AsyncGenerator<RecordLine> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    let parsed: { readonly record?: RecordLine };
    try {
      parsed = JSON.parse(line) as typeof parsed;
    } catch {
      continue;
    }
    if (parsed.record !== undefined) yield parsed.record;
  }
}
