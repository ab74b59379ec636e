import { type MemoryBudget } from 'tentacle-protocol';
import { formatDuration } from 'tentacle-protocol/cli';
import {
  type EndingId,
  type ListenerLimits,
  REMEMBERED_ADDRESSES,
  REQUEST_VALUES_MAX,
} from 'tentacle-protocol/diagnostics';
import { LIMIT_DEFINITIONS, limitDefinitions, type LimitName } from '../options/limit-definitions.js';
import type { GivenLimits } from '../options/limit-options.js';

/** What pong grants its clients: connections, time and memory. Each is explained in {@link LIMIT_DEFINITIONS}. */
export interface Limits extends ListenerLimits {
  /** From the identity to the first call. */
  readonly firstCallMs: number;
  /** The longest pause between two calls, and the longest time for one call without its data streams. */
  readonly idleMs: number;
  readonly callMs: number;
  /** How long a data stream may stall. Its whole time has a limit among those on transfers. */
  readonly stallMs: number;
  /** One inflated request without its data streams. */
  readonly maxMessageBytes: number;
  /** All requests that are being read or answered, without those of up to 1 KiB. */
  readonly allMessagesMaxBytes: number;
  /** Enforces it across connections; set by the server that accepts them. */
  readonly memoryBudget?: MemoryBudget;
}

const DEFAULTS = Object.fromEntries(limitDefinitions.map(([name, { value }]) => [name, value])) as Record<
  LimitName,
  number
>;

export const LIMITS: Limits = DEFAULTS;

/** Returns the limits in force: the defaults, and in their place what the options set. */
export function limitsInForce(given: GivenLimits): Limits {
  return { ...LIMITS, ...given };
}

/** A limit that no option sets, for docs/options.md. */
export interface FixedLimit {
  readonly meaning: string;
  readonly value: string;
  readonly reason: string;
}

/**
 * All limits that no option sets.
 * @public for docs/options.md
 */
export function fixedLimits(): readonly FixedLimit[] {
  const fixed = limitDefinitions.filter(([, { option }]) => option === undefined);
  return [
    ...fixed.map(([name, { meaning, reason }]) => ({ meaning, value: limitText(name, LIMITS[name]), reason })),
    {
      meaning: 'BSON values of one request, of all depths together',
      value: String(REQUEST_VALUES_MAX),
      reason: 'The requests of a real server have fewer than a hundred, those of tentacle-ping fewer than twenty.',
    },
    {
      meaning: 'addresses whose calls were answered that are remembered, the latest',
      value: String(REMEMBERED_ADDRESSES),
      reason: 'More than the servers of a large installation have.',
    },
  ];
}

/** Returns all limits in force in one line: those with an option as the option that sets them. */
export function describeLimits(limits: Limits): string {
  const texts = limitDefinitions.flatMap(([name, { option }]) =>
    option === undefined ? [] : [`--${option} ${optionValue(name, limits[name])}`],
  );
  const fixed = fixedLimits().map(({ meaning, value }) => `${meaning}: ${value}`);
  return `Limits in force: ${[...texts, ...fixed].join('; ')}.`;
}

/** A limit that connections reached, as the option that sets it, and how many did. */
interface ReachedLimit {
  readonly option: string;
  readonly connections: number;
}

/** Returns the limits that connections reached, by their endings. */
export function reachedLimits(
  endings: Readonly<Partial<Record<EndingId, number>>>,
  limits: Readonly<Record<LimitName, number>>,
): readonly ReachedLimit[] {
  return limitDefinitions.flatMap(([name, { option, ending }]) => {
    const connections = ending === undefined ? 0 : (endings[ending] ?? 0);
    if (option === undefined || connections === 0) return [];
    return [{ option: `--${option} ${optionValue(name, limits[name])}`, connections }];
  });
}

/** A value as the option takes it: `2000`, `60s`. */
function optionValue(name: LimitName, value: number): string {
  return LIMIT_DEFINITIONS[name].unit === 'ms' ? `${value / 1000}s` : String(value);
}

function limitText(name: LimitName, value: number): string {
  const { unit } = LIMIT_DEFINITIONS[name];
  if (unit === 'ms') return formatDuration(value * 1000);
  return unit === 'bytes' ? `${value / 1024 / 1024} MiB` : String(value);
}
