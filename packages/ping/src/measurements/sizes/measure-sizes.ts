import { setMaxListeners } from 'node:events';
import { createSecureContext } from 'node:tls';
import { type Identity, sizesNotTried, sizesVerdict, stopAfter, transferVerdict } from 'tentacle-protocol';
import { type AttemptResult, runAttempt } from '../../session/attempt.js';
import { Worker } from '../../session/worker.js';
import { buildReport } from '../../report/build-report.js';
import type { Report } from '../../report/report.js';
import { Tally } from '../../report/tally.js';
import type { RemoteView } from '../../report/remote-view.js';
import { viewRemote } from '../../remote-records/view-remote.js';
import { fetchLandingPage } from '../../session/page-probe.js';
import type { Plan } from '../../plan.js';
import { measureRoundTrip, type Exchange } from '../../session/exchange.js';
import { Session } from '../../session/session.js';
import type { SizesMode } from '../../data/data-options.js';
import { PAGE_UPLOAD_MAX_BYTES, acceptsPageUpload } from './page-upload.js';
import { moveByPage, runSizeSearch } from './run-search.js';
import type { TriedSize } from '../../report/sizes-report.js';

/** More than pong's records of a ladder's attempts take: some 60 of 600 bytes. */
const RECORDS_BYTES = 64 * 1024;

/**
 * The ladder of sizes: one attempt that asks the peer what it is, then a connection for each size, an upload and a
 * download at a time; to what takes no data, only uploads that fit into a request for its page. Whatever happens, there
 * is a report.
 */
export async function measureSizes(
  plan: Plan & { readonly mode: SizesMode },
  identity: Identity,
  version: string,
  onTried: (tried: TriedSize) => void,
  stop: AbortSignal,
): Promise<Report> {
  const run = new Session(plan, createSecureContext(identity.secureContextOptions), identity.thumbprint);
  const tally = new Tally();
  const startedAt = new Date().toISOString();
  const signal = stopAfter(stop, plan.deadlineUs);
  setMaxListeners(0, signal);
  let made = 0;
  const attemptingBy =
    (by: Session) =>
    async (work: Exchange): Promise<AttemptResult> => {
      const attempted = await runAttempt(by, new Worker(), { number: ++made, isLate: false }, work, signal);
      tally.add(attempted.record, attempted.sighting);
      return attempted;
    };
  const report = (otherEnd?: RemoteView): Report => {
    const course = { startedAt, endedAt: new Date().toISOString(), reconnects: 0, unstarted: 0 };
    return buildReport(version, run, tally, { ...course, ...(otherEnd && { otherEnd }) });
  };

  const attempting = attemptingBy(run);
  const first = await attempting(measureRoundTrip);
  const tried: TriedSize[] = [];
  const keep = (one: TriedSize): void => {
    tried.push(one);
    onTried(one);
  };
  const { ladderBytes } = plan.mode;
  if (run.peer?.kind === 'pong') {
    const [upload, download] = await Promise.all([
      runSizeSearch('upload', ladderBytes, attempting, keep),
      runSizeSearch('download', ladderBytes, attempting, keep),
    ]);
    // What cannot come would only be waited for.
    const canCome = (download.found.smallestFailedBytes ?? RECORDS_BYTES) >= RECORDS_BYTES;
    const seen = canCome ? await viewRemote(run, tally, signal) : undefined;
    const base = report(seen?.otherEnd);
    const there = base.otherEnd?.status === 'compared' ? base.otherEnd.failures : [];
    const verdict = sizesVerdict(base.verdict, base.attempts, ladderBytes, { upload, download }, there);
    return { ...base, sizes: { by: 'streams', upload: upload.found, download: download.found, tried }, verdict };
  }

  if (first.sighting !== undefined) run.page = await fetchLandingPage(plan, signal);
  const shortBytes = ladderBytes.filter((sizeBytes) => sizeBytes <= PAGE_UPLOAD_MAX_BYTES);
  if (!acceptsPageUpload(run.peer?.kind ?? run.page?.author) || shortBytes.length === 0) {
    const base = report();
    const verdict = sizesNotTried(transferVerdict(base.verdict, base.peer.kind, []), run.bestFacts);
    return { ...base, verdict };
  }
  // As a browser: nothing but TLS before it, and no certificate of ours.
  const visitor = new Session({ ...plan, level: 'tls' }, createSecureContext(), identity.thumbprint);
  const upload = await runSizeSearch('upload', shortBytes, attemptingBy(visitor), keep, moveByPage);
  const base = report();
  const verdict = sizesVerdict(base.verdict, base.attempts, shortBytes, { upload });
  return { ...base, sizes: { by: 'page', upload: upload.found, tried }, verdict };
}
