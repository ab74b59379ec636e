import { type ConnectionTrace, Deadline, type Direction } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { classify, type Observation } from 'tentacle-protocol/diagnostics';
import type { SizesFound, TriedSize } from '../../report/sizes-report.js';
import type { Transfer, TransferRequest } from '../../report/transfer-report.js';
import type { AttemptResult } from '../../session/attempt.js';
import type { Connection } from '../../session/connection.js';
import type { Exchange } from '../../session/exchange.js';
import { runTransfer } from '../transfer/run-transfer.js';
import { PAGE_UPLOAD_MAX_BYTES, uploadToPage } from './upload-to-page.js';
import { type SizeProbe, SizeSearch } from './size-search.js';

/** Runs one attempt on a connection of its own, and counts it. */
export type RunCountedAttempt = (exchange: Exchange) => Promise<AttemptResult>;

/** What to move over the connection that was opened for it. */
interface MoveRequest extends TransferRequest {
  /** How many of that size, one after the other. */
  readonly count: number;
  readonly trace: ConnectionTrace;
  /** The longest time without progress. */
  readonly stallUs: number;
  readonly onEnd: (transfer: Transfer) => void;
}

type MoveData = (connection: Connection, request: MoveRequest) => Promise<void>;

/** Moves data streams, each answered before the next. */
const moveByStreams: MoveData = async (connection, { count, trace, stallUs, onEnd, ...request }) => {
  for (let index = 0; index < count; index++) {
    trace.enterStage('data');
    await connection.exchange.takeTurn(Deadline.inUs(stallUs));
    await runTransfer(connection, request, { trace, stallUs, onEnd });
    connection.calls++;
  }
};

/** Moves the data as lines of one request for the landing page. */
export const moveByPage: MoveData = async (connection, { count, trace, stallUs, onEnd, ...request }) => {
  await runTransfer(connection, request, {
    trace,
    stallUs,
    onEnd,
    move: (to, sizeBytes, deadline, onMoved) => uploadToPage(to, { sizeBytes, count, deadline, onMoved }),
  });
};

/** The result of the search in one direction. */
export interface SearchResult {
  readonly found: SizesFound;
  /** Of the size that is taken for the smallest that is lost. */
  readonly observation?: Observation;
}

/** A connection that cannot even be opened says nothing about sizes: it is tried again this often before the search ends. */
const UNREACHED_MAX = 2;

/** Small enough for any link (IPv6 guarantees 1,280 bytes), headers included. */
const PIECE_BYTES = 1024;

/** Some tens of round trips; together more than any packet, jumbo frames (9,000 bytes) included. */
const PIECES_MAX = 64;

/** What a connection carries besides: a handshake with both certificates, and the calls, are about half of that. */
const BESIDES_BYTES = 8192;

/** A size that is about to be tried, in one direction. */
export interface SizeRequest extends TransferRequest {
  readonly why: TriedSize['why'];
}

/** A search for the size from which on data is lost, in one direction. */
export interface SizeSearchOptions {
  readonly direction: Direction;
  /** Ascending, each size once. */
  readonly sizes: readonly number[];
  readonly attempt: RunCountedAttempt;
  /** Called before each size that is tried. */
  readonly onBegin?: ((request: SizeRequest) => void) | undefined;
  /** Called after each size that was tried. */
  readonly onTried: (tried: TriedSize) => void;
  /** Absent: as data streams. */
  readonly move?: MoveData;
}

/** Finds the size from which on data is lost, in one direction. */
export async function runSizeSearch(options: SizeSearchOptions): Promise<SearchResult> {
  const { direction, sizes, onTried } = options;
  const search = new SizeSearch(sizes);
  const observations = new Map<number, Observation>();
  let unreached = 0;
  for (let probe = search.next; probe !== undefined; probe = search.next) {
    const { tried, observation } = await trySize(options, { direction, sizeBytes: probe.sizeBytes }, probe.why);
    onTried(tried);
    if (tried.outcome === 'cancelled') break;
    if (tried.outcome === 'ok') search.record('ok');
    // A larger one would be refused too, and that says nothing about the path.
    else if (observation !== undefined && classify(observation).id === 'data.peer-limit') break;
    else if (observation?.signature.shownAt === 'data') {
      search.record('failed');
      observations.set(probe.sizeBytes, observation);
    } else if (++unreached > UNREACHED_MAX) break;
  }
  const { result: limit } = search;
  const { smallestFailedBytes } = limit;
  const observation = smallestFailedBytes === undefined ? undefined : observations.get(smallestFailedBytes);
  if (observation === undefined) return { found: limit };
  const isStall = classify(observation).id === 'data.stalled';
  const pieces = limit.complete && isStall ? piecesFor(limit, options.move) : undefined;
  if (pieces === undefined) return { found: limit, observation };
  const { sizeBytes, count } = pieces;
  const { tried } = await trySize(options, { direction, sizeBytes }, 'pieces', count);
  onTried(tried);
  if (tried.outcome === 'cancelled') return { found: limit, observation };
  return { found: { ...limit, passesInPieces: tried.outcome === 'ok' }, observation };
}

/** Pieces that together are twice what is lost in one, where so few are enough that packet sizes may be the cause. */
function piecesFor({ largestOkBytes = 0, smallestFailedBytes = 0 }: SizesFound, move: MoveData | undefined) {
  const sizeBytes = Math.min(largestOkBytes, PIECE_BYTES);
  const count = Math.ceil((2 * smallestFailedBytes + BESIDES_BYTES) / Math.max(1, sizeBytes));
  const isTooMuch = move === moveByPage && count * sizeBytes > PAGE_UPLOAD_MAX_BYTES;
  return sizeBytes === 0 || count > PIECES_MAX || isTooMuch ? undefined : { sizeBytes, count };
}

async function trySize(
  { attempt, onBegin, move = moveByStreams }: SizeSearchOptions,
  request: TransferRequest,
  why: SizeProbe['why'] | 'pieces',
  count = 1,
): Promise<{ tried: TriedSize; observation?: Observation }> {
  onBegin?.({ ...request, why });
  let movedBytes = 0;
  let durationUs = 0;
  const onEnd = (transfer: Transfer): void => {
    movedBytes += transfer.movedBytes;
    durationUs += transfer.durationUs;
  };
  const exchange: Exchange = ({ options: { timeoutUs: stallUs } }, connection, trace) =>
    move(connection, { ...request, count, trace, stallUs, onEnd });
  const { record, ...rest } = await attempt(exchange);
  const tried = {
    number: record.number,
    ...request,
    why,
    ...omitUndefined({ pieces: why === 'pieces' ? count : undefined }),
    outcome: record.outcome,
    movedBytes,
    durationUs,
  };
  return { tried, ...rest };
}
