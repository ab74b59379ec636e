import { describe, expect, it } from 'vitest';
import { catalogue } from '../catalogue.js';
import { findKnownMessage } from './find-known-message.js';
import { describeMessage } from './describe-message.js';
import { readOrigin } from './log-origin.js';
import { knownMessage, knownMessages } from './table.js';

/** Captured values for the steps; of these, a command contains only hosts and numbers. */
const ALL_CAPTURED = {
  host: 'web01.example',
  port: '10933',
  client: '10.1.2.3:51234',
  thumbprint: 'A'.repeat(40),
  proxyHost: 'proxy.example',
  proxyPort: '8080',
  subscription: 'abc',
  detail: '40',
};

describe.each(knownMessages.map((row) => [row.id, row] as const))('%s', (id, row) => {
  it('matches its own example', () => {
    expect(findKnownMessage(row.example)?.row.id).toBe(id);
  });

  it('has readable ASCII text, a cause and a step', () => {
    const texts = [row.text];
    for (const seen of [{}, ALL_CAPTURED, { origin: readOrigin(row.example) }]) {
      const { means, causes, next } = describeMessage(row, seen);
      expect(means).toMatch(/^[A-Z'"].*[.)]$/);
      expect(causes.length).toBeGreaterThan(0);
      expect(next.length).toBeGreaterThan(0);
      texts.push(
        means,
        ...causes.map(({ text }) => text),
        ...next.flatMap(({ action, windows, linux }) => [
          action,
          ...[windows, linux].flatMap((commands) => commands?.split('\n') ?? []),
        ]),
      );
    }
    for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(texts.join(' ')).not.toMatch(/undefined|\[object/);
  });

  it('takes linear time: every repetition in its expressions is bounded, and none is nested', () => {
    const patterns = row.patterns.flatMap((pattern) => (typeof pattern === 'string' ? [] : [pattern.regex]));
    for (const { source, flags } of [...patterns, ...(row.captures ?? [])]) {
      expect(source.replaceAll(/\[(?:\\.|[^\]\\])*\]/g, '[]')).not.toMatch(/(?<!\\)[*+]|\{\d+,\}|\)\{/);
      expect(flags).not.toMatch(/[gy]/);
    }
    for (const { source, flags } of patterns) expect([source, flags]).toEqual([source.toLowerCase(), '']);
  });
});

describe('the table', () => {
  it('has unique ids that no failure has', () => {
    const ids = [...knownMessages.map(({ id }) => id), ...catalogue.map(({ id }) => id)];
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const { id } of knownMessages) expect(id).toMatch(/^[a-z]+\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(knownMessage('tcp.actively-refused')?.decidedBy).toBe('network');
    expect(knownMessage('tcp.refused')).toBeUndefined();
  });

  it.each(catalogue.flatMap(({ id, octopusLogMessages }) => octopusLogMessages.map((text) => [id, text] as const)))(
    'recognizes the Octopus message of %s: %s',
    (_, text) => {
      // Every connection leaves it, also one that works: evidence that it arrived, not a failure to explain.
      if (text === 'Accepted TCP client') return;
      const line = `An error occurred when sending a request to 'https://web01:10933/', before the request could begin: ${text}`;
      const isKnown = findKnownMessage(line)?.row.id !== 'rpc.failed-before-request';
      const isPartOfKnown = knownMessages.some((row) => row.text.includes(text));
      expect(isKnown || isPartOfKnown).toBe(true);
    },
  );
});
