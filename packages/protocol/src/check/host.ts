import type { Interfaces } from '../net/interfaces.js';
import type { RunCommand } from './run-command.js';

/** The host that is checked, as far as checks see it. A test replaces parts of it. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The account's home directory; empty when it has none. */
  readonly home: string;
  /** The number of this process's account; undefined on Windows. 0 is root. */
  readonly userId: number | undefined;
  readonly hostname: string;
  readonly interfaces: Interfaces;
  readonly run: RunCommand;
  /** The prefix of the path of every file that is read: empty, or a folder with recorded files. */
  readonly fileRoot: string;
}
