import { describe, expect, it } from 'vitest';
import { parseReport } from './parse-report.js';
import { PRINTED_REPORT } from './report-fixture.test.support.js';

const parse = (change: object = {}) => parseReport('a.json', { ...PRINTED_REPORT, ...change });

describe('a report', () => {
  it('is parsed, without the options that affect no time', () => {
    expect(parse()).toMatchObject({
      target: { host: 'web01', port: 10933 },
      address: '192.0.2.1',
      peerKind: 'pong',
      plan: { reuse: 'true', concurrency: '4' },
      outcomes: { ok: 1 },
      warnings: ['path.proxy'],
      attemptSequence: [{ ok: true, stagesUs: { rpc: 500, total: 900 } }],
    });
    expect(parse().plan).not.toHaveProperty('count');
    expect([...parse().stages.keys()]).toEqual(['rpc']);
  });

  it('needs no records and no warnings', () => {
    expect(parse({ records: undefined, warnings: undefined })).toMatchObject({ attemptSequence: [], warnings: [] });
  });

  it('names the proxy that was used', () => {
    expect(parse({ proxy: { used: true, host: 'proxy', port: 3128 } }).proxy).toBe('proxy:3128');
  });

  it('loses characters that a console could not show', () => {
    expect(parse({ target: { host: 'w\u00e9b\u001b[2J', port: 1 } }).target.host).toBe('w?b?[2J');
  });

  it('has only the last consecutive attempts in its sequence, without warm-up and canceled attempts', () => {
    const numbers = [-1, 0, 1, 3, 4, 5];
    const records = numbers.map((number) => ({ number, outcome: number === 4 ? 'cancelled' : 'ok', totalUs: number }));
    expect(parse({ records }).attemptSequence.map(({ stagesUs }) => stagesUs['total'])).toEqual([3, 5]);
  });

  it.each([
    ['an object in place of a name', { toString: 1 }],
    ['the name of an inherited property', '__proto__'],
    ['an unknown name', 'constructor'],
  ])('ignores a stage with %s', (_, stage) => {
    const stages = [{ stage, durationUs: 5 }];
    const [attempt] = parse({ records: [{ number: 1, outcome: 'tcp.refused', stages }] }).attemptSequence;
    expect(Object.keys(attempt?.stagesUs ?? { none: 0 })).toEqual([]);
  });

  it('ignores a time that is not a count', () => {
    const records = [{ number: 1, outcome: 'ok', totalUs: Infinity, stages: [{ stage: 'rpc', durationUs: '5' }] }];
    expect(parse({ records }).attemptSequence).toEqual([{ ok: true, stagesUs: {} }]);
  });
});

describe('a damaged report is rejected in one line that names the part', () => {
  it.each<[string, object]>([
    ['target', { target: undefined }],
    ['host', { target: { host: 5, port: 1 } }],
    ['host', { target: { host: 'a'.repeat(300), port: 1 } }],
    ['port', { target: { host: 'a', port: -1 } }],
    ['kind', { peer: {} }],
    ['startedAt', { startedAt: 'yesterday' }],
    ['attempts', { attempts: { sent: 2, ok: 1, failed: 0, cancelled: 0 } }],
    ['outcomes', { outcomes: { ok: 2 } }],
    ['outcomes', { outcomes: { 'OK\n': 1 } }],
    ['outcomes', { outcomes: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`id${i}`, 0])) }],
    ['rpc', { stages: { rpc: { ...PRINTED_REPORT.stages.rpc, count: 2 } } }],
    ['histogram', { stages: { rpc: { count: 1, histogram: 'noise' } } }],
    ['records', { records: 'none' }],
    ['records[0]', { records: [5] }],
    ['warnings', { warnings: {} }],
  ])('%s: %j', (part, change) => {
    let message = '';
    try {
      parse(change);
    } catch (error) {
      message = (error as Error).message;
      expect(error).toMatchObject({ code: 'MALFORMED' });
    }
    expect(message).toContain(part);
    expect(message).not.toMatch(/[\n\r]/);
  });
});
