import type { FailureDefinition, FailureId } from 'tentacle-protocol/diagnostics';
import type { Match } from './explanation.js';

/** What an id is for. */
export type IdentifiedRow =
  | { readonly kind: 'failure'; readonly row: FailureDefinition<FailureId> }
  | { readonly kind: 'log-line'; readonly match: Match }
  | { readonly kind: 'ending'; readonly match: Match }
  | { readonly kind: 'check'; readonly match: Match };

/**
 * The row with this id: a failure, a known message, the end of a connection in tentacle-pong's log, or what a check found.
 * Each list is loaded only if the id is not in those before it.
 */
export async function findId(id: string): Promise<IdentifiedRow | undefined> {
  const row = (await import('./find-failure.js')).findFailure(id);
  if (row !== undefined) return { kind: 'failure', row };
  const message = (await import('./match-of-row.js')).matchOfRow(id);
  if (message !== undefined) return { kind: 'log-line', match: message };
  const ending = (await import('./match-of-ending.js')).matchOfEnding(id);
  if (ending !== undefined) return { kind: 'ending', match: ending };
  const check = (await import('./match-of-finding.js')).matchOfFinding(id);
  return check === undefined ? undefined : { kind: 'check', match: check };
}
