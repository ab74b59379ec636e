/** A program that is packaged. */
export interface PackagedProgram {
  /** Its folder in packages/. */
  readonly folder: string;
  readonly name: string;
  /** Its usual commands: what each loads, as modules in its `dist`. */
  readonly starts: Readonly<Record<string, readonly string[]>>;
  /** Modules that run only where they are used, although they are imported statically: paths below the root. */
  readonly apart: readonly string[];
}

export const PROGRAMS: readonly PackagedProgram[] = [
  {
    folder: 'ping',
    name: 'tentacle-ping',
    starts: {
      measure: ['commands/measure.js', 'commands/measure/round-trips.js'],
      explain: ['commands/explain.js', 'commands/explain/explain-id.js', 'explain/find-failure.js'],
    },
    apart: [],
  },
  { folder: 'pong', name: 'tentacle-pong', starts: { run: ['commands/run.js'] }, apart: [] },
];

/** The root of the checkout. */
export const ROOT = new URL('../../../', import.meta.url);

/** Where everything is built; each run starts with an empty one. */
export const DIST = new URL('dist/', ROOT);
