import type { Candidates, CompletedCommand, CompletedProgram } from './completion-model.js';

/** For bash 3.2 and later, which macOS has: without mapfile. */
export function bashScript({ name, commands }: CompletedProgram): string {
  const named = commands.flatMap(({ name }) => name || []);
  const identifier = `_${name.replaceAll('-', '_')}`;
  return `# Completion of ${name} for bash. In ~/.bashrc: source <(${name} completion bash)
${identifier}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command='' IFS=$'\\n'
  # bash splits --option=value into three words.
  if [[ $current == = ]]; then current=''; elif [[ $previous == = ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if ((COMP_CWORD > 1)); then
    case \${COMP_WORDS[1]} in ${named.join(' | ')}) command=\${COMP_WORDS[1]} ;; esac
  fi
  COMPREPLY=()
  case $command in
${commands.map((command) => `    ${command.name || "''"})\n${commandCase(command, named)}      ;;`).join('\n')}
  esac
}
complete -F ${identifier} ${name} ${name}.exe
`;
}

function commandCase({ name, options, operands }: CompletedCommand, named: readonly string[]): string {
  const values = new Map<string, string[]>();
  for (const { names, value } of options)
    if (value !== undefined) values.set(candidates(value), [...(values.get(candidates(value)) ?? []), ...names]);
  const words = options.flatMap(({ names }) => names);
  const first =
    name === '' ? [`          elif ((COMP_CWORD == 1)); then ${candidates({ kind: 'words', words: named })}`] : [];
  return [
    '      case $previous in',
    ...[...values].map(([offered, names]) => `        ${names.join(' | ')}) ${offered} ;;`),
    '        *)',
    `          if [[ $current == -* ]]; then ${candidates({ kind: 'words', words })}`,
    ...first,
    `          else ${candidates(operands)}; fi ;;`,
    '      esac',
    '',
  ].join('\n');
}

function candidates(what: Candidates): string {
  if (what.kind === 'nothing') return ':';
  if (what.kind === 'files') return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))';
  if (what.kind === 'hosts') return 'COMPREPLY=($(compgen -A hostname -- "$current"))';
  // compgen splits the words by IFS.
  const words = what.words.join(' ');
  return `COMPREPLY=($(IFS=' '; compgen -W '${words}' -- "$current"))`;
}
