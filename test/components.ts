import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Something real that a test needs and a machine may lack. */
export interface Component {
  readonly name: string;
  /** Why it cannot be used here; undefined when it can. */
  readonly missing: string | undefined;
}

/** A program on the PATH. */
export function program(name: string): Component {
  const found = (process.env['PATH'] ?? '').split(':').some((directory) => isExecutable(join(directory, name)));
  return { name, missing: found ? undefined : `there is no ${name} here` };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
