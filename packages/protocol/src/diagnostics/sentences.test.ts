import { describe, expect, it } from 'vitest';
import type { ConnectionFacts } from '../trace.js';
import { catalogue, type FailureId } from './catalogue.js';
import { findings } from './checks/findings.js';
import { describeFailure } from './describe-failure.js';
import { endings } from './endings.js';
import type { FailureDefinition } from './failure-definition.js';
import { describeMessage } from './known-messages/describe-message.js';
import type { LogOrigin } from './known-messages/log-origin.js';
import { knownMessages } from './known-messages/table.js';
import { type WarningId, warningOf, type WarningValues } from './warnings.js';

/** More words than these in one sentence have to be read twice. */
const WORDS_MAX = 25;

const TITLE_MAX = 60;

/** A quotation counts as one word, as a URL, a command line option or a thumbprint does. */
function countWords(sentence: string): number {
  return sentence
    .replaceAll(/"[^"]*"/g, 'quotation')
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length;
}

/** The sentences of a text that are too long, each with its number of words. */
function longSentences(text: string): string[] {
  return text
    .split(/(?<=[.?!:]["')]?)\s+(?=[A-Z"(\d]|tentacle-)/)
    .map((sentence) => `${countWords(sentence)}: ${sentence}`)
    .filter((counted) => Number.parseInt(counted, 10) > WORDS_MAX);
}

/** The facts that make each direction. */
const DIRECTIONS: readonly Partial<ConnectionFacts>[] = [
  {},
  { host: 'octopus.example', port: 10943, peerRole: 'server', subscription: 'poll://abcdefghij0123456789/' },
  { host: '192.0.2.7', port: 10943, peerRole: 'poller' },
  { host: 'octopus.example', port: 443, peerRole: 'portal' },
];

const SPAN = { count: 3, firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-01T00:00:02.000Z' };

/** The failure of all attempts, or of some: before the others, after them, or in between. */
const PARTS: readonly Partial<ConnectionFacts>[] = [
  {},
  ...(['before', 'after', 'mixed'] as const).map((order) => ({ otherAttempts: { failed: SPAN, passed: SPAN, order } })),
];

/** The origins that a log line can have. */
const ORIGINS: readonly LogOrigin[] = [
  {},
  { product: 'tentacle', mode: 'listening' },
  { product: 'tentacle', mode: 'polling' },
  { product: 'tentacle', mode: 'polling', isContainer: true },
  { product: 'server', mode: 'listening' },
  { product: 'server', mode: 'polling' },
  { carries: 'rest' },
  { carries: 'grpc' },
];

function textsOf({ id, example }: FailureDefinition<FailureId>): string[] {
  return DIRECTIONS.flatMap((direction) => PARTS.map((part) => ({ ...direction, ...part }))).flatMap((more) => {
    const facts = { ...example.facts, ...more };
    const { title, explanation, diagnosis, remediation } = describeFailure(id, { ...example, facts });
    const causes = diagnosis.kind === 'ambiguous' ? [...diagnosis.causes, diagnosis.howToTell] : [];
    const unless = diagnosis.kind === 'conclusive' ? [`This is certain, unless ${diagnosis.unless ?? ''}.`] : [];
    return [title, explanation, ...causes, ...unless, ...remediation.map(({ action }) => action)];
  });
}

const WARNING_EXAMPLES: { readonly [Id in WarningId]: WarningValues<Id> } = {
  'dns.slow': [{ host: 'tentacle.example', durationUs: 1_000_000 }],
  'dns.failing-address': [
    {
      host: 'web01.example',
      port: 10933,
      failed: [{ address: '192.0.2.20', code: 'EHOSTUNREACH', elapsedUs: 3_070_000 }],
      accepted: '192.0.2.10',
    },
  ],
  'dns.local-address': [{ host: 'web01.example', address: '127.0.0.1' }],
  'proxy.slow': [{ proxy: 'proxy.example:3128', durationUs: 1_000_000 }],
  'tls.slow': [{ durationUs: 1_000_000 }],
  'tls.old-versions': [{ versions: ['TLS 1.0', 'TLS 1.1'] }],
  'tls.weak-suite': [{ cipher: 'TLS_RSA_WITH_AES_128_CBC_SHA' }],
  'tls.unusual-suite': [{ cipher: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256' }],
  'tls.group': [],
  'cert.own-weak-key': [{ keyBits: 1024 }],
  'cert.own-sha1': [{ signatureAlgorithm: 'sha1WithRSAEncryption' }],
  'tls.below-minimum': [{ lacking: ['TLS 1.2', 'secp256r1'] }],
  'tls.unrecognized-name': [{ host: 'tentacle.example', without: 'differs' }],
  'trust.several-certificates': [{ where: 'one-address' }],
  'trust.issued-certificate': [{ issuer: 'CN=Example' }],
  'trust.proxy-inspects': [{ directly: 'A'.repeat(40), throughProxy: null }],
  'trust.client-certificate-changed': [{ arrived: null }],
  'trust.tls-remade': [{ ours: 'TLS 1.3', theirs: 'TLS 1.2' }],
  'page.octopus-server': [],
  'cert.sha1': [{ signatureAlgorithm: 'sha1WithRSAEncryption' }],
  'cert.weak-key': [{ keyBits: 1024 }],
  'cert.expired': [{ notAfter: '2026-01-01T00:00:00Z' }],
  'clock.skew': [{ notBefore: '2026-01-01T00:00:00Z' }],
  'path.loss': [{ slow: 2, of: 100, what: 'connecting', byUs: 1_000_000 }],
  'path.first-packet-lost': [{ of: 20, byUs: 1_000_000 }],
  'idle.slow': [{ slow: 2, idleUs: 300_000_000, checkUs: 2_000_000 }],
  'path.stale-connection': [{ slow: 2, of: 100 }],
};

describe(`the texts have at most ${WORDS_MAX} words in a sentence`, () => {
  it.each(catalogue.map((row) => [row.id, row] as const))('failure %s', (_, row) => {
    expect(textsOf(row).flatMap(longSentences)).toEqual([]);
    expect(row.title.length).toBeLessThanOrEqual(TITLE_MAX);
  });

  it.each(endings.map((ending) => [ending.id, ending] as const))('ending %s', (_, { title, means, example }) => {
    const texts = (['tentacle', 'server'] as const).map((role) => means({ ...example, role }));
    expect(texts.flatMap(longSentences)).toEqual([]);
    expect(title.length).toBeLessThanOrEqual(TITLE_MAX);
  });

  it.each(knownMessages.map((row) => [row.id, row] as const))('known message %s', (_, row) => {
    const texts = ORIGINS.flatMap((origin) => {
      const { means, causes, next } = describeMessage(row, { origin });
      return [means, ...causes.map(({ text }) => text), ...next.map(({ action }) => action)];
    });
    expect(texts.flatMap(longSentences)).toEqual([]);
  });

  it.each(Object.keys(WARNING_EXAMPLES) as WarningId[])('warning %s', (id) => {
    const { text, next } = warningOf(id, ...WARNING_EXAMPLES[id]);
    expect([text, next].flatMap(longSentences)).toEqual([]);
  });

  it.each(findings.map(({ id, example }) => [id, example] as const))('check %s', (_, { title, means = '', next }) => {
    expect([`${title}.`, means, ...next.map(({ action }) => action)].flatMap(longSentences)).toEqual([]);
  });

  it('finds a sentence that is too long, and counts a quotation as one word', () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
    expect(longSentences(`Check this: ${words(26)}. Check that.`)).toHaveLength(1);
    expect(longSentences(`${words(25)}. Check ${words(24)}.`)).toEqual([]);
    expect(longSentences(`Check "${words(30)}" in the log.`)).toEqual([]);
  });
});
