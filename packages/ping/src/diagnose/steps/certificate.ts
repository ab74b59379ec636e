import { type CertificateFacts } from 'tentacle-protocol';
import { omitUndefined, shortThumbprint } from 'tentacle-protocol/cli';
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
  if (address === undefined) return skipped(context.unreachableReason);
  if (options.serverName === '') return skipped('TLS sends no server name (--no-sni)');
  if (options.serverName === undefined && context.addresses.includes(options.host))
    return skipped('none is sent, because the target is an address');
  const without = await probeConnection(context, { address, serverName: '', acceptAnyCertificate: true });
  if (tls === undefined) return compareFailedHandshake(context, without);
  if (!without.ok) {
    context.warn('tls.unrecognized-name', { host: serverNameOf(context), without: 'fails' });
    return {
      status: 'warning',
      title: 'TLS works only with a server name (SNI)',
      details: [`It works with ${serverNameOf(context)}: a router reads the name.`],
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
      : 'different certificate without a server name (SNI)',
    details: same
      ? undefined
      : [
          `With ${serverNameOf(context)}: ${tls.certificate?.thumbprint ?? 'none'}. Without: ${other ?? 'none'}. A router reads the name.`,
        ],
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
    title: 'TLS works only without the server name (SNI)',
    details: [`The handshake fails with the server name ${serverNameOf(context)}.`],
    evidence,
    observation: observe(
      Object.assign(new Error('the server name decides'), { code: 'SERVER_NAME_DECIDES' }),
      without.trace,
    ),
    isRootCause: true,
  };
}

/** A longer subject does not fit on the line of the step; it is among the details. */
const SUBJECT_MAX_CHARS = 22;

/** Describes the certificate, and checks it against the pin and across all addresses. */
export function checkCertificate(context: DiagnosisContext): StepResult {
  const { tls } = context;
  if (tls === undefined) return skipped(context.noTlsReason);
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
      title: `${shortThumbprint(unexpected.certificate.thumbprint)} in place of ${shortThumbprint(options.thumbprint)}`,
      details: [
        `Presented: ${unexpected.certificate.thumbprint} (${unexpected.certificate.subject})`,
        `Expected: ${options.thumbprint}`,
      ],
      evidence,
      observation: observeUnexpectedThumbprint(context, unexpected.certificate, unexpected.address),
    };
  }
  if (thumbprints.length > 1) context.warn('trust.several-certificates', { where: 'several-addresses' });
  const status = cert.selfSigned && thumbprints.length === 1 ? 'ok' : 'warning';
  const key = [cert.keyType.toUpperCase(), cert.keyBits ?? []].flat().join(' ');
  const subject = cert.subject.length <= SUBJECT_MAX_CHARS ? ` ${cert.subject}` : '';
  const issuer = isOctopusCertificate(cert)
    ? 'Self-signed, as Octopus creates them.'
    : cert.selfSigned
      ? 'Self-signed.'
      : `Issued by: ${cert.issuer}`;
  return {
    status,
    title: `${shortThumbprint(cert.thumbprint)}${subject}, ${key}, ${cert.selfSigned ? 'self-signed' : 'not self-signed'}`,
    details: [
      `Thumbprint: ${cert.thumbprint}`,
      `Subject: ${cert.subject}`,
      issuer,
      `Valid from ${cert.notBefore} to ${cert.notAfter}, ${cert.signatureAlgorithm}.`,
    ],
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
