import { commandHelp, type Environment, ExitStatus, type ParsedCommand, toJsonLine } from 'tentacle-protocol/cli';
import { findInput } from '../explain/find-input.js';
import { explainCommand, PING } from '../options/definitions.js';

/** `tentacle-ping explain`: explains an id, a message or a whole log. @returns the exit status. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  _version: string,
  environment: Environment,
): Promise<number> {
  const { stdin, stdout, stderr, width } = environment;
  if (positionals.length === 0 && stdin.isTTY === true) {
    stderr(`${commandHelp(PING, explainCommand, width)}\n`);
    return ExitStatus.USAGE;
  }
  const input = await findInput(positionals, stdin);
  // Loaded for what the input is: for an id, nothing that reads logs.
  const { explanation, text } =
    input.kind === 'message' || input.kind === 'log'
      ? await (await import('./explain/explain-text.js')).explainText(input, environment, options.flag('verbose'))
      : (await import('./explain/explain-id.js')).explainId(input, environment);
  stdout(options.flag('json') ? toJsonLine(explanation) : text);
  return explanation.matches.length > 0 ? ExitStatus.OK : ExitStatus.FAILED;
}
