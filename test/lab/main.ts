import { type Given, type Result, runVariant, missingRequirement } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios/index.js';

/*
 * `npm run lab`: every scenario, one variant after the other, and the confusion matrix. `npm run lab -- 8 18-` takes
 * only those of that number, or whose id begins so.
 */

const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** A line of the matrix: scenario and variant, what was expected, what was given. */
interface Line {
  readonly scenario: string;
  readonly expected: string;
  readonly given: string;
  readonly mark: 'right' | 'WRONG' | 'skipped';
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const chosen = scenarios.filter(({ id }) => asked.length === 0 || asked.some((word) => isMeant(id, word)));
  if (chosen.length === 0) {
    write(`no scenario is called ${asked.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const lines: Line[] = [];
  for (const scenario of chosen) {
    for (const line of await linesOf(scenario, write)) lines.push(line);
  }
  write(`\n${matrix(lines)}`);
  const count = (mark: Line['mark']): number => lines.filter((line) => line.mark === mark).length;
  write(`${count('right')} right, ${count('WRONG')} wrong, ${count('skipped')} skipped`);
  // With CI=true everything must be there.
  const isAll = count('WRONG') === 0 && (process.env['CI'] !== 'true' || count('skipped') === 0);
  process.exitCode = isAll ? 0 : 1;
}

function isMeant(id: string, word: string): boolean {
  const number = /^(\d+)-?$/.exec(word)?.[1];
  return number === undefined ? id.startsWith(word) : Number.parseInt(id, 10) === Number(number);
}

async function linesOf(scenario: Scenario, show: (line: string) => void): Promise<Line[]> {
  const expected = expectedOf(scenario);
  const why = missingRequirement(scenario);
  if (why !== undefined) {
    show(`skipped  ${scenario.id}: ${why}`);
    return [{ scenario: scenario.id, expected, given: why, mark: 'skipped' }];
  }
  const lines: Line[] = [];
  for (const variant of scenario.variants) {
    const startedAt = Date.now();
    const given = await runVariant(scenario, variant).catch((error: unknown) => `not set up: ${String(error)}`);
    const mark = typeof given === 'object' && given.right ? 'right' : 'WRONG';
    const text = typeof given === 'string' ? given : givenOf(given);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    show(`${mark.padEnd(7)}  ${scenario.id}: ${variant.name}: ${text} (${seconds} s)`);
    lines.push({ scenario: `${scenario.id}: ${variant.name}`, expected, given: text, mark });
  }
  return lines;
}

function expectedOf({
  measured,
  diagnosed = measured,
  orElse,
  warnings = [],
  measuredWarnings = [],
}: Scenario): string {
  const expected = both({ id: measured, warnings: measuredWarnings }, { id: diagnosed, warnings });
  return orElse === undefined ? expected : `${expected} or ${orElse}`;
}

function givenOf({ measured, diagnosed }: Given): string {
  return both(measured, diagnosed);
}

/** What ping and what diagnose says, once where they agree. */
function both(measured: Result, diagnosed: Result): string {
  const [one, other] = [measured, diagnosed].map(({ id, warnings }) => [id, ...warnings].join('+'));
  return one === other ? (one ?? '') : `${one} | ${other}`;
}

function matrix(lines: readonly Line[]): string {
  const head = { mark: '', scenario: 'scenario', expected: 'expected (ping | diagnose)', given: 'given' };
  const width = (key: 'scenario' | 'expected'): number => Math.max(...[head, ...lines].map((line) => line[key].length));
  const [scenarioChars, expectedChars] = [width('scenario'), width('expected')];
  return [head, ...lines]
    .map(
      ({ mark, scenario, expected, given }) =>
        `${mark.padEnd(7)}  ${scenario.padEnd(scenarioChars)}  ${expected.padEnd(expectedChars)}  ${given}`,
    )
    .join('\n');
}

await main();
