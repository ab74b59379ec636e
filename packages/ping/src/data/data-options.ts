import { type Given, parseSize, shown, TRANSFER_MAX_BYTES, UsageError } from 'tentacle-protocol';

/** What `--upload` and `--download` ask for: one of them, or an upload and then a download. */
export interface TransferMode {
  readonly kind: 'transfer';
  readonly uploadBytes?: number;
  readonly downloadBytes?: number;
}

/** What `--sizes` asks for. */
export interface SizesMode {
  readonly kind: 'sizes';
  /** Ascending, each once. */
  readonly ladderBytes: readonly number[];
}

/** Below, at and above a packet of Ethernet; a few packets; a window; what comes with a package. */
const DEFAULT_LADDER = '1,512,1400,1500,4KB,16KB,64KB,1MB,4MB';

/** Each size is a connection each way, and each that fails takes --timeout. */
const RUNGS_MOST = 32;

/** The time that a ladder takes grows with it; one large transfer is what --upload is for. */
const RUNG_MOST_BYTES = 1024 ** 3;

/** Options that the ladder decides itself. */
const NOT_WITH_SIZES: readonly (readonly [option: string, why: string])[] = [
  ['upload', 'the ladder goes both ways in any case'],
  ['download', 'the ladder goes both ways in any case'],
  ['count', 'the ladder makes as many connections as it needs'],
  ['interval', 'each size is tried when the one before it has ended'],
  ['rate', 'each size is tried when the one before it has ended'],
  ['duration', 'the ladder ends by itself; --deadline stops it earlier'],
  ['warmup', 'nothing has to be warm for it'],
  ['concurrency', 'one upload and one download are under way at a time'],
  [
    'pong-key',
    'the attestation fills packets, of which is yet to be seen whether they pass; ask for it in a run of its own',
  ],
  ['reuse', 'each size needs a connection of its own'],
];

/** `--upload`, `--download` or `--sizes`; undefined without. @throws UsageError */
export function dataModeOf(given: Given): TransferMode | SizesMode | undefined {
  const [upload, download, sizes] = [given.one('upload'), given.one('download'), given.one('sizes')];
  const option = sizes !== undefined ? 'sizes' : upload !== undefined ? 'upload' : 'download';
  if (upload === undefined && download === undefined && sizes === undefined) return undefined;
  if (given.one('idle') !== undefined)
    throw new UsageError(`--${option} and --idle do not go together: a connection that carries data is not idle`);
  const level = given.one('level');
  if (level !== undefined && level !== 'auto')
    throw new UsageError(`--${option} says itself how far to go; leave --level ${shown(level)} away`);
  if (sizes === undefined)
    return {
      kind: 'transfer',
      ...(upload === undefined ? {} : { uploadBytes: parseSize(upload, '--upload', 1, TRANSFER_MAX_BYTES) }),
      ...(download === undefined ? {} : { downloadBytes: parseSize(download, '--download', 1, TRANSFER_MAX_BYTES) }),
    };
  for (const [other, why] of NOT_WITH_SIZES) {
    if (given.has(other) || given.one(other) !== undefined)
      throw new UsageError(`--sizes and --${other} do not go together: ${why}`);
  }
  return { kind: 'sizes', ladderBytes: ladderOf(sizes) };
}

/** Several targets at a time would share the line, and no rate or size would mean anything. @throws UsageError */
export function refuseDataOfMany(given: Given): void {
  for (const option of ['upload', 'download', 'sizes']) {
    if (given.one(option) !== undefined)
      throw new UsageError(`--${option} measures one host, at one address, at a time`);
  }
}

function ladderOf(text: string): number[] {
  const parts = (text === '' ? DEFAULT_LADDER : text).split(',');
  // A host that took the place of the value is said to be none, with where it belongs.
  if (!parts.every((part) => /^\d/.test(part.trim())))
    throw new UsageError(
      `--sizes ${shown(text)} is no list of sizes; write --sizes 512,1400,64KB, and the host before it: tentacle-ping HOST --sizes`,
    );
  const sizes = parts.map((part) => parseSize(part, '--sizes', 1, RUNG_MOST_BYTES));
  const ladder = [...new Set(sizes)].sort((a, b) => a - b);
  if (ladder.length > RUNGS_MOST) throw new UsageError(`--sizes has ${ladder.length} sizes; give up to ${RUNGS_MOST}`);
  return ladder;
}
