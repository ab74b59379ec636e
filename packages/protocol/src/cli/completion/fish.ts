import type { Candidates, CompletedCommand, CompletedOption, CompletedProgram } from './completion-model.js';

/** For fish 3. */
export function fishScript({ name, commands }: CompletedProgram): string {
  const named = commands.filter((command) => command.name !== '');
  const names = named.map((command) => command.name).join(' ');
  return `${[
    `# Completion of ${name} for fish: ${name} completion fish >~/.config/fish/completions/${name}.fish`,
    `complete -c ${name} -f`,
    ...named.map(
      (command) => `complete -c ${name} -n __fish_is_first_token -a ${command.name} -d ${quoted(command.description)}`,
    ),
    ...commands.flatMap((command) => commandLines(name, command, names)),
  ].join('\n')}\n`;
}

function commandLines(program: string, { name, options, operands }: CompletedCommand, named: string): string[] {
  const condition = name === '' ? `not __fish_seen_subcommand_from ${named}` : `__fish_seen_subcommand_from ${name}`;
  const complete = `complete -c ${program} -n ${quoted(condition)}`;
  return [
    ...options.map((option) => `${complete} ${optionArguments(option)}`),
    ...(operands.kind === 'nothing' ? [] : [`${complete} ${argumentsOf(operands)}`]),
  ];
}

function optionArguments({ names, description, value }: CompletedOption): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const follows = value === undefined ? [] : [value.kind === 'files' ? '-r -F' : `-x ${argumentsOf(value)}`.trimEnd()];
  return [...words, ...follows, `-d ${quoted(description)}`].join(' ');
}

function argumentsOf(what: Candidates): string {
  if (what.kind === 'files') return '-F';
  if (what.kind === 'hosts') return '-a "(__fish_print_hostnames)"';
  return what.kind === 'words' ? `-a ${quoted(what.words.join(' '))}` : '';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
