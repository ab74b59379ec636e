import { posix, win32 } from 'node:path';
import type { AccountEnvironment } from '../environment.js';
import { IdentityError } from './identity-error.js';

/**
 * The directory where an account keeps the settings of the program `name`. `XDG_CONFIG_HOME` wins on every platform
 * when it is an absolute path; its specification has others ignored.
 * @throws IdentityError `not-kept` where the account has no home directory (services, containers).
 */
export function configurationDirectory({ platform, env, home }: AccountEnvironment, name: string): string {
  const path = platform === 'win32' ? win32 : posix;
  const parent = [env['XDG_CONFIG_HOME'], platform === 'win32' ? env['APPDATA'] : undefined].find(
    (candidate) => candidate !== undefined && path.isAbsolute(candidate),
  );
  if (parent !== undefined) return path.join(parent, name);
  if (!path.isAbsolute(home)) {
    const remedy = 'set XDG_CONFIG_HOME to a directory of its own, or give --cert';
    throw new IdentityError('not-kept', {
      problem: 'this account has no home directory to keep an identity in',
      remedy,
    });
  }
  if (platform === 'win32') return path.join(home, 'AppData', 'Roaming', name);
  return platform === 'darwin'
    ? path.join(home, 'Library', 'Application Support', name)
    : path.join(home, '.config', name);
}
