import { formatRate, formatSize, ms } from 'tentacle-protocol/cli';
import { failureDefinition } from 'tentacle-protocol/diagnostics';
import { bytesPerSecond } from '../measurements/transfer/transfer-tally.js';
import type { AttemptRecord } from '../report/attempt-record.js';

/** One attempt on one line: UTC time, number, outcome, addresses, stage times in milliseconds. */
export function attemptLine(record: AttemptRecord): string {
  const words = [record.startedAt, `#${record.number}`, record.outcome.padEnd(2)];
  if (record.address !== undefined) words.push(record.address);
  if (record.localPort !== undefined) words.push(`from :${record.localPort}${record.reused ? ' (reused)' : ''}`);
  for (const { stage, durationUs } of record.stages) if (stage !== 'trust') words.push(`${stage} ${ms(durationUs)}`);
  for (const { direction, movedBytes, durationUs } of record.transfers ?? [])
    words.push(`${direction} ${formatSize(movedBytes)} at ${formatRate(bytesPerSecond(movedBytes, durationUs))}`);
  if (record.failure !== undefined) {
    const { id, shownAt, evidence } = record.failure;
    const peer = evidence.answeredBy === undefined ? '' : ` (${evidence.answeredBy})`;
    words.push(`${shownAt} failed after ${ms(evidence.elapsedUs)} ms: ${failureDefinition(id).title}${peer}`);
  } else {
    words.push(`total ${ms(record.totalUs)} ms`);
  }
  return `${words.join('  ')}\n`;
}
