import type { FailureId } from 'tentacle-protocol/diagnostics';
import { probeConnection } from '../probe-connection.js';
import type { DiagnosisContext } from '../diagnosis-context.js';

/** Failures that a missing PROXY protocol header can cause. */
const FAILURES_OF_MISSING_HEADER: readonly FailureId[] = ['tls.closed', 'tls.reset'];

/**
 * Where the handshake ends before any byte arrives, retries once with the header that a load balancer would send first:
 * that separates a listener that expects one from all other causes. A real Tentacle sees it as a failed handshake.
 */
export async function testProxyProtocol(context: DiagnosisContext): Promise<void> {
  const problem = context.problems.find(
    ({ failure, observation }) =>
      FAILURES_OF_MISSING_HEADER.includes(failure.id) && observation.signature.receivedBytes === 0,
  );
  const { address } = context;
  if (problem === undefined || address === undefined) return;
  await context.step('proxy-protocol', async () => {
    const probe = await probeConnection(context, { address, acceptAnyCertificate: true, sendProxyHeader: true });
    if (!probe.ok) {
      context.isProxyHeaderExcluded = true;
      const { code } = probe.observation.signature;
      return { status: 'ok', title: 'a PROXY protocol header before TLS does not help', evidence: { code } };
    }
    probe.channel.close();
    const thumbprint = probe.trace.facts.peerCertificate?.thumbprint ?? null;
    context.confirmedCauses.set(
      problem.failure.id,
      'The handshake works after a PROXY protocol header: the listener expects a load balancer that sends one. Octopus sends none. Turn the header off on the listener (accept-proxy, proxy_protocol), or connect through that load balancer.',
    );
    return { status: 'warning', title: 'TLS works after a PROXY protocol header', evidence: { thumbprint } };
  });
}
