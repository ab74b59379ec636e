import {
  type Environment,
  type ParsedCommand,
  commandHelp,
  describeFailure,
  type FailureId,
  type Row,
  quote,
  UsageError,
} from 'tentacle-protocol';
import { explainStream } from '../explain/explain-stream.js';
import type { Explanation, Match } from '../explain/explanation.js';
import { NotTextError } from '../explain/log-text.js';
import { whatToExplain, type WhatToExplain } from '../explain/what-to-explain.js';
import { explanationText, failureText, logLineText, messageText } from '../reporters/explanation.js';
import { explainCommand, PING } from '../options.js';

const KNOWN = 0;
const NOTHING_KNOWN = 1;
const USAGE = 2;

/** `tentacle-ping explain`: an id, a message or a whole log to what is behind it. */
export async function run(
  { positionals, options }: ParsedCommand & { kind: 'run' },
  _version: string,
  environment: Environment,
): Promise<number> {
  if (positionals.length === 0 && isTerminal(environment.stdin)) {
    environment.stderr(`${commandHelp(PING, explainCommand, environment.width)}\n`);
    return USAGE;
  }
  const what = await whatToExplain(positionals, environment.stdin);
  const print = (explanation: Explanation, text: string): number => {
    environment.stdout(options.flag('json') ? `${JSON.stringify(explanation)}\n` : text);
    return explanation.matches.length > 0 ? KNOWN : NOTHING_KNOWN;
  };
  if (what.kind === 'failure') return print(ofOneRow(matchOfFailure(what.row)), failureText(what.row));
  if (what.kind === 'log-line') return print(ofOneRow(what.match), logLineText(what.match));
  const explanation = await read(what, environment.stop);
  return print(
    explanation,
    what.kind === 'message' ? messageText(explanation) : explanationText(explanation, what.name),
  );
}

async function read(what: WhatToExplain & { kind: 'message' | 'log' }, stop: AbortSignal): Promise<Explanation> {
  try {
    return await explainStream(what.chunks, what.kind === 'message' ? 'all' : 'errors', stop);
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    throw new UsageError(`${what.kind === 'message' ? 'this' : quote(what.name)} ${error.message}`);
  }
}

/** What a terminal has and a pipe has not; whoever gives another source has neither. */
function isTerminal(stdin: AsyncIterable<Buffer> & { readonly isTTY?: boolean }): boolean {
  return stdin.isTTY === true;
}

function matchOfFailure({ id, example }: Row<FailureId>): Match {
  const { title, means, certainty, next } = describeFailure(id, example);
  const causes =
    certainty.kind === 'one-of'
      ? certainty.causes.map((text) => ({ text, failure: id }))
      : [{ text: title, failure: id }];
  return { id, line: 0, text: title, count: 0, means, causes, next, seen: {} };
}

function ofOneRow(match: Match): Explanation {
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
