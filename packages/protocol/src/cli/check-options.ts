import { CHECK_GROUPS, type CheckGroupName } from '../diagnostics/checks/check.js';
import { type CommandDefinition, flagOption, valueOption } from './definition.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';
import { parseWhole } from './values.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { quote } from '../text/sanitize.js';

/** The options of `check`, checked and frozen. Plain JSON; no secrets. */
export interface CheckOptions {
  /** The groups to run, in their order. */
  readonly only: readonly CheckGroupName[];
  /** The port to check in place of the configured one. */
  readonly port?: number;
  /** A configuration file to read in place of those that are registered. */
  readonly configFile?: string;
  /** The instance to check where there are several. */
  readonly instance?: string;
  /** The URL of the Octopus Server's portal. */
  readonly server?: string;
  /** Whether checks that take longer than ten seconds run too. */
  readonly slow: boolean;
  readonly json: boolean;
}

/** `check` of either program. @param program the texts that differ between the two. */
export function checkDefinition(
  program: Pick<CommandDefinition, 'description' | 'examples' | 'summary'>,
): CommandDefinition {
  return {
    name: 'check',
    positionals: '',
    synopsis: '[options]',
    ...program,
    options: {
      only: valueOption('check', 'GROUP', `check only this group (can be repeated): ${CHECK_GROUPS.join(', ')}`, {
        array: true,
        common: true,
        example: 'port',
      }),
      port: valueOption('check', 'PORT', 'port to check, in place of the configured one', { alias: 'p', common: true }),
      config: valueOption('check', 'FILE', 'Tentacle configuration to check, in place of the registered ones', {
        common: true,
        example: '/etc/octopus/Tentacle/tentacle.config',
      }),
      instance: valueOption('check', 'NAME', 'instance to check; without it, all of this host', {
        example: 'Tentacle',
      }),
      server: valueOption('check', 'URL', 'portal of the Octopus Server, for the endpoints that it needs', {
        common: true,
        example: 'https://octopus.example',
      }),
      slow: flagOption('check', 'also run checks that take up to a minute'),
      json: flagOption('check', 'print one JSON document in place of text', { common: true }),
    },
    epilogue: [
      'Exit status: 0 no problem was found; 1 a problem was found, or the check was stopped; 2 the arguments are invalid.',
      'It changes nothing, and needs no rights beyond those that a check names when it lacks them.',
    ],
  };
}

/** The checked options of `check`. @throws UsageError */
export function parseCheckOptions(positionals: readonly string[], options: ParsedOptions): CheckOptions {
  const [word] = positionals;
  if (word !== undefined)
    throw new UsageError(
      `${quote(word)} is not an option; check tests this host and takes options only, as in check --only port`,
    );
  const port = options.value('port');
  return Object.freeze({
    only: groupsOf(options.all('only')),
    slow: options.flag('slow'),
    json: options.flag('json'),
    ...omitUndefined({
      port: port === undefined ? undefined : parseWhole(port, '--port', 1, 65_535),
      configFile: options.value('config'),
      instance: options.value('instance'),
      server: options.value('server'),
    }),
  });
}

function groupsOf(words: readonly string[]): readonly CheckGroupName[] {
  const names = words.flatMap((word) => word.split(','));
  for (const name of names) {
    if (!CHECK_GROUPS.some((group) => group === name))
      throw new UsageError(`--only: ${quote(name)} is not a group of checks; use ${CHECK_GROUPS.join(', ')}`);
  }
  return names.length === 0 ? CHECK_GROUPS : CHECK_GROUPS.filter((group) => names.includes(group));
}
