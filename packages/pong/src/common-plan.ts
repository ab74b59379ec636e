import { type Given, parseDuration, shown, UsageError } from 'tentacle-protocol';

/** What may be logged at least, in pino's words. */
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What listening and polling have in common. Plain JSON; no secrets. */
export interface CommonPlan {
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly pfxFile?: string;
  readonly passphraseFile?: string;
  /** Absent: until stopped. */
  readonly forUs?: number;
  readonly logLevel: LogLevel;
  readonly json: boolean;
}

/** @throws UsageError */
export function commonPlanOf(words: readonly string[], given: Given): CommonPlan {
  if (words.length > 0) {
    throw new UsageError(
      `what is ${shown(words.join(' '))}? tentacle-pong takes options only, as in tentacle-pong --port 10934`,
    );
  }
  const duration = given.one('for');
  return {
    ...file(given, 'cert', 'certFile'),
    ...file(given, 'key', 'keyFile'),
    ...file(given, 'pfx', 'pfxFile'),
    ...file(given, 'passphrase-file', 'passphraseFile'),
    ...(duration === undefined ? {} : { forUs: spanOf(duration) }),
    logLevel: levelOf(given.one('log-level') ?? 'info'),
    json: given.has('json'),
  };
}

function file<Key extends string>(given: Given, option: string, key: Key): Readonly<Partial<Record<Key, string>>> {
  const name = given.one(option);
  return (name === undefined ? {} : { [key]: name }) as Readonly<Partial<Record<Key, string>>>;
}

function spanOf(text: string): number {
  const us = parseDuration(text, '--for');
  if (us === 0)
    throw new UsageError('--for 0 would end before anybody comes; give a time such as 10m, or leave --for away');
  return us;
}

function levelOf(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text);
  if (level === undefined) throw new UsageError(`--log-level ${shown(text)} is none; give ${LOG_LEVELS.join(', ')}`);
  return level;
}
