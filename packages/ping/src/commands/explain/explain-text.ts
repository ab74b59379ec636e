import { basename } from 'node:path';
import { type Environment, quote, UsageError } from 'tentacle-protocol/cli';
import { readOrigin } from 'tentacle-protocol/diagnostics';
import { explainStream } from '../../explain/explain-stream.js';
import type { Explanation } from '../../explain/explanation.js';
import { type ExplainInput, STANDARD_INPUT } from '../../explain/find-input.js';
import { explanationText, messageText } from '../../output/explanation-text.js';
import { NotTextError } from '../../text-input/log-text.js';
import { LiveReading } from '../live-reading.js';
import type { Explained } from './explain-id.js';

type TextToExplain = ExplainInput & { kind: 'message' | 'log' };

/** Explains a message or a whole log. @throws UsageError for bytes that are not text, and for a misspelled id. */
export async function explainText(
  input: TextToExplain,
  environment: Environment,
  isVerbose: boolean,
): Promise<Explained> {
  const live = new LiveReading(input, environment);
  const explanation = await read({ ...input, chunks: live.chunks }, environment.stop).finally(live.stop);
  if (input.kind === 'log') {
    const text = explanationText(explanation, input.name, environment, isVerbose);
    return { explanation: input.name === STANDARD_INPUT ? explanation : { file: input.name, ...explanation }, text };
  }
  if (explanation.matches.length === 0 && input.unknownId !== undefined) throw input.unknownId;
  return { explanation, text: messageText(explanation, environment) };
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
