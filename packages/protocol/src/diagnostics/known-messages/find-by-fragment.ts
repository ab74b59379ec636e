import { captureFields } from './captured-fields.js';
import type { LogMatch } from './find-known-message.js';
import { findKnownMessage } from './find-known-message.js';
import { FIRST_GENERAL_RANK, knownMessages } from './table.js';

/** Shorter texts are part of too many messages. */
const FRAGMENT_MIN_CHARS = 8;

/** A longer text that no row matches is another message, not a part of a known one. */
const FRAGMENT_MAX_CHARS = 120;

/** A text that is part of more known messages than these says too little. */
const ROWS_MAX = 3;

const GAP_FACTOR = 3;

/** How other programs write the number of an error of the operating system. */
const NUMBER =
  /(?:^|\b(?:winerror|win32 error|os error|socket error(?: code)?|socketexception|error(?: code)?|errno)[ :#(=]{0,3})\(?(?<number>1[01]\d{3})\)?[.:]?$/i;

/** The names of errors in Node, C and other languages, as the text of .NET on Linux. */
const BY_NAME: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ECONNABORTED: 'an established connection was aborted by the software in your host machine',
  ETIMEDOUT: 'socketexception (110)',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOTFOUND: 'no such host is known',
  EAI_AGAIN: 'temporary failure in name resolution',
  EPIPE: 'broken pipe',
  EADDRINUSE: 'address already in use',
};

/** Finds the row of which a short text is only a part: what people remember of a message, or its number. */
export function findByFragment(text: string): LogMatch | undefined {
  const number = NUMBER.exec(text.trim())?.groups?.['number'];
  const name = /^(?:WSA)?(?<name>E[A-Z_]{4,12})$/.exec(text.trim())?.groups?.['name'];
  const full = number === undefined ? BY_NAME[name ?? ''] : `socketexception (${number})`;
  if (full !== undefined) return findKnownMessage(full);
  const fragment = text
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s.,:;"'()\u2018\u2019\u201c\u201d]{1,20}|[\s.,:;"'()\u2018\u2019\u201c\u201d]{1,20}$/g, '');
  if (fragment.length < FRAGMENT_MIN_CHARS || fragment.length > FRAGMENT_MAX_CHARS || !fragment.includes(' '))
    return undefined;
  return bestOf(rowsWith(fragment), fragment, text);
}

interface Candidate {
  readonly rank: number;
  /** Length of the shortest pattern, or of the text, that contains the fragment. */
  readonly length: number;
}

function rowsWith(fragment: string): Candidate[] {
  return knownMessages.flatMap(({ patterns, text }, rank) => {
    const lengths = [...patterns.filter((pattern) => typeof pattern === 'string'), text]
      .filter((pattern) => pattern.toLowerCase().includes(fragment))
      // A pattern with a gap describes a longer message than its own length.
      .map((pattern) => pattern.length * (pattern.includes('...') ? GAP_FACTOR : 1));
    return lengths.length === 0 ? [] : [{ rank, length: Math.min(...lengths) }];
  });
}

/** The row of which the fragment is the largest part, if that is most of it, or few others contain the fragment. */
function bestOf(candidates: readonly Candidate[], fragment: string, text: string): LogMatch | undefined {
  const [best] = candidates.toSorted((a, b) => a.length - b.length || a.rank - b.rank);
  const row = best === undefined ? undefined : knownMessages[best.rank];
  if (best === undefined || row === undefined) return undefined;
  if (candidates.length > ROWS_MAX && fragment.length * 2 < best.length) return undefined;
  const { rank } = best;
  return { row, rank, isGeneral: rank >= FIRST_GENERAL_RANK, seen: captureFields(text, row.captures) };
}
