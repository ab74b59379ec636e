import {
  type OptionDefinition,
  type ParsedOptions,
  parseDuration,
  parseWhole,
  UsageError,
  valueOption,
} from 'tentacle-protocol/program';
import { limitDefinitions, type LimitName } from './limit-definitions.js';

/** More than a process may open files on any system with its defaults; the number of open files is a limit of its own. */
const COUNT_MAX = 1_000_000;

/** A client that connects for the first time needs a place too. */
const PERCENT_MAX = 90;

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
    return [[name, parseLimit(text, unit, `--${option}`)]];
  });
  return Object.freeze(Object.fromEntries(given) as GivenLimits);
}

function parseLimit(text: string, unit: 'connections' | 'percent' | 'ms' | 'bytes', option: string): number {
  if (unit === 'ms') return parseTime(text, option);
  return unit === 'percent' ? parseWhole(text, option, 0, PERCENT_MAX) : parseWhole(text, option, 1, COUNT_MAX);
}

/** Milliseconds. */
function parseTime(text: string, option: string): number {
  const us = parseDuration(text, option);
  if (us < 1000)
    throw new UsageError(`${option}: less than 1 ms leaves no time for a peer; use a duration such as 60s`);
  return Math.round(us / 1000);
}
