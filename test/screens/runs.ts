import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '../../packages/ping/src/compare/comparison.js';
import type { DiagnosisReport } from '../../packages/ping/src/diagnose/diagnosis-report.js';
import type { Explanation } from '../../packages/ping/src/explain/explanation.js';
import type { PollingReport } from '../../packages/ping/src/measurements/polling-server/polling-report.js';
import type { TargetsReport } from '../../packages/ping/src/measurements/targets/targets-report.js';
import type { Report } from '../../packages/ping/src/report/report.js';
import type { Polling, PollReport } from '../../packages/pong/src/poller/poll-report.js';
import type { Listening, Summary } from '../../packages/pong/src/server/summary.js';
import type { CheckReport } from '../../packages/protocol/src/check/check-report.js';
import { command, home, startPong } from '../binaries/command.js';
import { freePort } from '../free-port.js';
import { startListening, startPolling } from '../polling/polling-commands.js';

/** What the commands of the pair reported, each run once. */
export interface Runs {
  readonly healthy: Report;
  readonly refused: Report;
  readonly notTrusted: Report;
  readonly transfers: Report;
  readonly sizes: Report;
  readonly targets: TargetsReport;
  readonly idle: Report;
  readonly diagnosis: DiagnosisReport;
  readonly refusedDiagnosis: DiagnosisReport;
  readonly unexpectedDiagnosis: DiagnosisReport;
  readonly explainedLog: Explanation;
  readonly explainedMessage: Explanation;
  readonly comparison: Comparison;
  readonly polling: PollingReport;
  readonly pollStart: Polling;
  readonly polled: PollReport;
  readonly serverCheck: CheckReport;
  readonly tentacleCheck: CheckReport;
  readonly pongStart: Listening;
  readonly pongSummary: Summary;
}

const LOG = [
  "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01:10934/', before the request could begin: Connection refused",
  '2024-03-05 10:15:21.1234   4508     27 ERROR  no shared cipher',
  "2024-03-05 11:15:22.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01:10934/', before the request could begin: Connection refused",
  `2024-03-05 11:15:23.1234   4508     27 ERROR  The widget${' broke'.repeat(60)}`,
  '2024-03-05 11:15:24.1234   4508     27  WARN  No such host is known (web05:10933)',
].join('\n');

/** Runs the commands against a pong here, and against a port where nothing listens. */
export async function makeRuns(): Promise<Runs> {
  const pong = await startPong('--bind', '127.0.0.1');
  const distrusting = await startPong('--bind', '127.0.0.1', '--trust', 'C'.repeat(40));
  const closed = await freePort();
  const here = `localhost:${pong.port}`;
  const nowhere = `127.0.0.1:${closed}`;
  const measured = async (...args: string[]): Promise<Report> => jsonOf(['--quiet', ...args]);
  const healthy = await measured(here, '-c', '100', '-i', '0');
  const refused = await measured(nowhere, '-c', '3', '-i', '0');
  const log = fileOf('OctopusServer.txt', LOG);
  const targets = fileOf('targets.txt', `${here}\n${nowhere}\n`);
  const polls = await makePolls();
  const runs = {
    healthy,
    refused,
    notTrusted: await measured(`127.0.0.1:${distrusting.port}`, '-c', '3', '-i', '0'),
    transfers: await measured(here, '--upload', '300KB', '--download', '300KB'),
    sizes: await measured(here, '--sizes', '1KB,64KB'),
    targets: (await documentsFrom(['--targets', targets, '--quiet'])).at(-1) as TargetsReport,
    idle: await measured(here, '--idle', '100ms..400ms'),
    diagnosis: await jsonOf<DiagnosisReport>(['diagnose', here]),
    refusedDiagnosis: await jsonOf<DiagnosisReport>(['diagnose', nowhere]),
    unexpectedDiagnosis: await jsonOf<DiagnosisReport>(['diagnose', here, '--thumbprint', 'A'.repeat(40)]),
    explainedLog: await jsonOf<Explanation>(['explain', log]),
    explainedMessage: await jsonOf<Explanation>(['explain', 'Connection refused (web01:10933)']),
    comparison: await jsonOf<Comparison>([
      'compare',
      fileOf('a.json', JSON.stringify(healthy)),
      fileOf('b.json', JSON.stringify(refused)),
    ]),
    ...polls,
    serverCheck: await jsonOf<CheckReport>([
      'check',
      '--targets',
      targets,
      '--only',
      'port,addresses,endpoints,policy',
    ]),
    tentacleCheck: await jsonOf<CheckReport>(['check', '--server', `polling://${here}`], 'pong'),
  };
  pong.process.kill('SIGINT');
  distrusting.process.kill('SIGINT');
  const documents = documentsOf((await pong.ended).stdout);
  await distrusting.ended;
  return { ...runs, pongStart: documents[0] as Listening, pongSummary: documents.at(-1) as Summary };
}

/** A poller at a polling server, and the reports of both. */
async function makePolls(): Promise<Pick<Runs, 'polling' | 'pollStart' | 'polled'>> {
  const ping = await startListening('--interval', '50ms');
  const pong = startPolling(ping.port, ['--thumbprint', ping.thumbprint]);
  await ping.printed(/ 3 {2}ok/);
  // The poller first: a server that ends is a failure for it.
  pong.process.kill('SIGINT');
  const [pollStart, polled] = documentsOf((await pong.ended).stdout);
  ping.process.kill('SIGINT');
  const [polling] = documentsOf((await ping.ended).stdout);
  return { polling: polling as PollingReport, pollStart: pollStart as Polling, polled: polled as PollReport };
}

async function jsonOf<T = Report>(args: readonly string[], program: 'ping' | 'pong' = 'ping'): Promise<T> {
  const [document] = await documentsFrom(args, program);
  return document as T;
}

async function documentsFrom(args: readonly string[], program: 'ping' | 'pong' = 'ping'): Promise<unknown[]> {
  const { stdout, stderr } = await command(program, [...args, '--json']).ended;
  const documents = documentsOf(stdout);
  if (documents.length === 0) throw new Error(`${args.join(' ')} printed no report: ${stderr}`);
  return documents;
}

function documentsOf(stdout: string): unknown[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown);
}

function fileOf(name: string, content: string): string {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
}
