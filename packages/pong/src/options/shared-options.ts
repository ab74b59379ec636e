import { type MetricsOptions, parseMetricsOptions } from './metrics-options.js';
import {
  closestMatches,
  isRedacted,
  omitUndefined,
  type ParsedOptions,
  parseDuration,
  quote,
  UsageError,
} from 'tentacle-protocol/cli';

/** The lowest level of log lines that are written, by pino's names. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How log lines are written. `auto`: text on a terminal, otherwise JSON. */
const LOG_FORMATS = ['auto', 'text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** The options that listening and polling have in common. Plain JSON; no secrets. */
export interface SharedOptions {
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly pfxFile?: string;
  readonly passphraseFile?: string;
  /** Absent: until stopped. */
  readonly deadlineUs?: number;
  /** Absent: no port for Prometheus. */
  readonly metrics?: MetricsOptions;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Texts with all details. */
  readonly verbose: boolean;
  readonly json: boolean;
  /** The file of the page; absent: none. */
  readonly htmlFile?: string;
  /** JSON and page without what identifies machines and people. */
  readonly redact?: boolean;
}

/** The checked common options. @throws UsageError */
export function parseSharedOptions(positionals: readonly string[], options: ParsedOptions): SharedOptions {
  if (positionals.length > 0) throw notAnOption(positionals);
  const duration = options.value('deadline');
  return {
    ...omitUndefined({
      certFile: options.value('cert'),
      keyFile: options.value('key'),
      pfxFile: options.value('pfx'),
      passphraseFile: options.value('passphrase-file'),
      deadlineUs: duration === undefined ? undefined : durationOf(duration),
      metrics: parseMetricsOptions(options),
      htmlFile: options.value('html'),
    }),
    logLevel: levelOf(options.value('log-level') ?? 'info'),
    logFormat: formatOf(options.value('log-format') ?? 'auto'),
    verbose: options.flag('verbose'),
    json: options.flag('json'),
    ...(isRedacted(options) ? { redact: true } : {}),
  };
}

/** A word without dashes, with the option that was probably meant: TentaclePong.exe takes its port so. */
function notAnOption(words: readonly string[]): UsageError {
  const [first = '', ...more] = words;
  const [option] = closestMatches(first, ['poll', 'listen', 'port', 'trust', 'version'], 1);
  const meant =
    option === 'listen'
      ? `tentacle-pong${more.length === 0 ? '' : ` --port ${more.join(' ')}`}, which listens`
      : option !== undefined
        ? `tentacle-pong --${option} ${more.join(' ')}`.trimEnd()
        : /^\d{1,5}$/.test(first)
          ? `tentacle-pong --port ${first}`
          : undefined;
  const hint =
    meant === undefined
      ? 'tentacle-pong takes options only, as in tentacle-pong --port 10934, or tentacle-pong --poll octopus01'
      : `did you mean ${meant}?`;
  return new UsageError(`${quote(words.join(' '))} is not an option; ${hint}`);
}

function durationOf(text: string): number {
  const us = parseDuration(text, '--deadline');
  if (us === 0)
    throw new UsageError('--deadline: 0 leaves no time for a connection; use a duration such as 10m, or leave it out');
  return us;
}

function levelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text);
  if (level === undefined)
    throw new UsageError(`--log-level: ${quote(text)} is not a level; use ${LOG_LEVELS.join(', ')}`);
  return level;
}

function formatOf(text: string): LogFormat {
  const format = LOG_FORMATS.find((name) => name === text);
  if (format === undefined)
    throw new UsageError(`--log-format: ${quote(text)} is not a format; use ${LOG_FORMATS.join(', ')}`);
  return format;
}
