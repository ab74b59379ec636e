/** The programs that are packaged: the folder of each in packages/, and its name. */
export const PROGRAMS = [
  { folder: 'ping', name: 'tentacle-ping' },
  { folder: 'pong', name: 'tentacle-pong' },
] as const;

export type PackagedProgram = (typeof PROGRAMS)[number];

/** The root of the checkout. */
export const ROOT = new URL('../../../', import.meta.url);

/** Where everything is built; each run starts with an empty one. */
export const DIST = new URL('dist/', ROOT);
