import { contact } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';

/** Enough to meet each of two or three machines behind a balancer, few enough to leave the log readable. */
const TIMES = 5;

/** The same again: a path that works now and then, or leads to several machines, shows here. */
export async function repeat(inquiry: Inquiry): Promise<Finding> {
  const { address, tls } = inquiry;
  if (address === undefined || tls === undefined) return skipped('TLS does not work, so there is nothing to repeat');
  const seen = new Map<string, number>();
  let failed: Finding | undefined;
  for (let time = 0; time < TIMES && !inquiry.signal.aborted; time++) {
    const made = await contact(inquiry, { address, anyCertificate: true });
    if (made.ok) made.channel.close();
    else failed ??= { status: 'problem', title: 'it does not always work', sighting: made.sighting };
    const shown = made.ok
      ? (made.trace.facts.peerCertificate?.thumbprint ?? 'none')
      : `failed with ${made.sighting.symptom.code}`;
    seen.set(shown, (seen.get(shown) ?? 0) + 1);
  }
  const evidence = { times: TIMES, seen: Object.fromEntries(seen) };
  if (failed !== undefined)
    return {
      ...failed,
      title: `TLS works only now and then: ${[...seen].map(([what, count]) => `${count} times ${what}`).join(', ')}`,
      evidence,
    };
  const same = seen.size === 1 && seen.has(tls.certificate?.thumbprint ?? 'none');
  if (!same) inquiry.warn('trust.several-certificates', { where: 'one-address' });
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? `${TIMES} more times, always the same certificate`
      : 'different certificates from one connection to the next',
    evidence,
  };
}
