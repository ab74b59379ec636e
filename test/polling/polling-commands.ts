import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import type { PollingReport } from '../../packages/ping/src/measurements/polling-server/polling-report.js';
import type { PollReport } from '../../packages/pong/src/poller/poll-report.js';
import { type EndingId, endings, type FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { type Command, command, type Ended } from '../binaries/command.js';

function checkedBy(schema: string): (document: unknown) => void {
  const text = readFileSync(new URL(`../../docs/${schema}.schema.json`, import.meta.url), 'utf8');
  const fits = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(text) as object);
  return (document) => expect(fits(document), JSON.stringify(fits.errors)).toBe(true);
}

const isPollingReport = checkedBy('polling-report');
const isPollReport = checkedBy('poll-report');

/** Starts a ping that listens for pollers on a free loopback port. */
export async function startListening(...args: string[]): Promise<Command & { port: number; thumbprint: string }> {
  const ping = command('ping', ['--listen=0', '--bind', '127.0.0.1', '--json', ...args]);
  const [, port] = await ping.printed(/on port (\d+)/);
  const [, thumbprint = ''] = await ping.printed(/--thumbprint ([0-9A-F]{40})/);
  return { ...ping, port: Number(port), thumbprint };
}

/** Starts a pong that polls. */
export function startPolling(port: number, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Command {
  return command('pong', ['--poll', `127.0.0.1:${port}`, '--json', ...args], env);
}

/** Parses the report of ping, checks it against its schema, and checks that it accounts for every call and connection. */
export function pollingReportOf({ stdout }: Ended): PollingReport {
  const report = JSON.parse(stdout) as PollingReport;
  isPollingReport(report);
  const { queued, ok, failed, cancelled } = report.calls;
  expect(queued).toBe(ok + failed + cancelled);
  expect(report.records.length + report.recordsDropped).toBe(queued);
  const ended = Object.values(report.endings).reduce((a, b) => a + b, 0);
  expect(report.connections.total).toBe(ended);
  return report;
}

/** Parses the last line that pong printed, and checks it against its schema. */
export function pollReportOf({ stdout }: Ended): PollReport {
  const [first = '', last = ''] = stdout.trimEnd().split('\n');
  expect(JSON.parse(first)).toMatchObject({ schema: 'tentacle-pong/polling/1' });
  const report = JSON.parse(last) as PollReport;
  isPollReport(report);
  expect(report.tries.tried).toBe(report.tries.failed + report.tries.stopped);
  return report;
}

/** Returns the title of an ending. */
export function endingTitle(id: EndingId): string {
  const ending = endings.find((candidate) => candidate.id === id);
  if (ending === undefined) throw new Error(`unknown ending: ${id}`);
  return ending.title;
}

/** Resolves when a listening ping has explained the first connection with this ending. */
export async function endingPrinted(ping: Command, id: EndingId): Promise<void> {
  await ping.printed(new RegExp(`! ${escapeRegExp(endingTitle(id))}[.]`));
}

/** Resolves when a polling pong has logged a connection that failed with this id. */
export async function failureLogged(pong: Command, id: FailureId): Promise<void> {
  await pong.printed(new RegExp(`"outcome":"${escapeRegExp(id)}"`));
}

/** Stops a command like Ctrl+C. */
export function interrupted({ process, ended }: Command): Promise<Ended> {
  process.kill('SIGINT');
  return ended;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[^\w ]/g, String.raw`\$&`);
}
