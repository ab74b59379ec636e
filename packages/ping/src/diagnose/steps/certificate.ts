import { type CertificateFacts, type Sighting, sight, warningsOfCertificate, warningsOfSuite } from 'tentacle-protocol';
import { type Contact, contact, newTrace } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';

/** With and without a name in TLS: a router that goes by it may lead to two different places. */
export async function sni(inquiry: Inquiry): Promise<Finding> {
  const { address, tls, plan } = inquiry;
  if (address === undefined) return skipped(`${inquiry.noWay}, so names in TLS cannot be compared`);
  if (plan.serverName === '') return skipped('no name is asked for in TLS (--no-sni)');
  if (plan.serverName === undefined && inquiry.addresses.includes(plan.host))
    return skipped('an address was given, and addresses are never asked for in TLS');
  const without = await contact(inquiry, { address, serverName: '', anyCertificate: true });
  if (tls === undefined) return withoutName(inquiry, without);
  if (!without.ok) {
    inquiry.warn('tls.sni', { host: nameIn(inquiry), without: 'fails' });
    return {
      status: 'warning',
      title: `only with the name ${nameIn(inquiry)} does TLS work: something routes by it`,
      evidence: { code: without.sighting.symptom.code },
    };
  }
  without.channel.close();
  const other = without.trace.facts.peerCertificate?.thumbprint ?? null;
  const same = other === (tls.certificate?.thumbprint ?? null);
  if (!same) inquiry.warn('tls.sni', { host: nameIn(inquiry), without: 'differs' });
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? 'the same certificate with and without a name (SNI)'
      : 'another certificate without a name (SNI): something routes by it',
    evidence: { withName: tls.certificate?.thumbprint ?? null, withoutName: other },
  };
}

/** The name that TLS asks for. */
function nameIn({ plan }: Inquiry): string {
  return plan.serverName ?? plan.host;
}

/** TLS fails with the name; whether it is the name, the same without one tells. */
function withoutName(inquiry: Inquiry, without: Contact): Finding {
  if (!without.ok) {
    const evidence = { code: without.sighting.symptom.code };
    return { status: 'unknown', title: 'TLS fails without a name (SNI) as well', evidence };
  }
  without.channel.close();
  const evidence = { withoutName: without.trace.facts.peerCertificate?.thumbprint ?? null };
  without.trace.enterStage('tls');
  // What fails is the name, which this connection did without.
  without.trace.record({ serverName: nameIn(inquiry) });
  return {
    status: 'problem',
    title: `without the name ${nameIn(inquiry)} in TLS (SNI) the handshake works, with it it fails`,
    evidence,
    sighting: sight(Object.assign(new Error('the name decides'), { code: 'SERVER_NAME_DECIDES' }), without.trace),
    isCause: true,
  };
}

/** The certificate: what it is, whether it is the expected one, and whether it is the same everywhere. */
export function certificate(inquiry: Inquiry): Finding {
  const { tls } = inquiry;
  if (tls === undefined) return skipped('TLS does not work, so there is no certificate to look at');
  const { certificate: cert } = tls;
  if (cert === undefined) return { status: 'unknown', title: 'the peer showed no certificate' };
  for (const warning of warningsOfCertificate(cert, new Date().toISOString())) inquiry.warnAs(warning);
  for (const warning of warningsOfSuite(tls.cipher)) inquiry.warnAs(warning);
  const evidence = {
    ...cert,
    keyBits: cert.keyBits ?? null,
    seen: inquiry.handshakes.map(({ address, certificate }) => ({
      address,
      thumbprint: certificate?.thumbprint ?? null,
    })),
  };
  const { plan } = inquiry;
  const others = [...new Set(inquiry.handshakes.map(({ certificate }) => certificate?.thumbprint))];
  if (plan.thumbprint !== undefined && plan.thumbprint !== cert.thumbprint) {
    return {
      status: 'problem',
      title: `${cert.thumbprint}, not the expected ${plan.thumbprint}`,
      evidence,
      sighting: unexpected(inquiry, cert),
    };
  }
  if (others.length > 1) inquiry.warn('trust.several-certificates', { where: 'several-addresses' });
  const kind = cert.selfSigned ? 'self-signed, as Octopus makes them' : `issued by ${cert.issuer}`;
  const status = cert.selfSigned && others.length === 1 ? 'ok' : 'warning';
  return {
    status,
    title: `${cert.thumbprint}, ${cert.subject}, ${cert.keyType} ${cert.keyBits ?? ''}, ${cert.signatureAlgorithm}, ${kind}`,
    evidence,
  };
}

/** Where the pin does not fit, the verdict is that of an attempt that stops there. */
function unexpected(inquiry: Inquiry, peerCertificate: CertificateFacts): Sighting {
  const { facts } = newTrace(inquiry);
  const address = inquiry.address === undefined ? {} : { address: inquiry.address };
  return {
    symptom: {
      shownAt: 'trust',
      code: 'UNEXPECTED_THUMBPRINT',
      elapsedUs: 0,
      received: Buffer.alloc(0),
      receivedBytes: 0,
    },
    facts: { ...facts, ...address, peerCertificate },
  };
}
