import type { MarkKind } from 'tentacle-protocol/cli';
import type { ComparisonVerdict } from '../compare/comparison.js';

const KINDS: Readonly<Record<ComparisonVerdict['id'], MarkKind>> = {
  same: 'good',
  // Not a fault by itself: it may be faster.
  differs: 'warning',
  'both-show-it': 'warning',
  'not-shown': 'unknown',
  'nothing-in-common': 'unknown',
};

/** The mark of a comparison's verdict. */
export function verdictKind(id: ComparisonVerdict['id']): MarkKind {
  return KINDS[id];
}
