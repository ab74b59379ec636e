import { UsageError } from 'tentacle-protocol/cli';
import { catalogue, endings, knownMessages, warningIds } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { describeUnknownId } from './describe-unknown-id.js';
import { findId } from './find-id.js';

const explained = [...new Set<string>([...catalogue, ...knownMessages, ...endings].map(({ id }) => id))];
const all = [...new Set<string>([...explained, ...warningIds])];

/** One typing error, in the stage or in the name. */
const TYPOS: readonly ((id: string) => string)[] = [
  (id) => id.slice(0, -1),
  (id) => `${id}s`,
  (id) => `${id[1] ?? ''}${id[0] ?? ''}${id.slice(2)}`,
  (id) => id.replace('.', '-'),
  (id) => id.toUpperCase(),
];

it.each(explained)('%s is explained', async (id) => {
  expect(await findId(id)).toBeDefined();
});

it.each(warningIds.filter((id) => !explained.includes(id)))('%s is a warning, which its report explains', (id) => {
  expect(describeUnknownId(id)?.message).toContain(`"${id}" is the id of a warning`);
});

it.each(all.filter((id) => id.includes('.')))('%s is suggested for its misspellings', (id) => {
  for (const typo of TYPOS.map((of) => of(id)).filter((word) => word !== id && !all.includes(word))) {
    const error = describeUnknownId(typo);
    expect(error, typo).toBeInstanceOf(UsageError);
    expect(error?.message, typo).toMatch(/did you mean /);
    // Where another id is as close, as tcp.reset and tls.reset are to txx.reset, both are named.
    if (!error?.message.includes(' or ')) expect(error?.message, typo).toContain(`did you mean ${id}?`);
  }
});

describe('a text that is not an id', () => {
  it.each([
    '',
    'timeout',
    'web01.example.com',
    '192.0.2.1:10933',
    'No such host is known',
    'ECONNREFUSED',
    'x'.repeat(99),
  ])('%j', (text) => {
    expect(describeUnknownId(text)).toBeUndefined();
  });

  it('with a known stage: the ids of that stage', () => {
    expect(describeUnknownId('tcp.entirely-different')?.message).toContain('tcp.refused, ');
  });
});
