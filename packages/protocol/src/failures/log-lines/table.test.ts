import { describe, expect, it } from 'vitest';
import { catalogue } from '../catalogue.js';
import { findLogLine } from './find.js';
import { logLineOf, logLines } from './table.js';

/** What may stand in a command that a reader pastes into a shell: nothing of it comes from a log but hosts and numbers. */
const EVERYTHING_SEEN = {
  host: 'web01.example',
  port: '10933',
  client: '10.1.2.3:51234',
  thumbprint: 'A'.repeat(40),
  proxyHost: 'proxy.example',
  proxyPort: '8080',
  subscription: 'abc',
  detail: '40',
};

describe.each(logLines.map((row) => [row.id, row] as const))('%s', (id, row) => {
  it('knows its own example', () => {
    expect(findLogLine(row.example)?.row.id).toBe(id);
  });

  it('is written for people: ASCII, with something to do', () => {
    const texts = [row.text, row.means, ...row.causes.map(({ text }) => text)];
    for (const seen of [{}, EVERYTHING_SEEN]) {
      const steps = row.next(seen);
      expect(steps.length).toBeGreaterThan(0);
      texts.push(...steps.flatMap(({ action, windows, linux }) => [action, windows ?? '', linux ?? '']));
    }
    for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(texts.join(' ')).not.toMatch(/undefined|\[object/);
    expect(row.means).toMatch(/^[A-Z'"].*[.)]$/);
    expect(row.causes.length).toBeGreaterThan(0);
  });

  it('takes linear time: every repetition in its expressions has a bound, and none is inside another', () => {
    const patterns = row.patterns.flatMap((pattern) => (typeof pattern === 'string' ? [] : [pattern.regex]));
    for (const { source, flags } of [...patterns, ...(row.captures ?? [])]) {
      expect(source.replaceAll(/\[(?:\\.|[^\]\\])*\]/g, '[]')).not.toMatch(/(?<!\\)[*+]|\{\d+,\}|\)\{/);
      expect(flags).not.toMatch(/[gy]/);
    }
    for (const { source, flags } of patterns) expect([source, flags]).toEqual([source.toLowerCase(), '']);
  });
});

describe('the table', () => {
  it('has ids that no failure has, each once', () => {
    const ids = [...logLines.map(({ id }) => id), ...catalogue.map(({ id }) => id)];
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const { id } of logLines) expect(id).toMatch(/^[a-z]+\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(logLineOf('tcp.actively-refused')?.tells).toBe('network');
    expect(logLineOf('tcp.refused')).toBeUndefined();
  });

  it.each(catalogue.flatMap(({ id, octopusSays }) => octopusSays.map((text) => [id, text] as const)))(
    'knows what Octopus says of %s: %s',
    (_, text) => {
      const line = `An error occurred when sending a request to 'https://web01:10933/', before the request could begin: ${text}`;
      const known = findLogLine(line)?.row.id !== 'rpc.failed-before-request';
      const isPartOfKnown = logLines.some((row) => row.text.includes(text));
      expect(known || isPartOfKnown).toBe(true);
    },
  );
});
