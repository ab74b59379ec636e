import {
  type OptionDefinition,
  type ParsedOptions,
  parseDuration,
  parseWhole,
  UsageError,
  valueOption,
} from 'tentacle-protocol/cli';
import { limitDefinitions, type LimitName } from './limit-definitions.js';

/** More than a process may open files on any system with its defaults; the number of open files is a limit of its own. */
const COUNT_MAX = 1_000_000;

/** The options that set limits, for the help and docs/options.md. */
export const LIMIT_OPTIONS: Readonly<Record<string, OptionDefinition>> = Object.fromEntries(
  limitDefinitions.flatMap(([, { option, unit, value, meaning, reason }]) => {
    if (option === undefined) return [];
    const isTime = unit === 'ms';
    const defaultDescription = isTime ? `${value / 1000}s` : String(value);
    return [[option, valueOption('limits', isTime ? 'TIME' : 'N', meaning, { defaultDescription, reason })]];
  }),
);

/** The limits that were given, to replace the defaults. Plain JSON. */
export type GivenLimits = Readonly<Partial<Record<LimitName, number>>>;

/** The limits that the options set. @throws UsageError */
export function parseLimitOptions(options: ParsedOptions): GivenLimits {
  const given = limitDefinitions.flatMap(([name, { option, unit }]) => {
    const text = option === undefined ? undefined : options.value(option);
    if (option === undefined || text === undefined) return [];
    return [[name, unit === 'ms' ? parseTime(text, `--${option}`) : parseWhole(text, `--${option}`, 1, COUNT_MAX)]];
  });
  return Object.freeze(Object.fromEntries(given) as GivenLimits);
}

/** Milliseconds. */
function parseTime(text: string, option: string): number {
  const us = parseDuration(text, option);
  if (us < 1000)
    throw new UsageError(`${option}: less than 1 ms leaves no time for a peer; use a duration such as 60s`);
  return Math.round(us / 1000);
}
