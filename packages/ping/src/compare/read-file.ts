import { quote, readTextFile, UsageError } from 'tentacle-protocol/cli';

/** A report with all its records is about a megabyte. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The advice in the error for every unusable file. */
export const EXPECTED_INPUT = 'use reports that tentacle-ping HOST --json printed';

/** The content of a file: one JSON document, or one per line. */
export interface Documents {
  /** The schema that the first document names; undefined if it names none. */
  readonly schema: string | undefined;
  readonly all: readonly Document[];
}

export type Document = Readonly<Record<string, unknown>>;

/**
 * Reads one of the files to compare.
 * @throws UsageError in one line.
 */
export async function readDocuments(path: string): Promise<Documents> {
  const text = await readTextFile(path, { maxBytes: MAX_FILE_BYTES, remedy: EXPECTED_INPUT });
  if (text.trim() === '') throw new UsageError(`${quote(path)} is empty; ${EXPECTED_INPUT}`);
  const whole = parsed(text);
  const all = whole === undefined ? lines(text).map(parsed) : [whole];
  if (all.includes(undefined)) throw new UsageError(`${quote(path)} is not JSON, or is truncated; ${EXPECTED_INPUT}`);
  const documents = all.filter(isDocument);
  if (documents.length < all.length) throw new UsageError(`${quote(path)} is not a report; ${EXPECTED_INPUT}`);
  const schema = documents[0]?.['schema'];
  return { schema: typeof schema === 'string' ? schema : undefined, all: documents };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Undefined if the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
