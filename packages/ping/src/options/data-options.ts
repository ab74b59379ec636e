import { omitUndefined, type ParsedOptions, parseSize, quote, UsageError } from 'tentacle-protocol/cli';
import { TRANSFER_MAX_BYTES } from 'tentacle-protocol/diagnostics';

/** An upload, a download, or an upload followed by a download. */
export interface TransferMode {
  readonly kind: 'transfer';
  readonly uploadBytes?: number;
  readonly downloadBytes?: number;
}

/** A search for the size from which data is lost. */
export interface SizesMode {
  readonly kind: 'sizes';
  /** Ascending, without duplicates. */
  readonly ladderBytes: readonly number[];
}

/** Below, at and above one Ethernet packet; a few packets; a TCP window; the size of a small package. */
const DEFAULT_SIZES = '1,512,1400,1500,4KB,16KB,64KB,1MB,4MB';

/** Each size needs a connection in each direction, and each failure takes as long as --timeout. */
const SIZES_MAX = 32;

/** The time for a search grows with the largest size; for one large transfer there is --upload. */
const SIZE_MAX_BYTES = 1024 ** 3;

/** Options that the search sets itself, each with the reason. */
const NOT_WITH_SIZES: readonly (readonly [option: string, reason: string])[] = [
  ['upload', 'the search covers both directions'],
  ['download', 'the search covers both directions'],
  ['count', 'the search opens as many connections as it needs'],
  ['interval', 'each size is tried as soon as the previous one is done'],
  ['rate', 'each size is tried as soon as the previous one is done'],
  ['duration', 'the search ends by itself; use --deadline to stop it earlier'],
  ['warmup', 'the search needs no warm-up'],
  ['concurrency', 'at most one upload and one download are active at a time'],
  ['pong-key', 'the attestation itself fills whole packets, which may be lost; use --pong-key in a separate run'],
  ['reuse', 'each size needs a new connection'],
];

/** The data to transfer; undefined without `--upload`, `--download` and `--sizes`. @throws UsageError */
export function parseDataMode(options: ParsedOptions): TransferMode | SizesMode | undefined {
  const [upload, download, sizes] = [options.value('upload'), options.value('download'), options.value('sizes')];
  const option = sizes !== undefined ? 'sizes' : upload !== undefined ? 'upload' : 'download';
  if (upload === undefined && download === undefined && sizes === undefined) return undefined;
  if (options.value('idle') !== undefined)
    throw new UsageError(`--${option} and --idle exclude each other: a connection that carries data is not idle`);
  const level = options.value('level');
  if (level !== undefined && level !== 'auto')
    throw new UsageError(`--${option} sets the level itself; leave out --level ${quote(level)}`);
  if (sizes === undefined)
    return omitUndefined({
      kind: 'transfer',
      uploadBytes: sizeOf(upload, '--upload'),
      downloadBytes: sizeOf(download, '--download'),
    });
  for (const [other, reason] of NOT_WITH_SIZES) {
    if (options.flag(other) || options.value(other) !== undefined)
      throw new UsageError(`--sizes and --${other} exclude each other: ${reason}`);
  }
  return { kind: 'sizes', ladderBytes: sizesOf(sizes) };
}

/** Several targets would share the bandwidth, so that no rate or size would mean anything. @throws UsageError */
export function rejectDataForMany(options: ParsedOptions): void {
  for (const option of ['upload', 'download', 'sizes']) {
    if (options.value(option) !== undefined)
      throw new UsageError(`--${option} measures one host at one address; leave out the other targets`);
  }
}

function sizeOf(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : parseSize(text, option, 1, TRANSFER_MAX_BYTES);
}

function sizesOf(text: string): number[] {
  const parts = (text === '' ? DEFAULT_SIZES : text).split(',');
  // A host after a --sizes without a value is read as its value: the error says where the host belongs.
  if (!parts.every((part) => /^\d/.test(part.trim())))
    throw new UsageError(
      `--sizes: ${quote(text)} is not a list of sizes; use --sizes 512,1400,64KB, and put the host before it: tentacle-ping HOST --sizes`,
    );
  const sizes = parts.map((part) => parseSize(part, '--sizes', 1, SIZE_MAX_BYTES));
  const ascending = [...new Set(sizes)].sort((a, b) => a - b);
  if (ascending.length > SIZES_MAX)
    throw new UsageError(`--sizes: ${ascending.length} sizes are too many; use up to ${SIZES_MAX}`);
  return ascending;
}
