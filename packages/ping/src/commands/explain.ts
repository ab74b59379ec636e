import { type Environment, type ParsedCommand, commandHelp, quote, UsageError } from 'tentacle-protocol/cli';
import { describeFailure, type FailureId, type FailureDefinition } from 'tentacle-protocol/diagnostics';
import { explainStream } from '../explain/explain-stream.js';
import type { Explanation, Match } from '../explain/explanation.js';
import { NotTextError } from '../text-input/log-text.js';
import { whatToExplain, type WhatToExplain } from '../explain/what-to-explain.js';
import { explanationText, failureText, logLineText, messageText, unknownIdText } from '../output/explanation.js';
import { explainCommand, PING } from '../options/definitions.js';

const KNOWN = 0;
const NOTHING_KNOWN = 1;
const USAGE = 2;

type TextToExplain = WhatToExplain & { kind: 'message' | 'log' };

/** `tentacle-ping explain`: explains an id, a message or a whole log. */
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
  return print(explanation, textOf(what, explanation, positionals));
}

function textOf(what: TextToExplain, explanation: Explanation, words: readonly string[]): string {
  if (what.kind === 'log') return explanationText(explanation, what.name);
  if (explanation.matches.length === 0 && what.similarIds.length > 0)
    return unknownIdText(words.join(' '), what.similarIds);
  return messageText(explanation);
}

async function read(what: TextToExplain, stop: AbortSignal): Promise<Explanation> {
  try {
    return await explainStream(what.chunks, what.kind === 'message' ? 'all' : 'errors', stop);
  } catch (error) {
    if (!(error instanceof NotTextError)) throw error;
    throw new UsageError(`${what.kind === 'message' ? 'the message' : quote(what.name)} ${error.message}`);
  }
}

/** Whether standard input is a terminal; other sources do not have the property. */
function isTerminal(stdin: AsyncIterable<Buffer> & { readonly isTTY?: boolean }): boolean {
  return stdin.isTTY === true;
}

function matchOfFailure({ id, example }: FailureDefinition<FailureId>): Match {
  const { title, explanation: means, diagnosis: certainty, remediation: next } = describeFailure(id, example);
  const causes =
    certainty.kind === 'ambiguous'
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
