import type { Screen } from './screen.js';

/**
 * A bar for a share of the longest one, which takes `columns`. Without Unicode `#`; with it half a block is the smallest
 * part, because consoles of Windows have no letters for less. What is more than nothing has a bar.
 */
export function bar(share: number, columns: number, { unicode }: Pick<Screen, 'unicode'>): string {
  const halves = share <= 0 ? 0 : Math.max(1, Math.round(Math.min(share, 1) * columns * 2));
  if (!unicode) return '#'.repeat(Math.ceil(halves / 2));
  return `${'█'.repeat(Math.floor(halves / 2))}${halves % 2 === 1 ? '▌' : ''}`;
}
