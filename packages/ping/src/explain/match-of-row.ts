import {
  type CapturedFieldName,
  type CapturedFields,
  describeMessage,
  isOfTask,
  type KnownMessage,
  knownMessage,
  type LogOrigin,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined, sanitizeLine } from 'tentacle-protocol/cli';
import type { Match } from './explanation.js';

/** Enough of a value that a message names. */
export const SEEN_MAX_CHARS = 120;

/** How often a known message was found, and what it named. */
export interface Count {
  readonly row: KnownMessage;
  readonly line: number;
  readonly text: string;
  origin: LogOrigin;
  count: number;
  firstAt: string | undefined;
  lastAt: string | undefined;
  /** Values for the steps: those of the first occurrence that names a host. */
  stepValues: CapturedFields;
  readonly seen: Partial<Record<CapturedFieldName, string[]>>;
}

/** The match of a known message that was counted. */
export function matchOf({ row, line, text, origin, count, firstAt, lastAt, stepValues, seen }: Count): Match {
  const { means, causes, next } = describeMessage(row, omitUndefined({ ...stepValues, origin, details: seen.detail }));
  const isOfTool = row.id.startsWith('script.') && row.id !== 'script.exit-code';
  const isOfScript = origin.carries === 'script' || (isOfTool && isOfTask({ origin }));
  return omitUndefined({
    id: row.id,
    line,
    text,
    count,
    firstAt,
    lastAt: lastAt === undefined ? undefined : sanitizeLine(lastAt, SEEN_MAX_CHARS),
    loggedBy: isOfScript ? 'script' : isOfTool ? undefined : origin.product,
    tentacleMode: isOfScript || isOfTool ? undefined : origin.mode,
    means,
    causes,
    next,
    tells: row.decidedBy,
    seen,
  });
}

/** The match for an id that was entered, without a text in which it was found. */
export function matchOfRow(id: string): Match | undefined {
  const row = knownMessage(id);
  if (row === undefined) return undefined;
  const none = { origin: {}, firstAt: undefined, lastAt: undefined, stepValues: {}, seen: {} };
  return matchOf({ row, line: 0, text: row.text, count: 0, ...none });
}
