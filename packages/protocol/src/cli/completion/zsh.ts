import type { Candidates, CompletedCommand, CompletedOption, CompletedProgram } from './completion-model.js';

/** For zsh: a file in $fpath, or sourced. */
export function zshScript({ name, commands }: CompletedProgram): string {
  const identifier = `_${name.replaceAll('-', '_')}`;
  const named = commands.filter((command) => command.name !== '');
  return `#compdef ${name}
# Completion of ${name} for zsh. In ~/.zshrc, after compinit: source <(${name} completion zsh)
${identifier}() {
  local command=''
  if (( CURRENT > 2 )); then
    case $words[2] in
      ${named.map((command) => command.name).join('|')}) command=$words[2] ;;
    esac
  fi
  if [[ -n $command ]]; then shift words; (( CURRENT-- )); fi
  case $command in
${commands.map((command) => commandCase(command, identifier)).join('\n')}
  esac
}
${identifier}_commands() {
  local -a commands=(
${named.map((command) => `    ${quoted(`${command.name}:${command.description}`)}`).join('\n')}
  )
  _describe command commands
  _hosts
}
if [[ $funcstack[1] == _${name} || $funcstack[1] == ${identifier} ]]; then ${identifier} "$@"; else compdef ${identifier} ${name}; fi
`;
}

function commandCase({ name, options, operands }: CompletedCommand, identifier: string): string {
  const first = name === '' ? [quoted(`1:command or host:${identifier}_commands`)] : [];
  const specs = [...options.map(optionSpec), ...first, quoted(`*:argument:${action(operands)}`)];
  return [
    `    ${name || "''"}) _arguments -s \\`,
    ...specs.map((spec) => `      ${spec} \\`),
    '      && return ;;',
  ].join('\n');
}

/** `'(-c --count)'{-c,--count}'[stop after N attempts]:value:'`; one that can be repeated is not worth an exception. */
function optionSpec({ names, description, value }: CompletedOption): string {
  const argument = value === undefined ? '' : `:value:${action(value)}`;
  const text = quoted(`[${description}]${argument}`);
  return names.length === 1
    ? `${names[0] ?? ''}${text}`
    : `${quoted(`(${names.join(' ')})`)}{${names.join(',')}}${text}`;
}

function action(what: Candidates): string {
  if (what.kind === 'files') return '_files';
  if (what.kind === 'hosts') return '_hosts';
  return what.kind === 'words' ? `(${what.words.join(' ')})` : ' ';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
