import {
  commandHelp,
  type Environment,
  ExitStatus,
  type ParsedCommand,
  type ParsedOptions,
  quote,
  toJsonLine,
  UsageError,
} from 'tentacle-protocol/cli';
import { findInput } from '../explain/find-input.js';
import { explainCommand, PING } from '../options/definitions.js';
import type { ReportOutput } from './report-output.js';

/** `tentacle-ping explain`: explains an id, a message or a whole log. @returns the exit status. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  version: string,
  environment: Environment,
): Promise<number> {
  const { stdin, stdout, stderr, width } = environment;
  if (positionals.length === 0 && stdin.isTTY === true) {
    stderr(`${commandHelp(PING, explainCommand, width)}\n`);
    return ExitStatus.USAGE;
  }
  const output = await openOutput(positionals, options, version, environment);
  try {
    const input = await findInput(positionals, stdin);
    // Loaded for what the input is: for an id, nothing that reads logs.
    const { explanation, text } =
      input.kind === 'message' || input.kind === 'log'
        ? await (await import('./explain/explain-text.js')).explainText(input, environment, options.flag('verbose'))
        : (await import('./explain/explain-id.js')).explainId(input, environment);
    if (!options.flag('json')) stdout(text);
    else if (output === undefined) stdout(toJsonLine(explanation));
    else output.printJson(explanation);
    await output?.writePage(explanation, async () => (await import('../pages/explanation-page.js')).explanationPage);
    const status = explanation.matches.length > 0 ? ExitStatus.OK : ExitStatus.FAILED;
    return output?.status(status) ?? status;
  } finally {
    output?.close();
  }
}

/** The output of `--html` and `--redact`, which most runs do not load. @throws UsageError */
async function openOutput(
  positionals: readonly string[],
  options: ParsedOptions,
  version: string,
  environment: Environment,
): Promise<ReportOutput | undefined> {
  const path = options.value('html');
  if (path === undefined && !options.flag('redact')) return undefined;
  if (path !== undefined && positionals.includes(path))
    throw new UsageError(`--html: ${quote(path)} is the file to explain; use another file`);
  return (await import('./report-output.js')).ReportOutput.open(options, version, environment);
}
