import fc from 'fast-check';

/** A JSON value, with the BSON values that have no JSON form. */
type Tree =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Buffer
  | readonly Tree[]
  | { readonly [key: string]: Tree };

/** Names that objects inherit, or that a table of names may not expect. */
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'a'.repeat(300),
  'x\u202ey',
  '$type',
  '$ref',
];

const LEAVES: readonly Tree[] = [
  null,
  true,
  0,
  -1,
  2 ** 31 - 1,
  -(2 ** 31),
  2n ** 63n - 1n,
  -(2n ** 63n),
  '',
  '\u001b]0;title\u0007',
  '\u009b2J\u202e\u200b',
  'x'.repeat(10_000),
  '9999-99-99T99:99:99.999Z',
  Buffer.alloc(3),
  new Date(0),
];

const replacement: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...LEAVES),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.string({ maxLength: 20 }),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS.filter((key) => key !== '__proto__')), tie('tree'), { maxKeys: 3 }),
  ),
})).tree;

const change = fc.record({
  /** The member that changes, as a fraction of all. */
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  what: fc.oneof(
    fc.record({ kind: fc.constant('replace' as const), value: replacement }),
    fc.record({ kind: fc.constant('remove' as const) }),
    fc.record({ kind: fc.constant('rename' as const), key: fc.constantFrom(...KEYS) }),
    fc.record({ kind: fc.constant('repeat' as const), times: fc.integer({ min: 2, max: 300 }) }),
  ),
});

/** The object with up to four of its members, at any depth, replaced, removed, renamed, or repeated in a list. */
export function mutatedObject(seed: object): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let tree = seed as unknown as Tree;
    for (const { at, what } of changes) {
      const target = Math.floor(at * countMembers(tree));
      let index = 0;
      const visit = (value: Tree): Tree => {
        if (!isBranch(value)) return value;
        if (Array.isArray(value))
          return (value as readonly Tree[]).flatMap((item) => visitMember('', item).map(([, v]) => v));
        // Without a prototype, so that `__proto__` is a member like any other.
        const copy = Object.create(null) as Record<string, Tree>;
        for (const [key, item] of Object.entries(value).flatMap(([key, item]) => visitMember(key, item)))
          copy[key] = item;
        return copy;
      };
      const visitMember = (key: string, item: Tree): (readonly [string, Tree])[] => {
        if (index++ !== target) return [[key, visit(item)]];
        if (what.kind === 'remove') return [];
        if (what.kind === 'rename') return [[what.key, item]];
        if (what.kind === 'replace') return [[key, what.value]];
        return [[key, Array.from({ length: sizeOf(item) > 100 ? 1 : what.times }, () => item)]];
      };
      tree = visit(tree);
    }
    return tree as Record<string, unknown>;
  });
}

function isBranch(value: Tree): value is readonly Tree[] | Readonly<Record<string, Tree>> {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !(value instanceof Date);
}

/** Roughly how long a value is once it is written. A large one is not repeated: four times 300 would be billions. */
function sizeOf(value: Tree): number {
  return typeof value === 'string' || isBranch(value)
    ? JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? 0 : item)).length
    : 10;
}

function countMembers(value: Tree): number {
  return isBranch(value) ? Object.values(value).reduce<number>((sum, item) => sum + 1 + countMembers(item), 0) : 0;
}
