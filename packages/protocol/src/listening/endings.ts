import type { Sighting } from './course.js';
import { identityEndings } from './endings/identity.js';
import { notTlsEndings } from './endings/not-tls.js';
import { otherEndings } from './endings/other.js';
import { ownEndings } from './endings/own.js';
import { pollingEndings } from './endings/polling.js';
import { pageEndings } from './endings/page.js';
import type { Ending } from './endings/row.js';
import { rpcEndings } from './endings/rpc.js';
import { tlsEndings } from './endings/tls.js';

/** Every ending there is, specific before general, in the order of the path; the first row that fits is the ending. */
const rows = [
  ...ownEndings,
  ...notTlsEndings,
  ...tlsEndings,
  ...pageEndings,
  ...pollingEndings,
  ...identityEndings,
  ...rpcEndings,
  ...otherEndings,
];

/** The ids, made from the table: there is no other list of them. */
export type EndingId = (typeof rows)[number]['id'];

export const endings: readonly Ending<EndingId>[] = rows;

/** The first row that fits. The last one takes what is left, so there always is one. */
export function endingOf(sighting: Sighting): Ending<EndingId> {
  const found = endings.find((row) => row.when(sighting));
  if (found === undefined) throw new Error(`no ending for ${sighting.code ?? 'none'} at ${sighting.place}`);
  return found;
}
