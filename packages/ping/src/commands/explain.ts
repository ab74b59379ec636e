import { basename } from 'node:path';
import {
  commandHelp,
  type Environment,
  ExitStatus,
  type ParsedCommand,
  quote,
  UsageError,
  toJsonLine,
} from 'tentacle-protocol/cli';
import { describeFailure, type FailureDefinition, type FailureId, readOrigin } from 'tentacle-protocol/diagnostics';
import { explainStream } from '../explain/explain-stream.js';
import type { Explanation, Match } from '../explain/explanation.js';
import { NotTextError } from '../text-input/log-text.js';
import { findInput, type ExplainInput } from '../explain/find-input.js';
import {
  checkFindingText,
  endingText,
  explanationText,
  failureText,
  logLineText,
  messageText,
} from '../output/explanation-text.js';
import { LiveReading } from './live-reading.js';
import { explainCommand, PING } from '../options/definitions.js';

type TextToExplain = ExplainInput & { kind: 'message' | 'log' };

/** `tentacle-ping explain`: explains an id, a message or a whole log. @returns the exit status. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  _version: string,
  environment: Environment,
): Promise<number> {
  const { stdin, stdout, stderr, stop, width } = environment;
  if (positionals.length === 0 && stdin.isTTY === true) {
    stderr(`${commandHelp(PING, explainCommand, width)}\n`);
    return ExitStatus.USAGE;
  }
  const input = await findInput(positionals, stdin);
  const print = (explanation: Explanation, text: string): number => {
    stdout(options.flag('json') ? toJsonLine(explanation) : text);
    return explanation.matches.length > 0 ? ExitStatus.OK : ExitStatus.FAILED;
  };
  if (input.kind === 'failure')
    return print(explanationOf(matchOfFailure(input.row)), failureText(input.row, environment));
  if (input.kind === 'log-line') return print(explanationOf(input.match), logLineText(input.match, environment));
  if (input.kind === 'ending') return print(explanationOf(input.match), endingText(input.match, environment));
  if (input.kind === 'check') return print(explanationOf(input.match), checkFindingText(input.match, environment));
  const live = new LiveReading(input, environment);
  const explanation = await read({ ...input, chunks: live.chunks }, stop).finally(live.stop);
  if (input.kind === 'log')
    return print(explanation, explanationText(explanation, input.name, environment, options.flag('verbose')));
  if (explanation.matches.length === 0 && input.unknownId !== undefined) throw input.unknownId;
  return print(explanation, messageText(explanation, environment));
}

async function read(input: TextToExplain, stop: AbortSignal): Promise<Explanation> {
  try {
    if (input.kind === 'message') return await explainStream(input.chunks, 'all', { stop });
    return await explainStream(input.chunks, 'errors', { origin: readOrigin(basename(input.name)), stop });
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    throw new UsageError(`${input.kind === 'message' ? 'the message' : quote(input.name)} ${error.message}`);
  }
}

function matchOfFailure({ id, example }: FailureDefinition<FailureId>): Match {
  const { title, explanation, diagnosis, remediation } = describeFailure(id, example);
  const causes = diagnosis.kind === 'ambiguous' ? diagnosis.causes : [title];
  return {
    id,
    line: 0,
    text: title,
    count: 0,
    means: explanation,
    causes: causes.map((text) => ({ text, failure: id })),
    next: remediation,
    seen: {},
  };
}

/** The explanation of an id, which was not read from a text. */
function explanationOf(match: Match): Explanation {
  return {
    schema: 'tentacle-ping/explanation/1',
    matches: [match],
    unknownLines: 0,
    unknownExamples: [],
    lines: 0,
    cutLines: 0,
    stopped: false,
  };
}
