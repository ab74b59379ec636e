import { rowOf, failureOf, whatAnswers } from 'tentacle-protocol';
import { contact } from '../contact.js';
import type { Finding, Inquiry } from '../inquiry.js';
import { skipped } from '../inquiry.js';

/** A handshake that takes longer than this is felt: Octopus makes one for each new connection. */
const SLOW_US = 2_000_000;

/** TLS to every address that accepts, each on its own: all of them should show one certificate. */
export async function tls(inquiry: Inquiry): Promise<void> {
  if (inquiry.reachable.length === 0) {
    await inquiry.step('tls', () => skipped(`${inquiry.noWay}, so there is no TLS to try`));
    return;
  }
  for (const address of inquiry.reachable) await inquiry.step('tls', () => handshake(inquiry, address));
}

async function handshake(inquiry: Inquiry, address: string): Promise<Finding> {
  const made = await contact(inquiry, { address, anyCertificate: true });
  if (!made.ok) {
    const { facts } = made.trace;
    const { id, evidence } = failureOf(made.sighting);
    const what = facts.firstBytes === undefined ? undefined : whatAnswers(facts.firstBytes);
    return {
      status: 'problem',
      title: `${address}: ${rowOf(id).title}${what === undefined ? '' : ` (${what.protocol}: ${what.detail})`}`,
      evidence: { address, answeredBy: evidence.answeredBy ?? null, code: evidence.code },
      sighting: made.sighting,
    };
  }
  made.channel.close();
  const { tlsVersion = '', cipher = '', peerCertificate, certificateAsked } = made.trace.facts;
  const durationUs = made.trace.completedStages.find(({ stage }) => stage === 'tls')?.durationUs ?? 0;
  inquiry.handshakes.push({ address, version: tlsVersion, cipher, certificate: peerCertificate, certificateAsked });
  if (durationUs >= SLOW_US) inquiry.warn('tls.slow', { durationUs });
  return {
    status: durationUs >= SLOW_US ? 'warning' : 'ok',
    title: `${address}: ${tlsVersion}, ${cipher} (${(durationUs / 1000).toFixed(1)} ms)`,
    evidence: {
      address,
      tlsVersion,
      cipher,
      durationUs,
      thumbprint: peerCertificate?.thumbprint ?? null,
      certificateAsked: certificateAsked ?? null,
    },
  };
}
