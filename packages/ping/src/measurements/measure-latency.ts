import { omitUndefined } from 'tentacle-protocol/cli';
import type { Measurement } from '../report/measurement.js';
import type { Report } from '../report/report.js';
import { viewRemote } from '../remote-records/view-remote.js';
import { type AttemptHandlers, runAttempts } from '../session/run-attempts.js';
import { createTlsContext } from '../session/tls-context.js';
import { hasFloors, measureFloors } from './floor/measure-floors.js';
import { Session, type SessionSettings } from '../session/session.js';

interface LatencySettings extends SessionSettings, AttemptHandlers {
  /** Called after the last attempt. Absent: the attempts measured round trips only. */
  readonly measurement?: () => Measurement;
  /** The runs of which the other end's records are fetched. Absent: all. */
  readonly remoteRecords?: 'of-failures';
}

/** The main measurement: attempts on schedule, then what the other end recorded of them. Whatever happens, there is a report. */
export async function measureLatency(settings: LatencySettings): Promise<Report> {
  const { options, identity, stop, exchange } = settings;
  const secureContext = settings.secureContext ?? createTlsContext(options, identity);
  // Before the session begins, so that it takes nothing of its time.
  const floors = exchange === undefined && hasFloors(options) ? await measureFloors(secureContext, stop) : undefined;
  const session = new Session({ ...settings, secureContext });
  const summary = await runAttempts(session, settings);
  const isViewed = settings.remoteRecords === undefined || session.tally.failed > 0;
  const remote = isViewed ? await viewRemote(session) : undefined;
  const measurement = settings.measurement?.();
  return session.report(omitUndefined({ ...summary, floors, otherEnd: remote?.otherEnd, measurement }));
}
