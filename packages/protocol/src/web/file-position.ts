import { UsageError } from '../cli/usage-error.js';

/** A place in a file, from 1. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

/** An error at a place in a file: `modules.yaml:3:5: ...`, the form that editors follow. */
export function errorAt(file: string, { line, column }: FilePosition, problem: string): UsageError {
  return new UsageError(`${file}:${line}:${column}: ${problem}`);
}
