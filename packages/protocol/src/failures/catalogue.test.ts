import { describe, expect, it } from 'vitest';
import { STAGES } from '../trace.js';
import { catalogue, type FailureId, rowOf } from './catalogue.js';
import { classify } from './classify.js';
import { describeFailure } from './describe-failure.js';
import { failureOf } from './evidence.js';
import { LEVELS_MEASURED, type MeasuredLevel } from './levels.js';
import { EXAMPLE_FACTS, exampleSymptom, type Row, type Sighting, span } from './row.js';
import { failureVerdict, nothingMeasured, okVerdict } from './verdicts.js';

/** All text of a row that people read, for this sighting. */
function textsOf(row: Row<FailureId>, sighting: Sighting): string[] {
  const { title, means, next, certainty } = describeFailure(row.id, sighting);
  return [
    title,
    means,
    ...next.flatMap(({ who, action, windows, linux }) => [
      who,
      action,
      ...[windows, linux].filter((command) => command !== undefined),
    ]),
    ...row.octopusSays,
    ...(certainty.kind === 'one-of' ? [...certainty.causes, certainty.test] : []),
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
    expect(classify({ symptom: exampleSymptom(stage, 'E_NOBODY_KNOWS'), facts: EXAMPLE_FACTS })).toBe(last);
  });

  it.each(STAGES)('never blames the network for a bug of this tool at %s', (stage) => {
    const bug = { symptom: exampleSymptom(stage, 'OWN_BUG', { bug: 'x' }), facts: EXAMPLE_FACTS };
    expect(failureOf(bug)).toMatchObject({ id: 'internal.bug', shownAt: stage, evidence: { bug: 'x' } });
  });

  it('finds rows by id, and throws for an unknown id', () => {
    expect(rowOf('tcp.refused').id).toBe('tcp.refused');
    expect(() => rowOf('tcp.nothing' as 'tcp.refused')).toThrow(RangeError);
  });

  describe.each(rows)('%s', (id, row) => {
    it('classifies its own example', () => {
      expect(classify(row.example).id).toBe(id);
      expect(row.shownAt).toContain(row.example.symptom.shownAt);
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
      const steps = describeFailure(id, row.example).next;
      expect(steps.length).toBeGreaterThan(0);
      const actors = ['server-admin', 'tentacle-admin', 'network-team', 'dns-owner', 'you'];
      for (const step of steps) expect(actors).toContain(step.who);
    });

    it('names at least two causes where there are several, and how to tell them apart', () => {
      const { certainty } = describeFailure(id, row.example);
      if (certainty.kind === 'one-of') {
        expect(new Set(certainty.causes).size).toBeGreaterThanOrEqual(2);
        expect(certainty.test.length).toBeGreaterThan(20);
      }
      expect(certainty.kind === 'unknown').toBe(id.endsWith('.other'));
    });

    it('converts to plain JSON and to a verdict with the same text', () => {
      const failure = failureOf(row.example);
      expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
      expect(failure.evidence.code).toBe(row.example.symptom.code);
      const verdict = failureVerdict(id, row.example, 3, { sent: 10, ok: 7, failed: 3 });
      expect(verdict).toMatchObject({ id, title: row.title, certainty: describeFailure(id, row.example).certainty });
      expect(verdict.means).toMatch(/\b3 of 10\b.*\b7\b/);
      expect(failureVerdict(id, row.example, 10, { sent: 10, ok: 0, failed: 10 }).means).toBe(
        describeFailure(id, row.example).means,
      );
    });
  });

  it('has a verdict for success too', () => {
    for (const level of Object.keys(LEVELS_MEASURED) as MeasuredLevel[]) {
      const { id, means } = okVerdict({ sent: 3, ok: 3, failed: 0 }, level);
      expect(id).toBe('ok');
      expect(means).toContain(LEVELS_MEASURED[level].measured);
    }
    expect(nothingMeasured().id).toBe('nothing-measured');
  });
});

describe('text that a peer controls', () => {
  const evil = 'one\r\ntwo\x1b[2J\u202ethree\u0000';

  it.each([
    [
      'an error of the service',
      exampleSymptom('rpc', 'SERVER_ERROR', { serverError: { message: evil, details: evil } }),
    ],
    [
      'a service that is not found',
      exampleSymptom('rpc', 'SERVER_ERROR', { serverError: { message: `Service not found: ${evil}`, details: null } }),
    ],
    ['a page', exampleSymptom('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(`HTTP/1.1 400 ${evil}`) })],
    ['a banner', exampleSymptom('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(`SSH-2.0-${evil}`) })],
    ['anything', exampleSymptom('identity', 'IDENTITY_UNKNOWN', { received: Buffer.from(evil) })],
    ['another role', exampleSymptom('identity', 'IDENTITY_UNEXPECTED_ROLE', { received: Buffer.from(evil) })],
    [
      'half an identity',
      exampleSymptom('identity', 'END_OF_STREAM', { received: Buffer.from(evil), receivedBytes: 9 }),
    ],
    ['a bug of this tool', exampleSymptom('rpc', 'OWN_BUG', { bug: evil })],
  ])('is reduced to one printable line: %s', (_, symptom) => {
    const sighting = { symptom, facts: EXAMPLE_FACTS };
    for (const text of textsOf(classify(sighting), sighting)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
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
    const sighting = { symptom: exampleSymptom('trust', 'UNEXPECTED_THUMBPRINT'), facts };
    for (const text of textsOf(classify(sighting), sighting)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('is reduced to one printable line: first bytes', () => {
    for (const firstBytes of [`HTTP/1.1 400 ${evil}`, `SSH-2.0-${evil}`, evil].map((text) => Buffer.from(text))) {
      const sighting = {
        symptom: exampleSymptom('tls', 'ERR_SSL_WRONG_VERSION_NUMBER'),
        facts: { ...EXAMPLE_FACTS, firstBytes },
      };
      expect(classify(sighting).id).toBe('tls.not-tls');
      for (const text of textsOf(classify(sighting), sighting)) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('classify', () => {
  const tls = (code: string, firstBytes?: Buffer, elapsedUs = 5000) =>
    classify({
      symptom: exampleSymptom('tls', code, { elapsedUs }),
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
    const sighting = { symptom: exampleSymptom(stage, code, { elapsedUs }), facts: EXAMPLE_FACTS };
    expect(classify(sighting).id).toBe(id);
  });
});

describe('timeouts', () => {
  it.each([
    ['tcp', 'tcp.timeout'],
    ['tls', 'tls.silent'],
    ['identity', 'identity.timeout'],
    ['rpc', 'rpc.timeout'],
  ] as const)('of the system count like those of this tool: at %s', (stage, id) => {
    expect(classify({ symptom: exampleSymptom(stage, 'ETIMEDOUT'), facts: EXAMPLE_FACTS }).id).toBe(id);
  });
});

describe('span', () => {
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
    expect(span(us)).toBe(text);
  });
});
