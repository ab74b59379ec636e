import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { type EndedConnectionRecord, type EndingId, endings } from 'tentacle-protocol/diagnostics';
import { EndingLog } from './ending-log.js';

interface Line {
  readonly level: number;
  readonly ending: EndingId;
  readonly address?: string;
  readonly count?: number;
}

/** A log whose clock is set by the test. */
function logAt(clock: { ms: number }, level = 'info') {
  const lines: Line[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line) as Line) });
  const log = new EndingLog(logger, () => clock.ms);
  const end = (id: EndingId, address = '192.0.2.7'): void => {
    const ending = endings.find((one) => one.id === id);
    if (ending === undefined) throw new Error(id);
    const record = { ending: id, address, firstBytes: '' } as unknown as EndedConnectionRecord;
    log.add(record, { ending, observation: ending.example });
  };
  return { log, lines, end };
}

const times = (count: number, one: (index: number) => void): void => {
  for (let index = 0; index < count; index++) one(index);
};

const folded = (lines: readonly Line[]) => lines.filter(({ count }) => count !== undefined);
const accounted = (lines: readonly Line[]): number => lines.reduce((sum, { count = 1 }) => sum + count, 0);

describe('the log of endings', () => {
  it('a few connections are logged singly, each', () => {
    const { log, lines, end } = logAt({ ms: 0 });
    times(8, () => end('served'));
    times(3, () => end('tls.silent'));
    log.flush();
    expect(lines).toHaveLength(11);
    expect(folded(lines)).toEqual([]);
  });

  it('what repeats is one line with its ending, address, count and level', () => {
    const { log, lines, end } = logAt({ ms: 0 });
    times(5000, () => end('tls.silent'));
    log.flush();
    expect(folded(lines)).toMatchObject([{ ending: 'tls.silent', address: '192.0.2.7', level: 40 }]);
    expect(lines.length).toBeLessThan(20);
    expect(accounted(lines)).toBe(5000);
  });

  it('what goes on repeating stays folded, and what paused is logged singly again', () => {
    const { log, lines, end } = logAt({ ms: 0 });
    times(100, () => end('served'));
    log.flush();
    const before = lines.length;
    times(100, () => end('served'));
    log.flush();
    expect(lines.length - before).toBe(1);
    log.flush();
    end('served');
    expect(lines.at(-1)).not.toHaveProperty('count');
    expect(accounted(lines)).toBe(201);
  });

  it('from many addresses: under 100 lines in any second, and all are accounted for', () => {
    const clock = { ms: 0 };
    const { log, lines, end } = logAt(clock);
    const writtenAt: number[] = [];
    const note = (): void => {
      while (writtenAt.length < lines.length) writtenAt.push(clock.ms);
    };
    // 40 s of 2,000 connections a second, with five endings.
    const kinds = ['tls.silent', 'probe.tcp', 'not-tls.http', 'tls.closed', 'served'] as const;
    times(80_000, (index) => {
      clock.ms = index / 2;
      end(kinds[index % kinds.length] ?? 'served', `198.51.${index % 100}.${Math.trunc(index / 100) % 250}`);
      if (index % 20_000 === 19_999) log.flush();
      note();
    });
    log.flush();
    note();
    expect(accounted(lines)).toBe(80_000);
    const most = Math.max(
      ...writtenAt.map((ms, first) => writtenAt.filter((at, i) => i >= first && at < ms + 1000).length),
    );
    expect(most).toBeLessThan(100);
    expect(folded(lines).some(({ address }) => address === undefined)).toBe(true);
  });

  it('at level debug each is logged', () => {
    const { log, lines, end } = logAt({ ms: 0 }, 'debug');
    times(100, () => end('served'));
    log.flush();
    expect(lines.filter(({ count }) => count === undefined)).toHaveLength(100);
  });
});
