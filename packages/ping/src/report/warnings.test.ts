import { describe, expect, it } from 'vitest';
import type { IdleProbe } from './idle-report.js';
import type { AttemptRecord } from './attempt-record.js';
import { collectWarnings, idleWarnings, lossWarnings } from './warnings.js';

type ReportInput = Parameters<typeof collectWarnings>[0];

const certificate = {
  thumbprint: 'A'.repeat(40),
  subject: 'CN=Octopus Tentacle',
  issuer: 'CN=Octopus Tentacle',
  selfSigned: true,
  keyType: 'rsa',
  keyBits: 2048,
  signatureAlgorithm: 'sha256WithRSAEncryption',
  notBefore: '2020-01-01T00:00:00.000Z',
  notAfter: '2120-01-01T00:00:00.000Z',
  serial: '01',
};

function reportWith(more: Partial<ReportInput> = {}, peer: Partial<ReportInput['peer']> = {}): ReportInput {
  return {
    target: { host: 'web01', port: 10933 },
    proxy: { used: false },
    stages: {},
    peer: { kind: 'tentacle', ownThumbprint: 'B'.repeat(40), certificate, cipher: 'TLS_AES_256_GCM_SHA384', ...peer },
    records: [],
    endedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

function stage(p50Us: number): NonNullable<ReportInput['stages']['dns']> {
  return { count: 9, minUs: 1, meanUs: p50Us, p50Us, p90Us: p50Us, p99Us: p50Us, maxUs: p50Us, histogram: '' };
}

function record(number: number, totalUs: number, outcome: AttemptRecord['outcome'] = 'ok'): AttemptRecord {
  const stages = [{ stage: 'rpc', durationUs: totalUs }] as const;
  return { number, startedAt: '2026-01-01T00:00:00.000Z', outcome, reused: true, stages, totalUs };
}

const ids = (report: ReportInput): string[] => collectWarnings(report).map(({ id }) => id);

describe('warnings of a report', () => {
  it('are none where nothing is unusual', () => {
    const stages = { dns: stage(400_000), tls: stage(1_500_000) };
    expect(ids(reportWith({ stages, records: Array.from({ length: 50 }, (_, i) => record(i, 20_000 + i)) }))).toEqual(
      [],
    );
  });

  it.each([
    ['dns.slow', reportWith({ stages: { dns: stage(3_000_000) } })],
    ['tls.slow', reportWith({ stages: { tls: stage(2_800_000) } })],
    ['cert.sha1', reportWith({}, { certificate: { ...certificate, signatureAlgorithm: 'sha1WithRSAEncryption' } })],
    ['cert.weak-key', reportWith({}, { certificate: { ...certificate, keyBits: 1024 } })],
    ['cert.expired', reportWith({}, { certificate: { ...certificate, notAfter: '2025-12-31T00:00:00.000Z' } })],
    ['clock.skew', reportWith({}, { certificate: { ...certificate, notBefore: '2026-01-02T00:00:00.000Z' } })],
    [
      'trust.issued-certificate',
      reportWith({}, { certificate: { ...certificate, selfSigned: false, issuer: 'CN=Proxy' } }),
    ],
    ['tls.weak-suite', reportWith({}, { cipher: 'TLS_RSA_WITH_AES_256_CBC_SHA' })],
    ['tls.weak-suite', reportWith({}, { cipher: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384' })],
    ['tls.unusual-suite', reportWith({}, { cipher: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256' })],
    [
      'path.loss',
      reportWith({ records: Array.from({ length: 30 }, (_, i) => record(i, i % 5 === 0 ? 209_000 : 2_000)) }),
    ],
    ['path.stale-connection', reportWith({ records: [1, 2, 3, 4].map((n) => record(n, n > 2 ? 60_900_000 : 2_000)) })],
  ])('%s', (id, report) => {
    const [warning, ...more] = collectWarnings(report);
    expect(more).toEqual([]);
    expect(warning?.id).toBe(id);
    for (const text of [warning?.text ?? '', warning?.next ?? '']) {
      expect(text).toMatch(/^[A-Z0-9].*\.$|^[A-Z].*\)\.$/);
      expect(text).not.toMatch(/undefined|NaN|[^ -~]/);
    }
  });

  it('name the loss of the first packet of every connection', () => {
    expect(lossWarnings({ tcp: [1_003_000, 1_001_000, 3_005_000] })).toMatchObject([{ id: 'path.first-packet-lost' }]);
  });

  it('name the stage that shows loss most', () => {
    const tcp = Array.from({ length: 20 }, (_, i) => (i < 2 ? 1_010_000 : 900));
    const rpc = Array.from({ length: 20 }, (_, i) => (i < 8 ? 207_000 : 1_100));
    expect(lossWarnings({ tcp, rpc })[0]?.text).toMatch(/\b8 of 20\b.*\ba call\b/);
  });
});

describe('calls after idleness', () => {
  const probe = (idleUs: number, checkUs: number, outcome: 'ok' | 'idle.silent' = 'ok'): IdleProbe => ({
    number: 1,
    spanUs: idleUs,
    startedAt: '2026-01-01T00:00:00.000Z',
    outcome,
    idleUs,
    checkUs,
  });

  it('that took long and were answered are reported, with the shortest idle time', () => {
    const found = idleWarnings([
      probe(90e6, 3e6),
      probe(5e6, 2000),
      probe(60e6, 1.2e6),
      probe(70e6, 1e7, 'idle.silent'),
    ]);
    expect(found).toMatchObject([{ id: 'idle.slow' }]);
    expect(found[0]?.text).toContain('2 calls');
    expect(found[0]?.text).toMatch(/\b1\.2 s\b.*\b60 s\b/);
  });

  it('that were answered at once are not', () => {
    expect(idleWarnings([probe(90e6, 3000)])).toEqual([]);
  });
});
