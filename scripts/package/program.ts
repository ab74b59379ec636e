/** A program that is packaged. */
export interface PackagedProgram {
  /** Its folder in packages/. */
  readonly folder: string;
  readonly name: string;
  /** Its usual commands: what each loads, as modules in its `dist`. */
  readonly starts: Readonly<Record<string, readonly string[]>>;
  /** Parts that have a file of their own although they are imported statically, because most runs do not use them: paths below the root. */
  readonly apart: Readonly<Record<string, readonly string[]>>;
  /** Modules to which a chunk is divided, because esbuild joins all that the same commands import: paths below the root. */
  readonly split: readonly string[];
}

/** Modules of failures that are used without any failure, and modules that both failures and runs without one need. */
const SPLIT = [
  ...['addresses', 'attestation', 'data', 'full-listener', 'steps', 'web-certificate'].map(
    (name) => `diagnostics/failures/${name}`,
  ),
  ...[
    'halibut/deflate',
    'halibut/messages',
    'halibut/wire-error',
    'http/landing-page',
    'services/idle-timeouts',
    'trace',
  ],
].map((module) => `packages/protocol/dist/${module}.js`);

/** What explains failures, and what reads messages that arrive in pieces. */
const APART = {
  failures: ['packages/protocol/dist/diagnostics/catalogue.js'],
  endings: ['packages/protocol/dist/diagnostics/endings.js'],
  inflate: ['node_modules/pako/dist/pako.mjs'],
};

export const PROGRAMS: readonly [ping: PackagedProgram, pong: PackagedProgram] = [
  {
    folder: 'ping',
    name: 'tentacle-ping',
    starts: {
      measure: ['commands/measure.js', 'commands/measure/round-trips.js'],
      explain: ['commands/explain.js', 'commands/explain/explain-id.js', 'explain/find-failure.js'],
    },
    apart: APART,
    split: SPLIT,
  },
  { folder: 'pong', name: 'tentacle-pong', starts: { run: ['commands/run.js'] }, apart: APART, split: SPLIT },
];

/** The root of the checkout. */
export const ROOT = new URL('../../../', import.meta.url);

/** Where everything is built; each run starts with an empty one. */
export const DIST = new URL('dist/', ROOT);
