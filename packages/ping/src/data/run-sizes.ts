import { setMaxListeners } from 'node:events';
import { createSecureContext } from 'node:tls';
import { type Identity, sizesNotTried, sizesVerdict, stopAfter, transferVerdict } from 'tentacle-protocol';
import { type Attempted, attempt } from '../attempt.js';
import { Lane } from '../lane.js';
import { makeReport } from '../measure/make-report.js';
import type { Report } from '../measure/report.js';
import { Tally } from '../measure/tally.js';
import { lookAtPage } from '../page-look.js';
import type { Plan } from '../plan.js';
import { roundTrip, type Work } from '../round-trip.js';
import { Run } from '../run.js';
import type { SizesMode } from './data-options.js';
import { climb } from './size-climb.js';
import type { TriedSize } from './sizes-report.js';

/**
 * The ladder of sizes: one attempt that asks the peer what it is, then a connection for each size, an upload and a
 * download at a time. Whatever happens, there is a report.
 */
export async function runSizes(
  plan: Plan & { readonly mode: SizesMode },
  identity: Identity,
  version: string,
  onTried: (tried: TriedSize) => void,
  stop: AbortSignal,
): Promise<Report> {
  const run = new Run(plan, createSecureContext(identity.secureContextOptions), identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  setMaxListeners(0, signal);
  let made = 0;
  const attempting = async (work: Work): Promise<Attempted> => {
    const attempted = await attempt(run, new Lane(), { number: ++made, isLate: false }, work, signal);
    tally.add(attempted.record, attempted.sighting);
    return attempted;
  };
  const report = (): Report =>
    makeReport(version, run, tally, { startedAt, endedAt: new Date().toISOString(), reconnects: 0, unstarted: 0 });

  const first = await attempting(roundTrip);
  if (run.peer?.kind !== 'pong') {
    if (first.sighting !== undefined) run.page = await lookAtPage(plan, signal);
    const base = report();
    const verdict = sizesNotTried(transferVerdict(base.verdict, base.peer.kind, []), run.lastFacts);
    return { ...base, verdict };
  }
  const tried: TriedSize[] = [];
  const keep = (one: TriedSize): void => {
    tried.push(one);
    onTried(one);
  };
  const { ladderBytes } = plan.mode;
  const [upload, download] = await Promise.all([
    climb('upload', ladderBytes, attempting, keep),
    climb('download', ladderBytes, attempting, keep),
  ]);
  const base = report();
  const sizes = { upload: upload.found, download: download.found, tried };
  return { ...base, sizes, verdict: sizesVerdict(base.verdict, base.attempts, ladderBytes, { upload, download }) };
}
