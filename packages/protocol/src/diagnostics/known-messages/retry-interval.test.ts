import { describe, expect, it } from 'vitest';
import { describeMessage } from './describe-message.js';
import { findKnownMessage } from './find-known-message.js';
import { knownMessage } from './table.js';

const LINE = (seconds: string) =>
  `2026-03-05 10:15:20.1234   4508     27 ERROR  https://octopus.example:10943/    27  Halibut client exception: An error occurred when sending a request to 'https://octopus.example:10943/', after the request began: Attempted to read past the end of the stream. Retrying in ${seconds} seconds`;

/** The failure that belongs to the first cause that one of these waits leaves. */
function firstCause(...waits: readonly string[]): string | undefined {
  const match = findKnownMessage(LINE(waits[0] ?? ''));
  expect(match?.row.id).toBe('poll.server-closed-after-identity');
  const row = knownMessage('poll.server-closed-after-identity');
  if (row === undefined) throw new Error('no row');
  const details = waits.map((seconds) => `${seconds} seconds`);
  return describeMessage(row, { ...match?.seen, details }).causes[0]?.failure;
}

describe('the wait until the next poll', () => {
  it.each([
    ['the shortest one is a first failure, after a connection that worked', ['5.0'], undefined],
    ['the shortest one again and again is a connection that ends by itself', ['5.0', '5,0'], undefined],
    ['a longer one is one of a series that the server rejects', ['14.2'], 'trust.closed-after-identity'],
    ['growing ones are a series', ['5.0', '14.2', '31.5', '120.0'], 'trust.closed-after-identity'],
  ] as const)('%s', (_, waits, failure) => {
    expect(firstCause(...waits)).toBe(failure);
  });
});
