import { describe, expect, it } from 'vitest';
import type { Report } from '../report/report.js';
import { CertificateMemory } from './certificate-memory.js';
import { ProbeHistory } from './probe-history.js';
import { probeLimitUs } from './scrape-timeout.js';

describe('the history of probes', () => {
  const probe = (isSuccess: boolean, port = 1) => {
    const report = { target: { host: 'web01', port } } as Report;
    return { module: 'm', report, isSuccess, elapsedUs: 1 };
  };

  it('keeps a failure while any number of probes succeeds', () => {
    const history = new ProbeHistory();
    const { number } = history.add(probe(false));
    for (let i = 0; i < 10_000; i++) history.add(probe(true));
    expect(history.get(number)?.isSuccess).toBe(false);
    expect(history.list().length).toBe(101);
    expect(history.list()[0]?.number).toBe(10_001);
  });

  it('keeps a failure of each target, however often others fail', () => {
    const history = new ProbeHistory();
    const { number } = history.add(probe(false, 2));
    for (let i = 0; i < 1000; i++) history.add(probe(false, 1));
    expect(history.get(number)).toBeDefined();
    for (let round = 0; round < 2; round++) for (let port = 1; port <= 300; port++) history.add(probe(false, port));
    const ports = history.list().map(({ report }) => report.target.port);
    expect([ports.length, new Set(ports).size]).toEqual([400, 300]);
  });

  it('is bounded, also with more targets', () => {
    const history = new ProbeHistory();
    for (let i = 0; i < 1000; i++) history.add(probe(false, i));
    expect(history.list().length).toBe(400);
    expect(history.list()[0]?.report.target.port).toBe(999);
  });

  it('is bounded', () => {
    const history = new ProbeHistory();
    for (let i = 0; i < 10_000; i++) history.add(probe(false));
    expect(history.list().length).toBe(400);
  });
});

describe('the memory of certificates', () => {
  it('counts changes, and takes a probe without one for no change', () => {
    const memory = new CertificateMemory();
    const seen = ['A', 'A', undefined, 'B', 'A'].map((thumbprint) => memory.changes('t', thumbprint));
    expect(seen).toEqual([0, 0, 0, 1, 2]);
    expect(memory.changes('other', 'C')).toBe(0);
  });
});

describe('the time limit of a probe', () => {
  it.each([
    [undefined, 9_500_000],
    ['10', 9_500_000],
    ['2.5', 2_000_000],
    ['0.4', 200_000],
    ['0', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['NaN', undefined],
    ['999999999', 3_599_500_000],
  ])('with %s s for the scrape is %s us', (header, limitUs) => {
    expect(probeLimitUs(header)).toBe(limitUs);
  });
});
