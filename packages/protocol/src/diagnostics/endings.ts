import type { InboundObservation } from './inbound-observation.js';
import { identityEndings } from './endings/identity.js';
import { notTlsEndings } from './endings/not-tls.js';
import { otherEndings } from './endings/other.js';
import { limitEndings } from './endings/limits.js';
import { ownEndings } from './endings/local.js';
import { pollingEndings } from './endings/polling.js';
import { pageEndings } from './endings/page.js';
import type { Ending } from './endings/ending.js';
import { rpcEndings } from './endings/rpc.js';
import { trustEndings } from './endings/trust.js';
import { tlsEndings } from './endings/tls.js';

/** All endings, specific before general, in the order of the path. The first one that matches is used. */
const definitions = [
  ...trustEndings,
  ...ownEndings,
  ...limitEndings,
  ...notTlsEndings,
  ...tlsEndings,
  ...pageEndings,
  ...pollingEndings,
  ...identityEndings,
  ...rpcEndings,
  ...otherEndings,
];

/** The ids, derived from the definitions: no other list of them exists. */
export type EndingId = (typeof definitions)[number]['id'];

export const endings: readonly Ending<EndingId>[] = definitions;

/** The ids of connections that were closed at accept, because a limit on connections was reached. */
export const limitEndingIds: readonly EndingId[] = limitEndings.map(({ id }) => id);

/** The first ending that matches. The last one matches everything, so there is always one. */
export function endingDefinition(observation: InboundObservation): Ending<EndingId> {
  const match = endings.find((ending) => ending.when(observation));
  if (match === undefined) throw new Error(`no ending for ${observation.code ?? 'none'} at ${observation.phase}`);
  return match;
}
