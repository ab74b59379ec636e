import { describe, expect, it } from 'vitest';
import { STAGES } from '../trace.js';
import { catalogue, type FailureId, failureDefinition } from './catalogue.js';
import { classify } from './classify.js';
import { describeFailure } from './describe-failure.js';
import { failureOf } from './evidence.js';
import { EXAMPLE_FACTS, exampleSignature, type FailureDefinition, type Observation } from './failure-definition.js';
import { durationText } from './wording.js';
import { failureVerdict } from './verdict.js';

/** All text of a row that people read, for this observation. */
function textsOf(row: FailureDefinition<FailureId>, observation: Observation): string[] {
  const { title, explanation: means, remediation: next, diagnosis: certainty } = describeFailure(row.id, observation);
  return [
    title,
    means,
    ...next.flatMap(({ who, action, windows, linux }) => [
      who,
      action,
      ...[windows, linux].flatMap((commands) => commands?.split('\n') ?? []),
    ]),
    ...row.octopusLogMessages,
    ...(certainty.kind === 'ambiguous' ? [...certainty.causes, certainty.howToTell] : []),
  ];
}

const rows = catalogue.map((row) => [row.id, row] as const);

describe('the catalogue', () => {
  it('has each id once', () => {
    const ids = catalogue.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(STAGES)('has for %s a last row that matches anything', (stage) => {
    const last = catalogue.findLast((row) => row.stage === stage);
    expect(last?.id).toBe(`${stage}.other`);
    expect(classify({ signature: exampleSignature(stage, 'E_NOBODY_KNOWS'), facts: EXAMPLE_FACTS })).toBe(last);
  });

  it.each(STAGES)('never blames the network for a bug of this tool at %s', (stage) => {
    const bug = { signature: exampleSignature(stage, 'OWN_BUG', { bug: 'x' }), facts: EXAMPLE_FACTS };
    expect(failureOf(bug)).toMatchObject({ id: 'internal.bug', shownAt: stage, evidence: { bug: 'x' } });
  });

  it('finds rows by id, and throws for an unknown id', () => {
    expect(failureDefinition('tcp.refused').id).toBe('tcp.refused');
    expect(() => failureDefinition('tcp.nothing' as 'tcp.refused')).toThrow(RangeError);
  });

  describe.each(rows)('%s', (id, row) => {
    it('classifies its own example', () => {
      expect(classify(row.example).id).toBe(id);
      expect(row.shownAt).toContain(row.example.signature.shownAt);
    });

    it('has an id that begins with its stage', () => {
      expect(id).toMatch(/^[a-z]+\.[a-z]+(-[a-z0-9]+)*$/);
      expect(id.split('.')[0]).toBe(row.stage);
    });

    it('has readable texts', () => {
      for (const text of textsOf(row, row.example)) {
        expect(text.trim()).toBe(text);
        expect(text).not.toBe('');
        expect(text).not.toMatch(/undefined|\[object|NaN|\bnull\b/);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    });

    it('has a one-line title', () => {
      expect(row.title.length).toBeLessThanOrEqual(60);
      expect(row.title).not.toMatch(/\.$/);
    });

    it('names who takes each step', () => {
      const steps = describeFailure(id, row.example).remediation;
      expect(steps.length).toBeGreaterThan(0);
      const actors = ['server-admin', 'tentacle-admin', 'network-team', 'dns-owner', 'you'];
      for (const step of steps) expect(actors).toContain(step.who);
    });

    it('names at least two causes where there are several, and how to tell them apart', () => {
      const { diagnosis: certainty } = describeFailure(id, row.example);
      if (certainty.kind === 'ambiguous') {
        expect(new Set(certainty.causes).size).toBeGreaterThanOrEqual(2);
        expect(certainty.howToTell.length).toBeGreaterThan(20);
      }
      expect(certainty.kind === 'unknown').toBe(id.endsWith('.other'));
    });

    it('says what would make it false where it is certain', () => {
      const { diagnosis } = describeFailure(id, row.example);
      // A bug of this tool is that by definition.
      if (diagnosis.kind !== 'conclusive' || id === 'internal.bug') return;
      expect(diagnosis.unless ?? '').toMatch(/^\S.{20,}[^.]$/);
    });

    it('converts to plain JSON and to a verdict with the same text', () => {
      const failure = failureOf(row.example);
      expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
      expect(failure.evidence.code).toBe(row.example.signature.code);
      const verdict = failureVerdict(id, row.example, 3, { sent: 10, ok: 7, failed: 3 });
      expect(verdict).toMatchObject({ id, title: row.title, certainty: describeFailure(id, row.example).diagnosis });
      expect(verdict.means).toMatch(/\b3 of 10\b.*\b7\b/);
      expect(failureVerdict(id, row.example, 10, { sent: 10, ok: 0, failed: 10 }).means).toBe(
        describeFailure(id, row.example).explanation,
      );
    });
  });
});

describe('text that a peer controls', () => {
  const evil = 'one\r\ntwo\x1b[2J\u202ethree\u0000';

  it.each([
    [
      'an error of the service',
      exampleSignature('rpc', 'SERVER_ERROR', { serverError: { message: evil, details: evil } }),
    ],
    [
      'a service that is not found',
      exampleSignature('rpc', 'SERVER_ERROR', {
        serverError: { message: `Service not found: ${evil}`, details: null },
      }),
    ],
    ['a page', exampleSignature('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(`HTTP/1.1 400 ${evil}`) })],
    ['a banner', exampleSignature('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(`SSH-2.0-${evil}`) })],
    ['anything', exampleSignature('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(evil) })],
    ['another role', exampleSignature('identity', 'IDENTITY_UNEXPECTED_ROLE', { received: Buffer.from(evil) })],
    [
      'half an identity',
      exampleSignature('identity', 'END_OF_STREAM', { received: Buffer.from(evil), receivedBytes: 9 }),
    ],
    ['a bug of this tool', exampleSignature('rpc', 'OWN_BUG', { bug: evil })],
  ])('is reduced to one printable line: %s', (_, signature) => {
    const observation = { signature, facts: EXAMPLE_FACTS };
    for (const text of textsOf(classify(observation), observation)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is reduced to one printable line: a certificate', () => {
    const peerCertificate = {
      thumbprint: 'C'.repeat(40),
      subject: evil,
      issuer: evil,
      selfSigned: false,
      keyType: 'rsa',
      keyBits: 2048,
      signatureAlgorithm: 'sha256WithRSAEncryption',
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2126-01-01T00:00:00Z',
      serial: '01',
    };
    const facts = { ...EXAMPLE_FACTS, expectedThumbprint: 'A'.repeat(40), peerCertificate };
    const observation = { signature: exampleSignature('trust', 'UNEXPECTED_THUMBPRINT'), facts };
    for (const text of textsOf(classify(observation), observation)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is reduced to one printable line: first bytes', () => {
    for (const firstBytes of [`HTTP/1.1 400 ${evil}`, `SSH-2.0-${evil}`, evil].map((text) => Buffer.from(text))) {
      const observation = {
        signature: exampleSignature('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
        facts: { ...EXAMPLE_FACTS, firstBytes },
      };
      expect(classify(observation).id).toBe('tls.not-tls');
      for (const text of textsOf(classify(observation), observation)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('classify', () => {
  const tls = (code: string, firstBytes?: Buffer, elapsedUs = 5000) =>
    classify({
      signature: exampleSignature('tls', code, { elapsedUs }),
      facts: { ...EXAMPLE_FACTS, ...(firstBytes === undefined ? {} : { firstBytes }) },
    }).id;

  it('accepts any peer that sends TLS records as one that speaks TLS', () => {
    expect(tls('ERR_SSL_WRONG_VERSION_NUMBER', Buffer.from('16030300', 'hex'))).toBe('tls.other');
    expect(tls('ERR_SSL_WRONG_VERSION_NUMBER', Buffer.from('HTTP/1.1 400'))).toBe('tls.not-tls');
    expect(tls('ERR_SSL_WRONG_VERSION_NUMBER')).toBe('tls.not-tls');
  });

  it.each(['TLS_CLOSED', 'TLS_TIMEOUT', 'ECONNRESET'])(
    'recognizes another protocol, however the handshake ended: %s',
    (code) => {
      expect(tls(code, Buffer.from('220 mail.example ESMTP\r\n'))).toBe('tls.not-tls');
      expect(tls(code, Buffer.from('15030300020228', 'hex'))).not.toBe('tls.not-tls');
      expect(tls(code, Buffer.alloc(0))).not.toBe('tls.not-tls');
    },
  );

  it.each([
    ['tcp', 'ENETUNREACH', 1_000, 'tcp.no-route'],
    ['tcp', 'EHOSTUNREACH', 3_070_000, 'tcp.host-down'],
    ['tcp', 'EHOSTUNREACH', 4_000, 'tcp.rejected'],
    ['dns', 'EAI_AGAIN', 12_000, 'dns.servfail'],
    ['dns', 'EAI_AGAIN', 1_001_000, 'dns.timeout'],
  ] as const)('uses time as evidence: at %s %s after %i us', (stage, code, elapsedUs, id) => {
    const observation = { signature: exampleSignature(stage, code, { elapsedUs }), facts: EXAMPLE_FACTS };
    expect(classify(observation).id).toBe(id);
  });
});

describe('timeouts', () => {
  it.each([
    ['tcp', 'tcp.timeout'],
    ['tls', 'tls.silent'],
    ['identity', 'identity.timeout'],
    ['rpc', 'rpc.timeout'],
  ] as const)('of the system count like those of this tool: at %s', (stage, id) => {
    expect(classify({ signature: exampleSignature(stage, 'ETIMEDOUT'), facts: EXAMPLE_FACTS }).id).toBe(id);
  });
});

describe('a duration as text', () => {
  it.each([
    [0, '0 ms'],
    [499, '0 ms'],
    [1500, '2 ms'],
    [999_499, '999 ms'],
    [999_999, '1 s'],
    [1_000_000, '1 s'],
    [3_070_000, '3.1 s'],
    [60_000_000, '60 s'],
  ])('writes %i us as %s', (us, text) => {
    expect(durationText(us)).toBe(text);
  });
});
