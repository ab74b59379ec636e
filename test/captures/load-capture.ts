import { readFileSync } from 'node:fs';

/** Who opened the TCP connection, and who accepted it. */
export type Side = 'connector' | 'listener';

/** One event inside TLS: bytes, usually one record, or a side that closed its direction. */
export interface CapturedRead {
  /** Number of the connection, from 0. */
  readonly connection: number;
  readonly from: Side;
  /** Undefined when the side closed. */
  readonly bytes: Buffer | undefined;
}

/**
 * A recording of two real peers, in order, by its name in this folder's README: `listening-add`.
 * @throws Error if the recording does not exist.
 */
export function loadCapture(name: string): CapturedRead[] {
  const lines = readFileSync(new URL(`${name}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const { connection, from, hex } = JSON.parse(line) as { connection: number; from: Side; hex?: string };
    return { connection, from, bytes: hex === undefined ? undefined : Buffer.from(hex, 'hex') };
  });
}
