import { beforeAll, describe, expect, it } from 'vitest';
import { type Screen, verdictText, withoutStyles } from '../../packages/protocol/src/cli/index.js';
import { describeFailure, failureDefinition, type FailureId } from '../../packages/protocol/src/diagnostics/index.js';
import { okVerdict } from '../../packages/ping/src/report/run-verdicts.js';
import { makeRuns, type Runs } from './runs.js';
import { brokenWords, holes, missingWords, SCREENS, type ShownText, tooWide, unsafeLetters } from './screen-rules.js';
import { commandsOf, commandsOfTables, SHORTENED_TEXTS, SHOWN_TEXTS } from './shown-texts.js';

/** Twenty processes take 20 s here; the limit is for a busy machine. */
const RUNS_MS = 200_000;

let runs: Runs;
let commands: ReadonlySet<string>;

beforeAll(async () => {
  runs = await makeRuns();
  commands = new Set([...commandsOfTables(), ...commandsOf(runs)]);
}, RUNS_MS);

function shownOn(name: string, screen: Screen): ShownText {
  const render = SHOWN_TEXTS[name];
  if (render === undefined) throw new Error(`there is no text ${name}`);
  return { text: render(runs, screen), screen, commands };
}

/** What breaks a rule on any screen, with the screen. */
function findings(name: string, rule: (shown: ShownText) => readonly string[]): string[] {
  return SCREENS.flatMap((screen) =>
    rule(shownOn(name, screen)).map((found) => `${screen.width}${screen.unicode ? '' : ' ASCII'}: ${found}`),
  );
}

describe.each(Object.keys(SHOWN_TEXTS))('%s', (name) => {
  it('has no line that is wider than the screen', () => {
    expect(findings(name, tooWide)).toEqual([]);
  });

  it('breaks no word', () => {
    const broken = (shown: ShownText): string[] =>
      brokenWords(shown, shownOn(name, { width: 200, unicode: shown.screen.unicode }).text);
    expect(findings(name, broken)).toEqual([]);
  });

  if (!SHORTENED_TEXTS.includes(name))
    it('has the same words on each', () => {
      const missing = (shown: ShownText): string[] =>
        missingWords(shown, shownOn(name, { width: 200, unicode: shown.screen.unicode }).text);
      expect(findings(name, missing)).toEqual([]);
    });

  it('has no control character, and only ASCII without Unicode', () => {
    expect(findings(name, unsafeLetters)).toEqual([]);
  });

  it('has no hole where a value is missing', () => {
    expect(findings(name, holes)).toEqual([]);
  });
});

/** The lines of a console. */
const CONSOLE_LINES = 24;

describe('on 80 columns and 24 lines', () => {
  const whole = ['diagnose: healthy', 'listen: end', 'pong --poll: end', 'explain: message', 'pong: start'];
  it.each(whole)('%s is seen whole', (name) => {
    const lines = shownOn(name, { width: 80, unicode: true }).text.trimEnd().split('\n').length;
    expect(lines).toBeLessThanOrEqual(CONSOLE_LINES);
  });

  it('each step of a diagnosis without a problem is one line', () => {
    for (const unicode of [true, false]) {
      const { text } = shownOn('diagnose: healthy', { width: 80, unicode });
      const [steps = ''] = withoutStyles(text).split('\n\n');
      expect(steps.split('\n').slice(1)).toHaveLength(runs.diagnosis.steps.length);
    }
  });
});

describe('a verdict', () => {
  const console = { width: 80, unicode: true };
  const exampleOf = (id: FailureId): Parameters<typeof verdictText>[0] => {
    const { title, explanation, diagnosis, remediation } = describeFailure(id, failureDefinition(id).example);
    return { id, title, means: explanation, certainty: diagnosis, next: remediation };
  };
  const verdicts: Readonly<Record<string, Parameters<typeof verdictText>[0]>> = {
    ok: okVerdict({ sent: 100, ok: 100, failed: 0 }, 'echo'),
    refused: exampleOf('tcp.refused'),
    'not-trusted': exampleOf('trust.closed-after-identity'),
    'unexpected-thumbprint': exampleOf('trust.unexpected-thumbprint'),
    ambiguous: exampleOf('tcp.timeout'),
  };

  it.each(Object.entries(verdicts))('%s looks as agreed', async (name, verdict) => {
    const text = withoutStyles(verdictText(verdict, console, { isVerbose: false }));
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it('of a narrow terminal without Unicode looks as agreed', async () => {
    const text = withoutStyles(
      verdictText(exampleOf('tcp.refused'), { width: 40, unicode: false }, { isVerbose: false }),
    );
    await expect(text).toMatchFileSnapshot('golden/refused-40-ascii.txt');
  });
});
