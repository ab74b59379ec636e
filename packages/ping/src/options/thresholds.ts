import { type ParsedOptions, parseDuration, quote, UsageError } from 'tentacle-protocol/cli';

/** A limit of a run, which decides its exit status and not its verdict. Plain data. */
export type Threshold =
  | { readonly name: 'max-loss'; readonly unit: 'percent'; readonly limit: number }
  | { readonly name: 'max-p50' | 'max-p99'; readonly unit: 'us'; readonly limit: number };

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
