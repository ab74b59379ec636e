import {
  type OptionDefinition,
  type ParsedOptions,
  parseDuration,
  parseSize,
  quote,
  TRANSFER_MAX_BYTES,
  UsageError,
  valueOption,
} from 'tentacle-protocol/program';

/** How much data may be transferred, and for how long. Infinity: not limited. */
export interface TransferLimit {
  readonly bytes: number;
  readonly ms: number;
}

/** The limits on uploads and downloads: of one, and of all within an hour, for one address and in all. */
export interface TransferLimitSettings {
  readonly each: TransferLimit;
  readonly perAddress: TransferLimit;
  readonly total: TransferLimit;
}

const UNLIMITED: TransferLimit = { bytes: Number.POSITIVE_INFINITY, ms: Number.POSITIVE_INFINITY };

/** No limits. */
export const UNLIMITED_TRANSFERS: TransferLimitSettings = { each: UNLIMITED, perAddress: UNLIMITED, total: UNLIMITED };

interface TransferLimitDefinition {
  readonly option: string;
  readonly value: TransferLimit;
  readonly meaning: string;
  /** Why the value is what it is. */
  readonly reason: string;
}

const GIB = 1024 ** 3;
const MINUTE_MS = 60_000;

/** Each limit with its default, the option that sets it, and the reason for the default. */
export const TRANSFER_LIMITS = {
  each: {
    option: 'transfer-limit',
    value: { bytes: 10 * GIB, ms: 30 * MINUTE_MS },
    meaning: 'size and time of one upload or download; SIZE 0: none is served; "none": no limit',
    reason:
      'More than the packages of a deployment, and more than a measurement needs: 10 GiB take 90 s at 1 Gbit/s and 15 minutes at 100 Mbit/s. A slower path is measured with a smaller size.',
  },
  perAddress: {
    option: 'transfer-limit-per-address',
    value: { bytes: 50 * GIB, ms: 120 * MINUTE_MS },
    meaning:
      'size and time of all uploads, downloads and echoes of one address (IPv6: of one /64 network) in an hour; "none": no limit',
    reason: 'Five of the largest transfers; on average, two at a time. Over an hour that is 120 Mbit/s.',
  },
  total: {
    option: 'transfer-limit-total',
    value: { bytes: 100 * GIB, ms: 240 * MINUTE_MS },
    meaning: 'the same for all addresses together',
    reason: 'Twice as much as one address may use, so that one cannot use up all. Over an hour that is 240 Mbit/s.',
  },
} as const satisfies Readonly<Record<keyof TransferLimitSettings, TransferLimitDefinition>>;

const definitions = Object.entries(TRANSFER_LIMITS) as readonly (readonly [
  keyof TransferLimitSettings,
  TransferLimitDefinition,
])[];

/** The limits that apply unless an option sets others. */
export const DEFAULT_TRANSFER_LIMITS: TransferLimitSettings = {
  each: TRANSFER_LIMITS.each.value,
  perAddress: TRANSFER_LIMITS.perAddress.value,
  total: TRANSFER_LIMITS.total.value,
};

/** The options that set limits on transfers, for the help and docs/options.md. */
export const TRANSFER_LIMIT_OPTIONS: Readonly<Record<string, OptionDefinition>> = Object.fromEntries(
  definitions.map(([, { option, value, meaning, reason }]) => [
    option,
    valueOption('limits', 'SIZE[,TIME]', meaning, { defaultDescription: transferLimitText(value), reason }),
  ]),
);

/** The limits that were given, to replace the defaults. Plain JSON. */
export type GivenTransferLimits = Readonly<Partial<TransferLimitSettings>>;

/** The limits on transfers that the options set. @throws UsageError */
export function parseTransferLimits(options: ParsedOptions): GivenTransferLimits {
  const given = definitions.flatMap(([name, { option, value }]) => {
    const text = options.value(option);
    return text === undefined ? [] : [[name, parseLimit(text, `--${option}`, value)]];
  });
  return Object.freeze(Object.fromEntries(given) as GivenTransferLimits);
}

/** A thousand of the largest transfers: more than this is written as none. */
const SIZE_MAX_BYTES = 1024 * TRANSFER_MAX_BYTES;

function parseLimit(text: string, option: string, { ms: defaultMs }: TransferLimit): TransferLimit {
  if (text.trim() === 'none') return UNLIMITED;
  const [size = '', time, ...more] = text.split(',');
  if (more.length > 0)
    throw new UsageError(`${option}: ${quote(text)} has more than a size and a time; use a value such as 1GiB,10m`);
  const bytes = parseSize(size, option, 0, SIZE_MAX_BYTES);
  const ms = time === undefined ? defaultMs : Math.round(parseDuration(time, option) / 1000);
  if (ms < 1)
    throw new UsageError(`${option}: less than 1 ms leaves no time for a transfer; use a value such as 1GiB,10m`);
  return { bytes, ms };
}

/** A limit as its option takes it: `10GiB,30m`. */
export function transferLimitText({ bytes, ms }: TransferLimit): string {
  return bytes === Number.POSITIVE_INFINITY ? 'none' : `${sizeText(bytes)},${timeText(ms)}`;
}

/** A size as the options take it, without loss: `10GiB`. */
export function sizeText(bytes: number): string {
  const unit = ['TiB', 'GiB', 'MiB', 'KiB'].findIndex((_, index) => bytes % 1024 ** (4 - index) === 0);
  return bytes === 0 || unit < 0
    ? String(bytes)
    : `${bytes / 1024 ** (4 - unit)}${['TiB', 'GiB', 'MiB', 'KiB'][unit] ?? ''}`;
}

/** A time as the options take it, without loss: `30m`. */
export function timeText(ms: number): string {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Returns the limits in force in one line, as the options that set them. */
export function describeTransferLimits(settings: TransferLimitSettings): string {
  const texts = definitions.map(([name, { option }]) => `--${option} ${transferLimitText(settings[name])}`);
  return `Limits on transfers in force: ${texts.join('; ')}.`;
}
