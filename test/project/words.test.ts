import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, ROOT } from './source-files.js';
import { type Exception, EXCEPTIONS } from './word-exceptions.js';

/** Words that plain English does not need, with what to write in their place. */
const UNUSED: readonly { readonly word: RegExp; readonly write: string }[] = [
  { word: /\b(nobody|everybody|somebody)\b/i, write: 'no client, any client, or the role that is meant' },
  { word: /\b(whoever|whomever)\b/i, write: 'the noun that is meant' },
  { word: /\bwho (answers|asks|came|comes|connects|polls)\b/i, write: 'the client, the poller, the peer' },
  { word: /\b[Ww]hat (arrives|came|comes|ends|followed|polls)\b/, write: 'the noun that is meant' },
  { word: /\bthe way\b/i, write: 'the path, the route, the network; or how' },
  { word: /\bon the way\b/i, write: 'in between, in transit' },
  { word: /\bso (many|far)\b/i, write: 'the number; until now' },
  { word: /\banew\b/i, write: 'again' },
  { word: /\bis no (?!longer\b)[a-z]/i, write: 'is not a ...; there is no ...' },
  { word: /\bstands\b(?! in )/i, write: 'is' },
  { word: /\b(tells|told)\b/i, write: 'shows, says' },
  { word: /\bends TLS\b/i, write: 'terminates TLS' },
  { word: /\bwithout a word\b/i, write: 'without replying' },
  { word: /\bgives\b/i, write: 'returns, prints, offers' },
  { word: /\b(comes|came) (to|of|about)\b/i, write: 'is, becomes, results in' },
  { word: /\bat first sight\b/i, write: 'on first use' },
  { word: /\bmakes\b/i, write: 'creates' },
  // A number and its noun agree, and a unit is set apart from its number.
  { word: /\b1 (addresses|attempts|bytes|calls|connections|messages|requests|times)\b/, write: 'the singular' },
  { word: /[a-z]\(s\)/, write: 'a noun that agrees with its number' },
  { word: /\$\{[^{}]*\}(ms|us|KB|MB|GB)\b/, write: 'a space before the unit, by the formatter of units' },
];

interface Hit {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly write: string;
}

/** Each line that has an unused word, comments and doc comments included. */
function hitsIn(file: string, text: string): Hit[] {
  return text.split('\n').flatMap((line, i) => {
    const found = UNUSED.find(({ word }) => word.test(line));
    return found === undefined ? [] : [{ file, line: i + 1, text: line.trim(), write: found.write }];
  });
}

function isExcepted({ file, text }: Hit, { files, phrase }: Exception): boolean {
  return files.test(file) && phrase.test(text);
}

const files = [
  ...filesBelow('packages', /\.(ts|md)$/),
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('deploy', /\.(?:md|ya?ml|service|timer|mjs|xml)$|^Dockerfile$/),
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
];

describe('plain English', () => {
  const hits = files.flatMap((file) => hitsIn(file, readFileSync(join(ROOT, file), 'utf8')));

  it('has none of the unused words, in sources, README and docs', () => {
    const left = hits.filter((hit) => !EXCEPTIONS.some((exception) => isExcepted(hit, exception)));
    expect(left.map(({ file, line, text, write }) => `${file}:${line}: ${text}  [write: ${write}]`)).toEqual([]);
  });

  it.each(EXCEPTIONS)('needs the exception for $phrase', (exception) => {
    expect(hits.some((hit) => isExcepted(hit, exception))).toBe(true);
  });

  it('is checked by a search that finds what it looks for', () => {
    expect(hitsIn('a', 'Nobody knows the way.\nAll is well.\nIt is no Tentacle.')).toMatchObject([
      { line: 1 },
      { line: 3 },
    ]);
  });
});
