/** The direction of bytes through the relay: to the end that listens, or to the end that connected. */
export type Direction = 'to-listener' | 'to-connector';

export const DIRECTIONS: readonly Direction[] = ['to-listener', 'to-connector'];

/**
 * What the relay does at a byte, in place of forwarding it. `fin` and `drop` concern the bytes of one direction; `fin-both`
 * and `drop-both` those of both. `damage` changes one bit of that byte and forwards everything.
 */
export const KINDS = ['fin', 'fin-both', 'reset', 'drop', 'drop-both', 'damage'] as const;
export type Kind = (typeof KINDS)[number];

/** The cut of one conversation: the first `at` bytes of that direction pass. */
export interface Cut {
  readonly kind: Kind;
  readonly direction: Direction;
  readonly at: number;
}

/** Whether an end learns of the cut by its own deadline only, as far as that end waits for something. */
export function needsDeadline(kind: Kind): boolean {
  return kind === 'drop' || kind === 'drop-both' || kind === 'damage';
}

export function opposite(direction: Direction): Direction {
  return direction === 'to-listener' ? 'to-connector' : 'to-listener';
}
