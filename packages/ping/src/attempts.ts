import { createSecureContext } from 'node:tls';
import { type Identity, stopAfter } from 'tentacle-protocol';
import { attempt, leave } from './attempt.js';
import { makeReport } from './measure/make-report.js';
import type { Report } from './measure/report.js';
import { Tally } from './measure/tally.js';
import { lookAtPage } from './page-look.js';
import type { Plan } from './plan.js';
import type { AttemptRecord } from './record.js';
import { Run } from './run.js';
import { schedule } from './schedule.js';

/** Failures of which the page that a peer shows to everybody may name the cause. */
const PAGE_TELLS: readonly string[] = ['trust.closed-after-identity', 'trust.intercepted', 'rpc.service-not-found'];

/** Measure until the plan is done or the signal comes; whatever happens, there is a report. */
export async function runAttempts(
  plan: Plan,
  identity: Identity,
  version: string,
  onAttempt: (record: AttemptRecord) => void,
  stop: AbortSignal,
): Promise<Report> {
  const run = new Run(plan, createSecureContext(identity.secureContextOptions), identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  for await (const number of schedule(plan, signal)) {
    const { record, sighting } = await attempt(run, number, signal);
    tally.add(record, sighting);
    onAttempt(record);
    // What closes on our identity may still say what it is: a page is shown to everybody. Once a run is enough.
    if (PAGE_TELLS.includes(record.outcome) && run.page === undefined) run.page = await lookAtPage(plan, signal);
  }
  const kept = run.takeKept();
  if (kept !== undefined) leave(kept);
  return makeReport(version, run, tally, { startedAt, endedAt: new Date().toISOString() });
}
