import { omitUndefined } from 'tentacle-protocol/cli';
import type { Report } from '../report/report.js';
import { viewRemote } from '../remote-records/view-remote.js';
import { type AttemptHandlers, runAttempts } from '../session/run-attempts.js';
import { Session, type SessionSettings } from '../session/session.js';

/** The main measurement: attempts on schedule, then what the other end recorded of them. Whatever happens, there is a report. */
export async function measureLatency(settings: SessionSettings & AttemptHandlers): Promise<Report> {
  const session = new Session(settings);
  const summary = await runAttempts(session, settings);
  const remote = await viewRemote(session);
  return session.report(omitUndefined({ ...summary, otherEnd: remote?.otherEnd }));
}
