import fc from 'fast-check';

/** One change to a sequence of bytes. Positions are fractions, so that a change fits any length. */
export type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'set'; readonly at: number; readonly value: number }
  | { readonly kind: 'int32'; readonly at: number; readonly value: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'remove'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'move'; readonly at: number; readonly length: number; readonly to: number }
  | { readonly kind: 'cut'; readonly at: number };

/** Above this, more of the same teaches nothing and each run takes longer. */
const MAX_BYTES = 64 * 1024;

/** Values at which lengths and counts change their meaning. */
const EDGES = [0, 1, -1, 4, 5, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, -0x80000000];

/** Characters that act on a terminal, a log or a parser: ESC, CSI, NUL, line ends, bidi, zero width, byte order mark. */
const TELLING_TEXTS = [
  '\u001b[31m',
  '\u009b2J',
  '\0',
  '\r\n',
  '\u202e',
  '\u200b',
  '\ufeff',
  '%s',
  '"',
  '\\',
  '{',
  '}',
  '\u2028',
];

const at = fc.double({ min: 0, max: 1, noNaN: true });
const length = fc.integer({ min: 1, max: 300 });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant('set' as const), at, value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('int32' as const), at, value: fc.oneof(fc.constantFrom(...EDGES), fc.integer()) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at,
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.constantFrom(...TELLING_TEXTS).map((text) => new Uint8Array(Buffer.from(text))),
    ),
  }),
  fc.record({ kind: fc.constant('remove' as const), at, length }),
  fc.record({ kind: fc.constant('repeat' as const), at, length, times: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('move' as const), at, length, to: at }),
  fc.record({ kind: fc.constant('cut' as const), at }),
);

/** A seed with up to six changes. */
export function mutated(seeds: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 6 }))
    .map(([seed, mutations]) => mutations.reduce(apply, seed));
}

/** Returns the changed copy. */
function apply(bytes: Buffer, change: Mutation): Buffer {
  const position = Math.min(bytes.length, Math.floor(change.at * (bytes.length + 1)));
  const [before, after] = [bytes.subarray(0, position), bytes.subarray(position)];
  switch (change.kind) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      if (position < copy.length) copy[position] = (copy[position] ?? 0) ^ (1 << change.bit);
      return copy;
    }
    case 'set': {
      const copy = Buffer.from(bytes);
      if (position < copy.length) copy[position] = change.value;
      return copy;
    }
    case 'int32': {
      const copy = Buffer.from(bytes);
      if (position + 4 <= copy.length) copy.writeInt32LE(change.value, position);
      return copy;
    }
    case 'insert':
      return Buffer.concat([before, change.bytes, after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(change.length)]);
    case 'repeat': {
      const piece = after.subarray(0, change.length);
      const times = Math.min(change.times, Math.floor(MAX_BYTES / Math.max(1, piece.length)));
      return Buffer.concat([before, ...Array.from({ length: times }, () => piece), after]).subarray(0, MAX_BYTES);
    }
    case 'move': {
      const piece = after.subarray(0, change.length);
      const rest = Buffer.concat([before, after.subarray(change.length)]);
      const to = Math.floor(change.to * (rest.length + 1));
      return Buffer.concat([rest.subarray(0, to), piece, rest.subarray(to)]);
    }
    case 'cut':
      return before;
  }
}
