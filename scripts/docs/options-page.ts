import { type CommandDefinition, commonOptions, type ProgramDefinition } from 'tentacle-protocol/cli';
import { built, builtPrograms } from './built-programs.js';
import { cell, fenced, GENERATED } from './markdown.js';

/** All options of both programs, by command and topic. */
export async function optionsPage(): Promise<string> {
  const behind = { limits: await fixedLimitsOf() };
  const parts = (await builtPrograms()).flatMap((program) => [
    ...program.commands.map((command) => optionsOf(program, command, behind)),
    `## All commands of ${program.name}`,
    optionTable(Object.entries(commonOptions(program))),
  ]);
  return `${[GENERATED, '# Options', ...parts].join('\n\n')}\n`;
}

/** The limits of tentacle-pong that no option sets. */
async function fixedLimitsOf(): Promise<string> {
  const { fixedLimits } = await built<typeof import('../../packages/pong/src/server/limits.js')>(
    'packages/pong/dist/server/limits.js',
  );
  const rows = fixedLimits().map(({ meaning, value, reason }) => `| ${cell(meaning)} | ${value} | ${cell(reason)} |`);
  return ['| fixed limit | value | reason |', '| --- | --- | --- |', ...rows].join('\n');
}

/** A command: how it is used, examples, its options by topic, exit status. @param behind what follows the options of a topic. */
function optionsOf(
  program: ProgramDefinition,
  command: CommandDefinition,
  behind: Readonly<Record<string, string>>,
): string {
  const name = `${program.name} ${command.name}`.trimEnd();
  const tables = Object.entries(program.topics).map(([topic, { title }]) => {
    const options = Object.entries(command.options).filter(([, { group }]) => group === topic);
    return options.length === 0
      ? ''
      : [`### ${title}`, optionTable(options), behind[topic] ?? ''].filter((part) => part !== '').join('\n\n');
  });
  return [
    `## ${name}`,
    fenced(`${name} ${command.synopsis}`),
    command.description,
    fenced(command.examples.map(([example, what]) => `${example.padEnd(48)} # ${what}`).join('\n')),
    ...tables.filter((table) => table !== ''),
    ...command.epilogue,
  ].join('\n\n');
}

/** With reasons where one of the options has one. */
function optionTable(options: readonly (readonly [string, CommandDefinition['options'][string]])[]): string {
  const hasReasons = options.some(([, { reason }]) => reason !== undefined);
  const rows = options.map(([option, { alias, placeholder, describe, defaultDescription = '', reason = '' }]) => {
    const names = [option, alias ?? []].flat().map((n) => `\`${n.length === 1 ? '-' : '--'}${n}\``);
    const value = placeholder === undefined ? '' : ` ${placeholder}`;
    const why = hasReasons ? ` ${cell(reason)} |` : '';
    return `| ${names.join(', ')}${cell(value)} | ${cell(describe)} | ${defaultDescription} |${why}`;
  });
  const head = hasReasons
    ? ['| option | meaning | default | reason |', '| --- | --- | --- | --- |']
    : ['| option | meaning | default |', '| --- | --- | --- |'];
  return [...head, ...rows].join('\n');
}
