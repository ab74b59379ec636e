import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** A real component that a test requires and a machine may not have. */
export interface Component {
  readonly name: string;
  /** The reason why it is unavailable; undefined if it is available. */
  readonly missing: string | undefined;
  /** CI does not have it, for this reason. */
  readonly absentInCi?: string;
}

/** Looks for a program on the PATH. */
export function program(name: string): Component {
  const found = (process.env['PATH'] ?? '').split(':').some((directory) => isExecutable(join(directory, name)));
  return { name, missing: found ? undefined : `${name} is not installed` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
