import { formatDuration } from 'tentacle-protocol/cli';
import { failureDefinition, failureOf, identifyProtocol } from 'tentacle-protocol/diagnostics';
import { probeConnection } from '../probe-connection.js';
import { type DiagnosisContext, skipped, type StepResult } from '../diagnosis-context.js';

/** A slower handshake is noticeable: Octopus needs one for each new connection. */
const SLOW_US = 2_000_000;

/** Performs a handshake with every address that accepts connections: all should present one certificate. */
export async function testHandshakes(context: DiagnosisContext): Promise<void> {
  if (context.reachable.length === 0) {
    await context.step('tls', () => skipped(context.unreachableReason));
    return;
  }
  for (const address of context.reachable) await context.step('tls', () => testHandshake(context, address));
}

async function testHandshake(context: DiagnosisContext, address: string): Promise<StepResult> {
  // Through a proxy, the connections of the step `tcp` are direct ones.
  const started = context.usesProxy ? undefined : context.startedHandshakes.get(address);
  const probe = await (started ?? probeConnection(context, { address, acceptAnyCertificate: true }));
  if (!probe.ok) {
    const { facts } = probe.trace;
    const { id, evidence } = failureOf(probe.observation);
    const protocol = facts.firstBytes === undefined ? undefined : identifyProtocol(facts.firstBytes);
    return {
      status: 'problem',
      title: failureDefinition(id).title,
      details: [`${address}${protocol === undefined ? '' : `: ${protocol.protocol}, ${protocol.detail}`}`],
      evidence: { address, answeredBy: evidence.answeredBy ?? null, code: evidence.code },
      observation: probe.observation,
    };
  }
  probe.channel.close();
  const { tlsVersion = '', cipher = '', peerCertificate, clientCertificateRequested } = probe.trace.facts;
  const durationUs = probe.trace.completedStages.find(({ stage }) => stage === 'tls')?.durationUs ?? 0;
  context.handshakes.push({
    address,
    version: tlsVersion,
    cipher,
    certificate: peerCertificate,
    clientCertificateRequested,
  });
  if (durationUs >= SLOW_US) context.warn('tls.slow', { durationUs });
  return {
    status: durationUs >= SLOW_US ? 'warning' : 'ok',
    title: `${context.reachable.length > 1 ? address : `${tlsVersion}, ${cipher}`} (${formatDuration(durationUs)})`,
    details: context.reachable.length > 1 ? [`${tlsVersion}, ${cipher}`] : undefined,
    evidence: {
      address,
      tlsVersion,
      cipher,
      durationUs,
      thumbprint: peerCertificate?.thumbprint ?? null,
      clientCertificateRequested: clientCertificateRequested ?? null,
    },
  };
}
