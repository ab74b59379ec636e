import type { Report } from '../report/report.js';
import { viewRemote } from '../remote-records/view-remote.js';
import { type RunOptions, runAttempts } from '../session/run-attempts.js';
import { Session, type SessionOptions } from '../session/session.js';

/** The main measurement: attempts on schedule, then what the other end recorded of them. Whatever happens, there is a report. */
export async function measureLatency(options: SessionOptions & RunOptions): Promise<Report> {
  const session = new Session(options);
  const summary = await runAttempts(session, options);
  const remote = await viewRemote(session);
  return session.report({ ...summary, ...(remote === undefined ? {} : { otherEnd: remote.otherEnd }) });
}
