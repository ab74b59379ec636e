/** More than three suggestions are a list to read, not a hint. */
const MATCHES_MAX = 3;

/** Beyond this many typing errors another word was meant: two, or a third of a longer word. */
function maxDistance(word: string): number {
  return Math.max(2, Math.floor(word.length / 3));
}

/** The candidates that `word` is probably a misspelling of: the closest ones, at most three. @param limit the most errors. */
export function closestMatches(word: string, candidates: readonly string[], limit = maxDistance(word)): string[] {
  const matches = [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= limit && distance < candidate.length);
  const least = Math.min(...matches.map(({ distance }) => distance));
  return matches
    .filter(({ distance }) => distance === least)
    .slice(0, MATCHES_MAX)
    .map(({ candidate }) => candidate);
}

/** Damerau-Levenshtein distance (optimal string alignment): letters added, left out, replaced, or two swapped. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (beforeLast[j - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
