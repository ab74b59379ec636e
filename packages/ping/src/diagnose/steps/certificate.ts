import type { CertificateFacts, Sighting } from 'tentacle-protocol';
import { contact, newTrail } from '../contact.js';
import { type Finding, type Inquiry, skipped } from '../inquiry.js';

/** With and without a name in TLS: a router that goes by it may lead to two different places. */
export async function sni(inquiry: Inquiry): Promise<Finding> {
  const { address, tls, plan } = inquiry;
  if (address === undefined || tls === undefined)
    return skipped('TLS does not work, so names in it cannot be compared');
  if (inquiry.addresses.includes(plan.host))
    return skipped('an address was given, and addresses are never asked for in TLS');
  const without = await contact(inquiry, { address, serverName: '', anyCertificate: true });
  if (!without.ok) {
    inquiry.warn(
      'tls.sni',
      `Without the name ${plan.host} in TLS (SNI) the handshake fails: something there routes by name.`,
    );
    return {
      status: 'warning',
      title: `only with the name ${plan.host} does TLS work: something routes by it`,
      evidence: { code: without.sighting.symptom.code },
    };
  }
  without.channel.close();
  const other = without.trail.facts.peerCertificate?.thumbprint ?? null;
  const same = other === (tls.certificate?.thumbprint ?? null);
  if (!same)
    inquiry.warn('tls.sni', `With and without the name ${plan.host} in TLS (SNI) different certificates are shown.`);
  return {
    status: same ? 'ok' : 'warning',
    title: same
      ? 'the same certificate with and without a name (SNI)'
      : 'another certificate without a name (SNI): something routes by it',
    evidence: { withName: tls.certificate?.thumbprint ?? null, withoutName: other },
  };
}

/** The certificate: what it is, whether it is the expected one, and whether it is the same everywhere. */
export function certificate(inquiry: Inquiry): Finding {
  const { tls } = inquiry;
  if (tls === undefined) return skipped('TLS does not work, so there is no certificate to look at');
  const { certificate: cert } = tls;
  if (cert === undefined) return { status: 'unknown', title: 'the peer showed no certificate' };
  warnOf(inquiry, cert);
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
  if (others.length > 1)
    inquiry.warn(
      'trust.several-certificates',
      `The addresses show ${others.length} different certificates: they are not one Tentacle.`,
    );
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
  const { facts } = newTrail(inquiry);
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

/** RSA below this is refused by OpenSSL 3 at its usual level, and by Windows with current updates. */
const RSA_BITS_LEAST = 2048;

function warnOf(inquiry: Inquiry, cert: CertificateFacts): void {
  if (!cert.selfSigned) {
    inquiry.warn(
      'trust.issued-certificate',
      `The certificate is issued by ${cert.issuer}. Octopus's own are self-signed: this one is an administrator's, or that of a device that ends TLS on the way.`,
    );
  }
  if (/sha1|md5/i.test(cert.signatureAlgorithm)) {
    inquiry.warn(
      'cert.sha1',
      `The certificate is signed with ${cert.signatureAlgorithm}. It works here; stricter systems (RHEL 9, FIPS, Windows 2012 R2) refuse it. Make a new one.`,
    );
  }
  if (cert.keyType === 'rsa' && cert.keyBits !== undefined && cert.keyBits < RSA_BITS_LEAST) {
    inquiry.warn(
      'cert.weak-key',
      `The certificate's key has ${cert.keyBits} bits; current systems refuse RSA under ${RSA_BITS_LEAST}. Make a new one.`,
    );
  }
  const now = new Date().toISOString();
  if (cert.notAfter < now)
    inquiry.warn(
      'cert.expired',
      `The certificate ended on ${cert.notAfter}. Octopus does not look at dates; proxies may.`,
    );
  if (cert.notBefore > now)
    inquiry.warn(
      'clock.skew',
      `The certificate begins on ${cert.notBefore}, which is in the future here: one of the two clocks is wrong. Octopus does not look at dates.`,
    );
}
