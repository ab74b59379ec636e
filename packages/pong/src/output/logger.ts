import { pino } from 'pino';
import { type Environment, escapeUnsafeJson, withoutStyles } from 'tentacle-protocol/cli';
import type { LogFormat, LogLevel } from '../options/shared-options.js';
import { droppedText, type LogLine, logText } from './log-text.js';

/** The log of a run, and how many of its lines were dropped. */
export interface Log {
  readonly logger: pino.Logger;
  readonly droppedLines: () => number;
  /** Whether its lines are text for people. */
  readonly isText: boolean;
}

export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly verbose: boolean;
}

/** What the log needs of the process. */
type LogEnvironment = Pick<Environment, 'openLog' | 'stderrIsTerminal' | 'width' | 'unicode'>;

/** Pino's number for the level `error`. */
const ERROR_LEVEL = 50;

/** Opens the log on stderr: text for a person on a terminal, otherwise one line of JSON each. It never waits for its reader. */
export function openLog({ logLevel: level, logFormat, verbose }: LogOptions, environment: LogEnvironment): Log {
  const isText = logFormat === 'text' || (logFormat === 'auto' && environment.stderrIsTerminal);
  const output = environment.openLog((lines) => (isText ? droppedText(lines, environment) : describeDropped(lines)));
  const formatters = { level: (label: string) => ({ level: label }) };
  // Pino sets the level of each line before it writes it.
  const destination = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string): void => {
      // Errors are those of the program itself.
      const isImportant = destination.lastLevel >= ERROR_LEVEL;
      if (isText)
        output.write(logText(JSON.parse(withoutStyles(line)) as LogLine, environment, verbose), {
          isImportant,
          isStyled: true,
        });
      // Names and texts of clients stand in it, and a person may read it on a terminal.
      else output.write(escapeUnsafeJson(line), { isImportant });
    },
  };
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters };
  return { logger: pino(options, destination), droppedLines: output.droppedLines, isText };
}

/** The line in the place of those that are missing. */
function describeDropped(lines: number): string {
  const msg = 'Log lines are missing here, because the log was not read or its disk was full. The summary counts all.';
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), droppedLines: lines, msg })}\n`;
}
