import type { Screen } from 'tentacle-protocol/cli';
import { describeFailure, type FailureDefinition, type FailureId } from 'tentacle-protocol/diagnostics';
import type { Explanation, Match } from '../../explain/explanation.js';
import type { IdentifiedRow } from '../../explain/find-id.js';
import { checkFindingText, endingText, failureText, logLineText } from '../../output/id-text.js';

/** What is printed: as JSON, or as text. */
export interface Explained {
  readonly explanation: Explanation;
  readonly text: string;
}

/** Explains an id. */
export function explainId(input: IdentifiedRow, screen: Screen): Explained {
  switch (input.kind) {
    case 'failure':
      return { explanation: explanationOf(matchOfFailure(input.row)), text: failureText(input.row, screen) };
    case 'log-line':
      return { explanation: explanationOf(input.match), text: logLineText(input.match, screen) };
    case 'ending':
      return { explanation: explanationOf(input.match), text: endingText(input.match, screen) };
    case 'check':
      return { explanation: explanationOf(input.match), text: checkFindingText(input.match, screen) };
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
