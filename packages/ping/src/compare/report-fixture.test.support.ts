import { DurationHistogram } from 'tentacle-protocol/cli';
import type { ParsedReport } from './parsed-report.js';
import { sampleOf } from './statistics/estimates.js';

export interface ReportFixture {
  /** Times of each stage, one attempt after another. */
  readonly stages?: Readonly<Record<string, readonly number[]>>;
  readonly failures?: Readonly<Record<string, number>>;
  /** Attempts that succeeded. */
  readonly ok?: number;
}

/** A report as it is parsed from a file. */
export function reportFixture({
  stages = {},
  failures = {},
  ...more
}: ReportFixture & Partial<Omit<ParsedReport, 'stages'>>): ParsedReport {
  const { ok = Math.max(0, ...Object.values(stages).map(({ length }) => length)), ...about } = more;
  const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
  return {
    file: 'made.json',
    target: { host: 'tentacle.example', port: 10933 },
    address: '192.0.2.10',
    peerKind: 'pong',
    level: 'echo',
    plan: { reuse: 'false' },
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    attempts: { sent: ok + failed, ok, failed, cancelled: 0 },
    outcomes: { ...(ok > 0 ? { ok } : {}), ...failures },
    stages: new Map(Object.entries(stages).map(([stage, all]) => [stage, sampleOf(all.map((us) => [us, 1] as const))])),
    warnings: [],
    attemptSequence: Array.from({ length: ok }, (_, i) => ({
      ok: true,
      stagesUs: Object.fromEntries(Object.entries(stages).map(([stage, all]) => [stage, all[i] ?? 0])),
    })),
    ...about,
  };
}

const times = new DurationHistogram();
times.add(500);

/** A report of one attempt, as `--json` prints it, with the parts that are parsed. */
export const PRINTED_REPORT = {
  schema: 'tentacle-ping/report/1',
  target: { host: 'web01', port: 10933 },
  peer: { kind: 'pong', address: '192.0.2.1' },
  proxy: { used: false },
  level: 'echo',
  plan: { reuse: true, concurrency: 4, count: 1 },
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  attempts: { sent: 1, ok: 1, failed: 0, cancelled: 0 },
  outcomes: { ok: 1 },
  stages: { rpc: { count: 1, histogram: times.figures.histogram } },
  warnings: [{ id: 'path.proxy' }],
  records: [{ number: 1, outcome: 'ok', totalUs: 900, stages: [{ stage: 'rpc', durationUs: 500 }] }],
};
