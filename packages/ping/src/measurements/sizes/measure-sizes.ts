import { omitUndefined } from 'tentacle-protocol/cli';
import type { SizesMode } from '../../options/data-options.js';
import type { RunOptions } from '../../options/run-options.js';
import type { Report } from '../../report/report.js';
import type { TriedSize } from '../../report/sizes-report.js';
import { viewRemote } from '../../remote-records/view-remote.js';
import type { AttemptResult } from '../../session/attempt.js';
import { type Exchange, measureRoundTrip } from '../../session/exchange.js';
import { Session, type SessionSettings } from '../../session/session.js';
import { createTlsContext } from '../../session/tls-context.js';
import { Worker } from '../../session/worker.js';
import { acceptsPageUpload, PAGE_UPLOAD_MAX_BYTES } from './upload-to-page.js';
import {
  type RunCountedAttempt,
  moveByPage,
  runSizeSearch,
  type SizeRequest,
  type SizeSearchOptions,
} from './run-size-search.js';

/** More than pong's records of the attempts of a search take: about 60 of 600 bytes. */
const RECORDS_BYTES = 64 * 1024;

/** The options of a session that is to find size limits. */
export interface SizesSettings extends SessionSettings {
  readonly options: RunOptions & { readonly mode: SizesMode };
  readonly onBegin?: (request: SizeRequest) => void;
  readonly onTried: (tried: TriedSize) => void;
}

/**
 * Finds size limits: one attempt that finds out what the peer is, then a connection for each size, an upload and a
 * download at a time. A peer that takes no data gets only uploads that fit into a request for its landing page.
 * Whatever happens, there is a report.
 */
export async function measureSizes(settings: SizesSettings): Promise<Report> {
  const session = new Session(settings);
  const { record } = await countedAttempts(session)(measureRoundTrip);
  const tried: TriedSize[] = [];
  const onTried = (one: TriedSize): void => {
    tried.push(one);
    settings.onTried(one);
  };
  const observer = { onBegin: settings.onBegin, onTried };
  if (session.peer?.kind === 'pong') return measureByStreams(session, settings.options, tried, observer);
  if (record.failure !== undefined) await session.probePageOnce();
  return measureByPage(session, settings.options, tried, observer);
}

type SizesObserver = Pick<SizeSearchOptions, 'onBegin' | 'onTried'>;

/** Both directions, as data streams of which every byte is compared. */
async function measureByStreams(
  session: Session,
  { mode: { ladderBytes } }: SizesSettings['options'],
  tried: readonly TriedSize[],
  observer: SizesObserver,
): Promise<Report> {
  const attempt = countedAttempts(session);
  const [upload, download] = await Promise.all([
    runSizeSearch({ direction: 'upload', sizes: ladderBytes, attempt, ...observer }),
    runSizeSearch({ direction: 'download', sizes: ladderBytes, attempt, ...observer }),
  ]);
  // Records that cannot arrive would only cost time.
  const canArrive = (download.found.smallestFailedBytes ?? RECORDS_BYTES) >= RECORDS_BYTES;
  const remote = canArrive ? await viewRemote(session) : undefined;
  const report = { by: 'streams', upload: upload.found, download: download.found, tried } as const;
  const measurement = { kind: 'sizes', report, sides: { upload, download }, ladderBytes } as const;
  return session.report(omitUndefined({ otherEnd: remote?.otherEnd, measurement }));
}

/** Uploads only, as part of a request for the landing page. */
async function measureByPage(
  session: Session,
  options: SizesSettings['options'],
  tried: readonly TriedSize[],
  observer: SizesObserver,
): Promise<Report> {
  const sizes = options.mode.ladderBytes.filter((sizeBytes) => sizeBytes <= PAGE_UPLOAD_MAX_BYTES);
  if (!acceptsPageUpload(session.peer?.kind ?? session.page?.author) || sizes.length === 0) {
    return session.report({ measurement: { kind: 'no-sizes', facts: session.bestFacts } });
  }
  // As a browser: nothing but TLS first, and no client certificate.
  const browsing = session.variant({ options: { ...options, level: 'tls' }, secureContext: createTlsContext(options) });
  const attempt = countedAttempts(browsing);
  const upload = await runSizeSearch({ direction: 'upload', sizes, attempt, ...observer, move: moveByPage });
  const report = { by: 'page', upload: upload.found, tried } as const;
  return session.report({ measurement: { kind: 'sizes', report, sides: { upload }, ladderBytes: sizes } });
}

/** Runs attempts, each on a connection of its own; their numbers go on from those that the session has counted. */
function countedAttempts(session: Session): RunCountedAttempt {
  let number = session.tally.sent;
  return async (exchange: Exchange): Promise<AttemptResult> =>
    session.attempt({ worker: new Worker(), scheduled: { number: ++number, isLate: false }, exchange });
}
