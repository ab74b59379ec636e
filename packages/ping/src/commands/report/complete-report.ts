import type { Report } from '../../report/report.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A report of an older version lacks what newer ones have. */
export function completeReport(document: JsonObject): Report {
  const added = {
    pace: { late: 0, notStarted: 0, warmup: { sent: 0, failed: 0 }, spanUs: 0 },
    failurePattern: 'none',
    outages: [],
    outagesDropped: 0,
    reconnects: 0,
    warnings: [],
    failures: [],
    records: [],
    recordsDropped: 0,
  };
  return { ...added, ...document } as unknown as Report;
}
