import { valueOption } from './definition.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';
import { parseSize } from './values.js';

/**
 * A million and a half connections, which is a day at 17 a second; no disk of a host fills up for it unnoticed. A flood of
 * 1,000 connections a second writes that in half an hour, and then no more.
 */
const DEFAULT_MAX = '1GiB';

/** The option that limits the file of `--record`. */
export const RECORD_MAX_OPTION = {
  'record-max': valueOption(
    'output',
    'SIZE',
    'write no more records once the file of --record has this size; the end of the run is written all the same',
    { defaultDescription: DEFAULT_MAX, example: '100MB' },
  ),
};

/** The size that the file of `--record` may reach, in bytes. @throws UsageError */
export function parseRecordMax(options: ParsedOptions): number {
  const text = options.value('record-max');
  const maxBytes = parseSize(text ?? DEFAULT_MAX, '--record-max', 1, Number.MAX_SAFE_INTEGER);
  if (text !== undefined && options.value('record') === undefined)
    throw new UsageError('--record-max limits the file of --record; use it with --record FILE, or leave it out');
  return maxBytes;
}
