import { posix, win32 } from 'node:path';
import { IdentityError } from './identity-error.js';

/** The environment of the process, from the caller: `process.platform`, `process.env`, `os.homedir()`. */
export interface AccountEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The account's home directory; empty if it has none. */
  readonly home: string;
}

/**
 * Returns the directory for an account's settings of the program `name`. `XDG_CONFIG_HOME` takes precedence on every
 * platform if it is an absolute path; its specification requires other values to be ignored. On Windows it is the local
 * profile, not the roaming one: a key stays on its machine.
 * @throws IdentityError `cannot-store` if the account has no home directory (services, containers).
 */
export function configurationDirectory(environment: AccountEnvironment, name: string): string {
  const { platform, env, home } = environment;
  const path = pathOf(environment);
  const parent = [env['XDG_CONFIG_HOME'], platform === 'win32' ? env['LOCALAPPDATA'] : undefined].find(
    (candidate) => candidate !== undefined && path.isAbsolute(candidate),
  );
  if (parent !== undefined) return path.join(parent, name);
  if (!path.isAbsolute(home)) {
    const remedy = 'set XDG_CONFIG_HOME to a directory for it, or use --cert';
    throw new IdentityError('cannot-store', {
      problem: 'this account has no home directory for an identity',
      remedy,
    });
  }
  if (platform === 'win32') return path.join(home, 'AppData', 'Local', name);
  return platform === 'darwin'
    ? path.join(home, 'Library', 'Application Support', name)
    : path.join(home, '.config', name);
}

/**
 * Returns the directory that earlier versions used: the roaming profile of Windows. Undefined where it is the same, or
 * unknown.
 */
export function formerConfigurationDirectory(environment: AccountEnvironment, name: string): string | undefined {
  const { platform, env, home } = environment;
  const path = pathOf(environment);
  if (platform !== 'win32' || path.isAbsolute(env['XDG_CONFIG_HOME'] ?? '')) return undefined;
  const roaming = path.isAbsolute(env['APPDATA'] ?? '') ? env['APPDATA'] : undefined;
  if (roaming === undefined && !path.isAbsolute(home)) return undefined;
  const former = path.join(roaming ?? path.join(home, 'AppData', 'Roaming'), name);
  return former === configurationDirectory(environment, name) ? undefined : former;
}

function pathOf({ platform }: AccountEnvironment): typeof win32 {
  return platform === 'win32' ? win32 : posix;
}
