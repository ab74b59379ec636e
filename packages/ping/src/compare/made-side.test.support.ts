import type { Side } from './side.js';
import { sampleOf } from './statistics/estimates.js';

export interface Made {
  /** Times of each stage, an attempt after the other; the total is made of them. */
  readonly stages?: Readonly<Record<string, readonly number[]>>;
  readonly failures?: Readonly<Record<string, number>>;
  /** Attempts that went through. */
  readonly ok?: number;
}

/** A side as a file gives it. Failures come after the successes where the course is kept. */
export function madeSide({ stages = {}, failures = {}, ...more }: Made & Partial<Omit<Side, 'stages'>>): Side {
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
    course: Array.from({ length: ok }, (_, i) => ({
      ok: true,
      stagesUs: Object.fromEntries(Object.entries(stages).map(([stage, all]) => [stage, all[i] ?? 0])),
    })),
    ...about,
  };
}
