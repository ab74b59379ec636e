import { CHECK_GROUPS, type CheckGroupName } from '../diagnostics/checks/check.js';
import { type CommandDefinition, flagOption, valueOption } from './definition.js';
import { HTML_OPTIONS, isRedacted } from './html-option.js';
import type { ParsedOptions } from './parse.js';
import { UsageError } from './usage-error.js';
import { parseWhole } from './values.js';
import { OUTPUT_OPTION } from './output-file.js';
import { PROXY_OPTIONS } from './proxy-options.js';
import { parseServerUrl, type ServerUrl } from './server-url.js';
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
  /** The first URL of `--server`, as it was written. */
  readonly server?: string;
  /** The endpoints of Octopus Servers that `--server` names. */
  readonly servers: readonly ServerUrl[];
  /** The file with the Tentacles to test. */
  readonly targetsFile?: string;
  /** Whether checks that take longer than ten seconds run too. */
  readonly slow: boolean;
  /** The zip file to write for support. */
  readonly bundleFile?: string;
  /** The file for the page. */
  readonly htmlFile?: string;
  /** Whether the page and JSON have names in place of hosts and addresses. */
  readonly redact?: true;
  readonly json: boolean;
  /** Whether all evidence and all steps are printed. */
  readonly verbose: boolean;
}

/** The groups that concern the host of an Octopus Server, which has no configuration of a Tentacle. */
export const SERVER_CHECK_GROUPS: readonly CheckGroupName[] = ['port', 'addresses', 'endpoints', 'firewall', 'policy'];

/** `check` of either program. @param program the texts that differ between the two. */
export function checkDefinition(
  program: Pick<CommandDefinition, 'description' | 'examples' | 'summary'>,
  groups: readonly CheckGroupName[] = CHECK_GROUPS,
): CommandDefinition {
  return {
    name: 'check',
    positionals: '',
    synopsis: '[options]',
    ...program,
    options: {
      only: valueOption('check', 'GROUP', `check only this group (can be repeated): ${groups.join(', ')}`, {
        array: true,
        common: true,
        example: 'port',
        values: groups,
      }),
      port: valueOption('check', 'PORT', 'port to check, in place of the configured one', { alias: 'p', common: true }),
      config: valueOption('check', 'FILE', 'Tentacle configuration to check, in place of the registered ones', {
        common: true,
        example: '/etc/octopus/Tentacle/tentacle.config',
      }),
      instance: valueOption('check', 'NAME', 'instance to check; without it, all of this host', {
        example: 'Tentacle',
      }),
      server: valueOption(
        'check',
        'URL',
        "the Octopus Server's portal (https://...), to test it and its other endpoints; or one endpoint: polling://..., wss://..., grpc://... (can be repeated)",
        { array: true, common: true, example: 'https://octopus.example' },
      ),
      ...PROXY_OPTIONS,
      bundle: valueOption(
        'check',
        'FILE',
        'also write a zip file for support: results, configuration, ends of logs, versions; without secrets',
        { common: true, example: 'check.zip' },
      ),
      slow: flagOption('check', 'also run checks that take up to a minute'),
      verbose: flagOption('check', 'show all evidence, and all next steps', { common: true }),
      json: flagOption('check', 'print one JSON document in place of text', { common: true }),
      ...HTML_OPTIONS,
      ...OUTPUT_OPTION,
    },
    epilogue: [
      'Exit status: 0 no problem was found; 1 a problem was found, or the check was stopped; 2 the arguments are invalid.',
      'It changes nothing, and needs no rights beyond those that a check names when it lacks them.',
    ],
  };
}

/** The checked options of `check`. @throws UsageError */
export function parseCheckOptions(
  positionals: readonly string[],
  options: ParsedOptions,
  groups: readonly CheckGroupName[] = CHECK_GROUPS,
): CheckOptions {
  const [word] = positionals;
  if (word !== undefined)
    throw new UsageError(
      `${quote(word)} is not an option; check tests this host and takes options only, as in check --only port`,
    );
  const port = options.value('port');
  const servers = options.all('server');
  return Object.freeze({
    only: groupsOf(options.all('only'), groups),
    slow: options.flag('slow'),
    json: options.flag('json'),
    ...(isRedacted(options) ? { redact: true } : {}),
    verbose: options.flag('verbose'),
    servers: servers.map(parseServerUrl),
    ...omitUndefined({
      port: port === undefined ? undefined : parseWhole(port, '--port', 1, 65_535),
      configFile: options.value('config'),
      instance: options.value('instance'),
      server: servers[0],
      targetsFile: options.value('targets'),
      bundleFile: options.value('bundle'),
      htmlFile: options.value('html'),
    }),
  });
}

function groupsOf(words: readonly string[], groups: readonly CheckGroupName[]): readonly CheckGroupName[] {
  const names = words.flatMap((word) => word.split(','));
  for (const name of names) {
    if (!groups.some((group) => group === name))
      throw new UsageError(`--only: ${quote(name)} is not a group of checks; use ${groups.join(', ')}`);
  }
  return names.length === 0 ? groups : groups.filter((group) => names.includes(group));
}
