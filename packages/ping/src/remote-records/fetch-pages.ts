import { nowUs } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { type ConnectionRecord, RECORDS_MAX, type RecordsPage, type RecordsQuery } from 'tentacle-protocol/diagnostics';
import type { FetchCutShort } from '../report/remote-view.js';

/** For the pages of records: what is left of the patience is for the connection and the clock. */
const PAGES_PATIENCE_MS = 7000;

/** After the user stopped the run. */
const STOPPED_PAGES_PATIENCE_MS = 750;

/** Of 200 records each: the 6,000 that pong keeps and the 10,000 connections that it serves at a time are 80 pages. */
const PAGES_MAX = 100;

/** The conditions that end fetching early. */
export interface FetchLimits {
  /** Whether the user stopped the run: then little time is left. */
  readonly isStopped: () => boolean;
  /** The end of all patience: it cuts the connection. */
  readonly signal: AbortSignal;
}

/** What was fetched of the pages, and the last of them. */
export interface FetchedPages {
  readonly answer: RecordsPage;
  readonly fetched: readonly ConnectionRecord[];
  readonly cutShort?: FetchCutShort;
}

/**
 * Fetches page after page, up to a number and a time. What was fetched until then is used: it states how far it is complete.
 * @throws what the first page throws; what another one throws, unless the time was over.
 */
export async function fetchPages(
  fetchPage: (query: RecordsQuery) => Promise<RecordsPage>,
  period: Pick<RecordsQuery, 'from' | 'to'>,
  { isStopped, signal }: FetchLimits,
): Promise<FetchedPages> {
  const startedUs = nowUs();
  const fetched: ConnectionRecord[] = [];
  let answer = await fetchPage({ ...period, after: 0, max: RECORDS_MAX });
  fetched.push(...answer.records);
  for (let pages = 1; answer.next !== undefined; pages++) {
    const cutShort = (why: FetchCutShort['why']): FetchedPages => {
      const { completeTo } = answer;
      return { answer, fetched, cutShort: { why, records: fetched.length, ...omitUndefined({ completeTo }) } };
    };
    const patienceMs = isStopped() ? STOPPED_PAGES_PATIENCE_MS : PAGES_PATIENCE_MS;
    if (pages === PAGES_MAX) return cutShort('pages');
    if (nowUs() - startedUs > patienceMs * 1000) return cutShort('time');
    try {
      answer = await fetchPage({ ...period, after: answer.next, max: RECORDS_MAX });
    } catch (error) {
      if (!signal.aborted) throw error;
      return cutShort('time');
    }
    fetched.push(...answer.records);
  }
  return { answer, fetched };
}
