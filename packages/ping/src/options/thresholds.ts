import { type ParsedOptions, parseDuration, quote, UsageError } from 'tentacle-protocol/cli';
import type { Threshold } from '../report/threshold.js';

/** The thresholds that the options set, in the order of the report. @throws UsageError */
export function parseThresholds(options: ParsedOptions): readonly Threshold[] {
  const loss = options.value('max-loss');
  return [
    ...(loss === undefined ? [] : [{ name: 'max-loss', unit: 'percent', limit: percentOf(loss) } as const]),
    ...(['max-p50', 'max-p99'] as const).flatMap((name) => {
      const text = options.value(name);
      if (text === undefined) return [];
      const limit = parseDuration(text, `--${name}`);
      if (limit === 0) throw new UsageError(`--${name}: 0 cannot be met; use a time such as 50ms`);
      return [{ name, unit: 'us', limit } as const];
    }),
  ];
}

/** With 100% a path that does not work would be accepted. */
function percentOf(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s?%?$/.exec(text.trim())?.[1]);
  if (Number.isNaN(percent))
    throw new UsageError(`--max-loss: ${quote(text)} is not a percentage; use a value such as 1% or 0.5%`);
  if (percent >= 100)
    throw new UsageError(`--max-loss: ${quote(text)} is out of range; use a percentage from 0% to below 100%`);
  return percent;
}
