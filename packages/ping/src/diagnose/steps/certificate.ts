import { type CertificateFacts } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import {
  isOctopusCertificate,
  type Observation,
  observe,
  warningsOfCertificate,
  warningsOfSuite,
} from 'tentacle-protocol/diagnostics';
import { newTrace, probeConnection } from '../probe-connection.js';
import {
  type DiagnosisContext,
  type Handshake,
  type ProbeResult,
  skipped,
  type StepResult,
} from '../diagnosis-context.js';

/** Compares TLS with and without a server name (SNI): a router that reads it may choose two different services. */
export async function compareServerNames(context: DiagnosisContext): Promise<StepResult> {
  const { address, tls, options } = context;
  if (address === undefined) return skipped(`${context.unreachableReason}, so TLS server names cannot be compared`);
  if (options.serverName === '') return skipped('TLS sends no server name (--no-sni)');
  if (options.serverName === undefined && context.addresses.includes(options.host))
    return skipped('the target is an address, and TLS sends no server name for an address');
  const without = await probeConnection(context, { address, serverName: '', acceptAnyCertificate: true });
  if (tls === undefined) return compareFailedHandshake(context, without);
  if (!without.ok) {
    context.warn('tls.unrecognized-name', { host: serverNameOf(context), without: 'fails' });
    return {
      status: 'warning',
      title: `TLS works only with the server name ${serverNameOf(context)} (SNI): a router reads it`,
      evidence: { code: without.observation.signature.code },
    };
  }
  without.channel.close();
  const other = without.trace.facts.peerCertificate?.thumbprint ?? null;
  const same = other === (tls.certificate?.thumbprint ?? null);
  if (!same && other !== null && other === options.thumbprint)
    context.expectedSeen =
      'Without a server name (SNI), the peer presents the expected certificate, so a router selects by name. Connect by address, or register the name that leads to it.';
  if (!same) context.warn('tls.unrecognized-name', { host: serverNameOf(context), without: 'differs' });
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? 'same certificate with and without a server name (SNI)'
      : 'different certificate without a server name (SNI): a router reads it',
    evidence: { withName: tls.certificate?.thumbprint ?? null, withoutName: other },
  };
}

/** The server name that TLS sends. */
function serverNameOf({ options }: DiagnosisContext): string {
  return options.serverName ?? options.host;
}

/** TLS failed with the server name; a handshake without one shows whether the name is the cause. */
function compareFailedHandshake(context: DiagnosisContext, without: ProbeResult): StepResult {
  if (!without.ok) {
    const evidence = { code: without.observation.signature.code };
    return { status: 'unknown', title: 'TLS also fails without a server name (SNI)', evidence };
  }
  without.channel.close();
  const evidence = { withoutName: without.trace.facts.peerCertificate?.thumbprint ?? null };
  without.trace.enterStage('tls');
  // The failure belongs to the server name, which this connection did not send.
  without.trace.record({ serverName: serverNameOf(context) });
  return {
    status: 'problem',
    title: `the handshake fails with the server name ${serverNameOf(context)} (SNI) and works without it`,
    evidence,
    observation: observe(
      Object.assign(new Error('the server name decides'), { code: 'SERVER_NAME_DECIDES' }),
      without.trace,
    ),
    isRootCause: true,
  };
}

/** Describes the certificate, and checks it against the pin and across all addresses. */
export function checkCertificate(context: DiagnosisContext): StepResult {
  const { tls } = context;
  if (tls === undefined) return skipped('TLS does not work, so no certificate can be checked');
  const { certificate: cert } = tls;
  if (cert === undefined) return { status: 'unknown', title: 'the peer presented no certificate' };
  for (const warning of warningsOfCertificate(cert, new Date().toISOString())) context.addWarning(warning);
  for (const warning of warningsOfSuite(tls.cipher)) context.addWarning(warning);
  const evidence = {
    ...cert,
    keyBits: cert.keyBits ?? null,
    seen: context.handshakes.map(({ address, certificate }) => ({
      address,
      thumbprint: certificate?.thumbprint ?? null,
    })),
  };
  const { options } = context;
  const thumbprints = [...new Set(context.handshakes.map(({ certificate }) => certificate?.thumbprint))];
  const isExpected = ({ certificate }: Handshake): boolean => certificate?.thumbprint === options.thumbprint;
  const unexpected = context.handshakes.find((handshake) => !isExpected(handshake));
  if (options.thumbprint !== undefined && unexpected?.certificate !== undefined) {
    const expectedAt = context.handshakes.filter(isExpected).map(({ address }) => address);
    if (expectedAt.length > 0)
      context.expectedSeen = `${expectedAt.join(', ')} presents the expected certificate, so the addresses of the name belong to different machines.`;
    return {
      status: 'problem',
      title: `${unexpected.certificate.thumbprint} instead of the expected ${options.thumbprint}`,
      evidence,
      observation: observeUnexpectedThumbprint(context, unexpected.certificate, unexpected.address),
    };
  }
  if (thumbprints.length > 1) context.warn('trust.several-certificates', { where: 'several-addresses' });
  const kind = cert.selfSigned
    ? `self-signed${isOctopusCertificate(cert) ? ', as Octopus creates them' : ''}`
    : `issued by ${cert.issuer}`;
  const status = cert.selfSigned && thumbprints.length === 1 ? 'ok' : 'warning';
  return {
    status,
    title: [
      `${cert.thumbprint} ${cert.subject}`,
      [cert.keyType.toUpperCase(), cert.keyBits ?? []].flat().join(' '),
      cert.signatureAlgorithm,
      kind,
    ].join(', '),
    evidence,
  };
}

/** Returns the same observation as an attempt that stops at a certificate other than the pinned one. */
export function observeUnexpectedThumbprint(
  context: DiagnosisContext,
  peerCertificate: CertificateFacts,
  address = context.address,
): Observation {
  const { facts } = newTrace(context);
  return {
    signature: {
      shownAt: 'trust',
      code: 'UNEXPECTED_THUMBPRINT',
      elapsedUs: 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: { ...facts, ...omitUndefined({ address }), peerCertificate },
  };
}
