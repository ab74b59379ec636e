import { type DurationFigures } from 'tentacle-protocol/cli';
import {
  counterpartsOf,
  type EndingId,
  endings,
  type FailureId,
  type ListenerHealth,
} from 'tentacle-protocol/diagnostics';
import type { ConnectionKind } from './connection-kind.js';
import type { Limits } from './limits.js';
import type { TransferCounts } from './transfer-limits.js';
import type { RejectedClient, Tally, TimedStage } from './tally.js';

/** What is printed when pong listens. Plain JSON. */
export interface Listening {
  readonly schema: 'tentacle-pong/listening/1';
  readonly port: number;
  /** Addresses at which others can reach it, the likeliest first. */
  readonly addresses: readonly string[];
  readonly thumbprint: string;
  /** The public key of its attestations, for ping's --pong-key: 64 upper-case hex digits. */
  readonly pongKey: string;
  /** The most connections at one time: a limit of pong, or what the limit of open files leaves room for. */
  readonly connectionsMax: number;
  /** How many files and sockets the process may open; absent: unknown, or not limited. */
  readonly openFilesMax?: number;
  /** The command to run on the other machine. */
  readonly pingCommand: string;
}

/** How often connections failed with one ending. */
export interface EndingError {
  readonly ending: EndingId;
  readonly count: number;
  /** Of all connections. */
  readonly share: number;
  /** What tentacle-ping usually reports for such a connection, the most frequent first; empty: no connection of it ends so. */
  readonly reportedByPing: readonly FailureId[];
}

/** What a run counted. Plain JSON. */
export interface Summary {
  readonly schema: 'tentacle-pong/summary/1';
  readonly tool: { readonly name: 'tentacle-pong'; readonly version: string };
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly port: number;
  readonly thumbprint: string;
  readonly connections: {
    readonly total: number;
    /** Open when pong was stopped. */
    readonly open: number;
    /** The most that were open at one time. */
    readonly peak: number;
    /** The most that were accepted in one turn of the event loop. It says nothing about the queue of new connections. */
    readonly largestAcceptBatch?: number;
  };
  /** Whether all connections that the system received could be accepted. */
  readonly listener?: ListenerHealth;
  /** Number of connections per ending; they sum to `connections.total`. */
  readonly endings: Readonly<Partial<Record<EndingId, number>>>;
  /** The endings of connections that failed, beside the failures that tentacle-ping usually reports for them. */
  readonly errors?: readonly EndingError[];
  /**
   * The stages that both ends time, as this end saw them, by the names of tentacle-ping. `tls`: the handshake from its first
   * bytes; `identity`: from the arrival of the client's identity to the answer; `rpc`: every echo, from the first byte of the
   * request to the last byte of the answer.
   */
  readonly stages?: Readonly<Partial<Record<TimedStage, DurationFigures>>>;
  /** Of connections that did not fail, by what they were for, from accept to the ending. */
  readonly totals?: Readonly<Partial<Record<ConnectionKind, DurationFigures>>>;
  readonly calls: Readonly<Record<string, number>>;
  /** The limits in force. Endings that name a limit count the connections that reached it. */
  readonly limits?: Readonly<Omit<Limits, 'memoryBudget'>>;
  /** What clients transferred, and how many transfers reached a limit. */
  readonly transfers?: TransferCounts;
  /** Of connections, from accept to the ending. */
  readonly durations: DurationFigures;
  /** Clients that were rejected because of their certificate, the latest last; the oldest are dropped. */
  readonly refused: readonly RejectedClient[];
  /** Lines of the log that were dropped, because it was not read or its disk was full; absent: none. */
  readonly logLinesDropped?: number;
  /** Connections that the file of `--record` lacks, because it was full or could not be written; absent: none. */
  readonly recordsLeftOut?: number;
}

/** Returns the summary of a run. @param run its period, port and certificate. */
export function buildSummary(
  tally: Tally,
  run: Pick<Summary, 'startedAt' | 'endedAt' | 'port' | 'thumbprint'> & {
    readonly version: string;
    readonly limits: Limits;
    readonly transfers: TransferCounts;
    readonly open: number;
    readonly largestAcceptBatch: number;
    readonly listener: ListenerHealth;
    readonly logLinesDropped: number;
    readonly recordsLeftOut: number;
  },
): Summary {
  return {
    schema: 'tentacle-pong/summary/1',
    tool: { name: 'tentacle-pong', version: run.version },
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    port: run.port,
    thumbprint: run.thumbprint,
    connections: { total: tally.total, open: run.open, peak: tally.peak, largestAcceptBatch: run.largestAcceptBatch },
    listener: run.listener,
    endings: tally.endings,
    errors: errorsOf(tally),
    stages: tally.stages,
    totals: tally.totals,
    calls: tally.calls,
    limits: run.limits,
    transfers: run.transfers,
    durations: tally.durations,
    refused: tally.refused,
    ...(run.logLinesDropped > 0 ? { logLinesDropped: run.logLinesDropped } : {}),
    ...(run.recordsLeftOut > 0 ? { recordsLeftOut: run.recordsLeftOut } : {}),
  };
}

function errorsOf({ endings: counts, total }: Pick<Tally, 'endings' | 'total'>): EndingError[] {
  return endings
    .flatMap(({ id: ending, level }) => {
      const { [ending]: count = 0 } = counts;
      if (level === 'info' || count === 0) return [];
      return [{ ending, count, share: count / total, reportedByPing: counterpartsOf(ending) }];
    })
    .sort((one, other) => other.count - one.count);
}
