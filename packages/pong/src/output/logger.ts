import { pino } from 'pino';
import { type Environment, escapeUnsafeJson } from 'tentacle-protocol/cli';

/** The log of a run, and how many of its lines were dropped. */
export interface Log {
  readonly logger: pino.Logger;
  readonly droppedLines: () => number;
}

/** Pino's number for the level `error`. */
const ERROR_LEVEL = 50;

/** Opens the log on stderr: one line of JSON each. It never waits for its reader. */
export function openLog(level: string, { openLog: open }: Pick<Environment, 'openLog'>): Log {
  const output = open(describeDropped);
  const formatters = { level: (label: string) => ({ level: label }) };
  // Names and texts of clients stand in it, and a person may read it on a terminal.
  const hooks = { streamWrite: escapeUnsafeJson };
  // Pino sets the level of each line before it writes it.
  const destination = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    // Errors are those of the program itself.
    write: (line: string): void => output.write(line, { isImportant: destination.lastLevel >= ERROR_LEVEL }),
  };
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters, hooks };
  return { logger: pino(options, destination), droppedLines: output.droppedLines };
}

/** The line in the place of those that are missing. */
function describeDropped(lines: number): string {
  const msg = 'Log lines are missing here, because the log was not read or its disk was full. The summary counts all.';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), droppedLines: lines, msg })}\n`;
}
