import { omitUndefined } from '../../plain-data/omit-undefined.js';
import type { TentacleService } from './service.js';

/** What a command line says about the Tentacle that it runs. */
export type TentacleCommandLine = Pick<TentacleService, 'program' | 'instance' | 'configFile'>;

/** Splits a command line at blanks outside double quotes. */
export function splitCommandLine(line: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}

/**
 * Returns the instance that a command line runs; undefined where it does not run a Tentacle. `run` is the command of services,
 * `agent` that of containers; a Tentacle that was built from source is run by `dotnet Tentacle.dll`.
 */
export function parseTentacleCommandLine(words: readonly string[]): TentacleCommandLine | undefined {
  const at = words.slice(0, 3).findIndex((word) => /(?:^|[\\/])Tentacle(?:\.exe|\.dll)?$/i.test(word));
  const program = words[at];
  if (program === undefined || !words.slice(at + 1).some((word) => word === 'run' || word === 'agent'))
    return undefined;
  return { program, ...omitUndefined({ instance: valueOf(words, 'instance'), configFile: valueOf(words, 'config') }) };
}

/** The value of `--name=value`, `--name value`, and of the same with one dash or a slash. */
function valueOf(words: readonly string[], name: string): string | undefined {
  const option = new RegExp(`^(?:--?|/)${name}(?:[=:](.*))?$`, 'i');
  const at = words.findIndex((word) => option.test(word));
  if (at < 0) return undefined;
  return option.exec(words[at] ?? '')?.[1] ?? words[at + 1];
}
