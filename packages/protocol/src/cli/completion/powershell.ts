import type { Candidates, CompletedCommand, CompletedOption, CompletedProgram } from './completion-model.js';

/** For Windows PowerShell 5.1 and PowerShell 7. Without candidates, PowerShell completes names of files itself. */
export function powershellScript({ name, commands }: CompletedProgram): string {
  const named = commands.filter((command) => command.name !== '');
  return `# Completion of ${name} for PowerShell. In $PROFILE: ${name} completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName '${name}', '${name}.exe', '${name}.cmd' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = @{
${named.map(({ name, description }) => `    ${quoted(name)} = ${quoted(description)}`).join('\n')}
  }
  $options = @{
${commands.map(({ name, options }) => `    ${quoted(name)} = @{\n${options.map(optionEntry).join('\n')}\n    }`).join('\n')}
  }
  $values = @{
${commands.flatMap(valueEntries).join('\n')}
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $command = ''
  if ($words.Count -gt 1 -and $commands.ContainsKey($words[1])) { $command = $words[1] }
  $found = [ordered]@{}
  $before = "$command $($words[-1])"
  if ($values.ContainsKey($before)) {
    foreach ($value in $values[$before]) { $found[$value] = $value }
  } elseif ($wordToComplete.StartsWith('-')) {
    foreach ($option in $options[$command].Keys | Sort-Object) { $found[$option] = $options[$command][$option] }
  } elseif ($words.Count -eq 1) {
    foreach ($name in $commands.Keys | Sort-Object) { $found[$name] = $commands[$name] }
  }
  foreach ($candidate in $found.Keys) {
    if ($candidate.StartsWith($wordToComplete)) {
      [System.Management.Automation.CompletionResult]::new($candidate, $candidate, 'ParameterValue', $found[$candidate])
    }
  }
}
`;
}

/** The names of a hash table do not distinguish case; no two options of a command differ in case alone, except short ones. */
function optionEntry({ names, description }: CompletedOption): string {
  const long = names.filter((name) => name.startsWith('--') || names.length === 1);
  return long.map((name) => `      ${quoted(name)} = ${quoted(description)}`).join('\n');
}

/** By the command and the word before: an option, or the command itself. */
function valueEntries({ name, options, operands }: CompletedCommand): string[] {
  const rows = options.flatMap(({ names, value }) =>
    names.filter((option) => option.startsWith('--')).flatMap((option) => entry(`${name} ${option}`, value)),
  );
  return [...rows, ...entry(`${name} ${name}`, operands)];
}

function entry(key: string, what: Candidates | undefined): string[] {
  return what?.kind === 'words' ? [`    ${quoted(key)} = ${what.words.map(quoted).join(', ')}`] : [];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
