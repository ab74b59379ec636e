import { DIRECTIONS, KINDS } from './cut.js';
import type { CutResult } from './run-cuts.js';
import { TLS_VERSIONS } from './trial.js';

/** The results as a table in Markdown: each kind, direction and TLS version of a conversation is a row. */
export function tableOf(results: readonly CutResult[]): string {
  const names = [...new Set(results.map(({ subject }) => subject.conversation.name))];
  const rows = names.flatMap((name) =>
    TLS_VERSIONS.flatMap((tls) =>
      DIRECTIONS.flatMap((direction) =>
        KINDS.map((kind) =>
          rowOf(
            [name, tls, direction, kind],
            results.filter(
              ({ subject, cut }) =>
                subject.conversation.name === name &&
                subject.tls === tls &&
                cut.direction === direction &&
                cut.kind === kind,
            ),
          ),
        ),
      ),
    ),
  );
  return [
    '| conversation | TLS | direction | cut | positions | reported as | violations |',
    '| --- | --- | --- | --- | ---: | --- | ---: |',
    ...rows.filter((row) => row !== ''),
  ].join('\n');
}

function rowOf(keys: readonly string[], results: readonly CutResult[]): string {
  if (results.length === 0) return '';
  const ids = countBy(results.map((result) => result.ids.join(' and ')));
  const violations = results.reduce((sum, result) => sum + result.violations.length, 0);
  return `| ${[...keys, String(results.length), ids.join(', '), String(violations)].join(' | ')} |`;
}

/** The number of each, most frequent first. */
function countBy(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([text, count]) => `${text} ${count}`);
}

/** The violations, alike ones in one line, with some of their positions. */
export function violationLines(results: readonly CutResult[]): string[] {
  const positions = new Map<string, number[]>();
  for (const { subject, cut, violations } of results) {
    for (const { rule, detail } of violations) {
      const key = `${subject.conversation.name}, ${subject.tls}, ${cut.kind} ${cut.direction}: ${rule}: ${detail}`;
      positions.set(key, [...(positions.get(key) ?? []), cut.at]);
    }
  }
  return [...positions].map(([key, at]) => `${key} (${at.length}: ${at.slice(0, 10).join(' ')})`);
}
