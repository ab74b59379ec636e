import { classify, Deadline, type Direction, type Sighting, type ConnectionTrace } from 'tentacle-protocol';
import type { Connection } from '../../session/connection.js';
import type { AttemptRecord } from '../../report/attempt-record.js';
import type { Exchange } from '../../session/exchange.js';
import { PAGE_UPLOAD_MAX_BYTES, uploadToPage } from './page-upload.js';
import { type SizeProbe, SizeSearch } from './size-search.js';
import type { SizesFound, TriedSize } from '../../report/sizes-report.js';
import { type Transfer, runTransfer, type TransferRequest } from '../transfer/transfer.js';

/** Makes one attempt on a connection of its own, and counts it. */
export type MakeAttempt = (work: Exchange) => Promise<{ readonly record: AttemptRecord; readonly sighting?: Sighting }>;

/** Moves so many of a size, one after the other, on the connection that was made for it. */
export type MoveData = (
  connection: Connection,
  wanted: TransferRequest,
  count: number,
  trace: ConnectionTrace,
  stallUs: number,
  onEnd: (ended: Transfer) => void,
) => Promise<void>;

/** As data streams, each answered before the next. */
export const moveByStreams: MoveData = async (connection, wanted, count, trace, stallUs, onEnd) => {
  for (let made = 0; made < count; made++) {
    trace.enterStage('data');
    await connection.exchange.takeTurn(Deadline.inUs(stallUs));
    await runTransfer(connection, wanted, trace, stallUs, onEnd);
    connection.calls++;
  }
};

/** As lines of one request for the page. */
export const moveByPage: MoveData = async (connection, wanted, count, trace, stallUs, onEnd) => {
  await runTransfer(connection, wanted, trace, stallUs, onEnd, undefined, (to, sizeBytes, deadline, moved) =>
    uploadToPage(to, sizeBytes, count, deadline, moved),
  );
};

/** What climbing the ladder one way came to. */
export interface SearchResult {
  readonly found: SizesFound;
  /** Of the size that is taken for the smallest that is lost. */
  readonly sighting?: Sighting;
}

/** A connection that cannot even be made says nothing about sizes: so often it is tried again before the search ends. */
const UNREACHED_MOST = 2;

/** Small enough for any link (IPv6 promises 1,280 bytes), headers and all. */
const PIECE_BYTES = 1024;

/** Some tens of round trips; together more than any packet, jumbo frames (9,000 bytes) included. */
const PIECES_MOST = 64;

/** A handshake with both certificates, and the calls, are about half of that: what a connection has carried besides. */
const BESIDES_BYTES = 8192;

/** Look for the size from which on data is lost, one way. @param onTried told of each size that was tried. */
export async function runSizeSearch(
  direction: Direction,
  ladder: readonly number[],
  attempting: MakeAttempt,
  onTried: (tried: TriedSize) => void,
  moving: MoveData = moveByStreams,
): Promise<SearchResult> {
  const search = new SizeSearch(ladder);
  const sightings = new Map<number, Sighting>();
  let unreached = 0;
  for (let rung = search.next; rung !== undefined; rung = search.next) {
    const { tried, sighting } = await tryRung(
      { direction, sizeBytes: rung.sizeBytes },
      rung.why,
      1,
      attempting,
      moving,
    );
    onTried(tried);
    if (tried.outcome === 'cancelled') break;
    if (tried.outcome === 'ok') search.record('ok');
    else if (sighting?.symptom.shownAt === 'data') {
      search.record('failed');
      sightings.set(rung.sizeBytes, sighting);
    } else if (++unreached > UNREACHED_MOST) break;
  }
  const { result: found } = search;
  const { smallestFailedBytes } = found;
  const sighting = smallestFailedBytes === undefined ? undefined : sightings.get(smallestFailedBytes);
  if (sighting === undefined) return { found };
  const pieces =
    found.complete && classify(sighting).id === 'data.stalled-after' ? piecesFor(found, moving) : undefined;
  if (pieces === undefined) return { found, sighting };
  const { tried } = await tryRung(
    { direction, sizeBytes: pieces.sizeBytes },
    'pieces',
    pieces.count,
    attempting,
    moving,
  );
  onTried(tried);
  if (tried.outcome === 'cancelled') return { found, sighting };
  return { found: { ...found, passesInPieces: tried.outcome === 'ok' }, sighting };
}

/** Pieces that come to twice what is lost in one, where so few do that it can be a matter of packets. */
function piecesFor({ largestOkBytes = 0, smallestFailedBytes = 0 }: SizesFound, moving: MoveData) {
  const sizeBytes = Math.min(largestOkBytes, PIECE_BYTES);
  const count = Math.ceil((2 * smallestFailedBytes + BESIDES_BYTES) / Math.max(1, sizeBytes));
  const isTooMuch = moving === moveByPage && count * sizeBytes > PAGE_UPLOAD_MAX_BYTES;
  return sizeBytes === 0 || count > PIECES_MOST || isTooMuch ? undefined : { sizeBytes, count };
}

async function tryRung(
  wanted: TransferRequest,
  why: SizeProbe['why'] | 'pieces',
  count: number,
  attempting: MakeAttempt,
  moving: MoveData,
): Promise<{ tried: TriedSize; sighting?: Sighting }> {
  let movedBytes = 0;
  let durationUs = 0;
  const work: Exchange = ({ plan: { timeoutUs } }, connection, trace) =>
    moving(connection, wanted, count, trace, timeoutUs, (ended) => {
      movedBytes += ended.movedBytes;
      durationUs += ended.durationUs;
    });
  const { record, sighting } = await attempting(work);
  const tried = {
    number: record.number,
    ...wanted,
    why,
    ...(why === 'pieces' ? { pieces: count } : {}),
    outcome: record.outcome,
    movedBytes,
    durationUs,
  };
  return { tried, ...(sighting === undefined ? {} : { sighting }) };
}
