import { omitUndefined } from 'tentacle-protocol/cli';
import { type Result, runVariant, missingRequirement } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';

/*
 * `npm run lab`: runs every scenario, one variant after the other, and prints the confusion matrix. `npm run lab -- 8 18-`
 * runs only scenarios with that number, or whose id begins with that text.
 */

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** A line of the matrix: scenario and variant, the expected result, the actual result. */
interface Line {
  readonly scenario: string;
  readonly expected: string;
  readonly actual: string;
  readonly mark: 'right' | 'WRONG' | 'skipped';
}

async function main(): Promise<void> {
  const selectors = process.argv.slice(2);
  const selected = scenarios.filter(
    ({ id }) => selectors.length === 0 || selectors.some((selector) => matches(id, selector)),
  );
  if (selected.length === 0) {
    write(`no scenario matches ${selectors.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const lines: Line[] = [];
  for (const scenario of selected) {
    for (const line of await runScenario(scenario, write)) lines.push(line);
  }
  write(`\n${matrix(lines)}`);
  const count = (mark: Line['mark']): number => lines.filter((line) => line.mark === mark).length;
  write(`${count('right')} right, ${count('WRONG')} wrong, ${count('skipped')} skipped`);
  // With CI=true nothing may be skipped.
  const hasPassed = count('WRONG') === 0 && (process.env['CI'] !== 'true' || count('skipped') === 0);
  process.exitCode = hasPassed ? 0 : 1;
}

function matches(id: string, selector: string): boolean {
  const number = /^(\d+)-?$/.exec(selector)?.[1];
  return number === undefined ? id.startsWith(selector) : Number.parseInt(id, 10) === Number(number);
}

async function runScenario(scenario: Scenario, show: (line: string) => void): Promise<Line[]> {
  const expected = expectedOf(scenario);
  const missing = missingRequirement(scenario);
  if (missing !== undefined) {
    show(`skipped  ${scenario.id}: ${missing}`);
    return [{ scenario: scenario.id, expected, actual: missing, mark: 'skipped' }];
  }
  const lines: Line[] = [];
  for (const variant of scenario.variants) {
    const startedAt = Date.now();
    const outcome = await runVariant(scenario, variant).catch((error: unknown) => `setup failed: ${String(error)}`);
    const mark = typeof outcome === 'object' && outcome.isCorrect ? 'right' : 'WRONG';
    const text = typeof outcome === 'string' ? outcome : both(outcome.measured, outcome.diagnosed, scenario);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    show(`${mark.padEnd(7)}  ${scenario.id}: ${variant.name}: ${text} (${seconds} s)`);
    lines.push({ scenario: `${scenario.id}: ${variant.name}`, expected, actual: text, mark });
  }
  return lines;
}

function expectedOf(scenario: Scenario): string {
  const { measured, diagnosed = measured, alternative, warnings = [], measuredWarnings = [] } = scenario;
  const { measuredCertainty: certainty, pattern, recorded, findings } = scenario;
  const expected = both(
    { id: measured, warnings: measuredWarnings, ...omitUndefined({ certainty, pattern, recorded }) },
    { id: diagnosed, warnings, ...omitUndefined({ findings }) },
    scenario,
  );
  return alternative === undefined ? expected : `${expected} or ${alternative}`;
}

/** The results of ping and of diagnose, only once if they are equal. What the scenario does not compare is left out. */
function both(measured: Result, diagnosed: Result, compared: Scenario): string {
  const first = [
    measured.id,
    ...measured.warnings,
    ...(compared.measuredCertainty === undefined ? [] : [measured.certainty ?? '']),
    ...(compared.pattern === undefined ? [] : [measured.pattern ?? '']),
    ...(compared.recorded === undefined ? [] : (measured.recorded ?? [])),
  ].join('+');
  const findings = compared.findings === undefined ? [] : (diagnosed.findings ?? []);
  const second = [diagnosed.id, ...diagnosed.warnings, ...findings].join('+');
  return first === second ? first : `${first} | ${second}`;
}

function matrix(lines: readonly Line[]): string {
  const head = { mark: '', scenario: 'scenario', expected: 'expected (ping | diagnose)', actual: 'actual' };
  const width = (key: 'scenario' | 'expected'): number => Math.max(...[head, ...lines].map((line) => line[key].length));
  const [scenarioChars, expectedChars] = [width('scenario'), width('expected')];
  return [head, ...lines]
    .map(
      ({ mark, scenario, expected, actual }) =>
        `${mark.padEnd(7)}  ${scenario.padEnd(scenarioChars)}  ${expected.padEnd(expectedChars)}  ${actual}`,
    )
    .join('\n');
}

await main();
