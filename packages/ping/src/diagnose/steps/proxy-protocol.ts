import type { FailureId } from 'tentacle-protocol';
import { contact } from '../contact.js';
import type { Inquiry } from '../inquiry.js';

/** Endings of which a missing header of the PROXY protocol is one cause. */
const CUT: readonly FailureId[] = ['tls.closed', 'tls.reset'];

/**
 * Where the handshake is cut without a byte, try it once with the header that a load balancer would send before it: that
 * separates a listener that waits for one from all other causes. A real Tentacle takes it for a failed handshake.
 */
export async function proxyProtocol(inquiry: Inquiry): Promise<void> {
  const cut = inquiry.problems.find(
    ({ failure, sighting }) => CUT.includes(failure.id) && sighting.symptom.receivedBytes === 0,
  );
  const { address } = inquiry;
  if (cut === undefined || address === undefined) return;
  await inquiry.step('proxy-protocol', async () => {
    const made = await contact(inquiry, { address, anyCertificate: true, proxyHeader: true });
    if (!made.ok) {
      const { code } = made.sighting.symptom;
      return { status: 'ok', title: 'a PROXY protocol header before TLS changes nothing', evidence: { code } };
    }
    made.channel.close();
    const thumbprint = made.trace.facts.peerCertificate?.thumbprint ?? null;
    inquiry.settled.set(
      cut.failure.id,
      'With a PROXY protocol header before it the handshake works: what listens there expects a load balancer that sends one. Octopus sends none, so switch that off (accept-proxy, proxy_protocol), or connect by way of that load balancer.',
    );
    return { status: 'warning', title: 'TLS works after a PROXY protocol header', evidence: { thumbprint } };
  });
}
