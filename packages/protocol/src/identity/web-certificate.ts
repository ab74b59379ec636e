import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type CertificateFacts, describeCertificate, isOctopusCertificate } from './certificate.js';

/** Root certificates that clients on this machine trust, and where they are from. */
export interface TrustStore {
  /** `the certificates of this system`, `the Mozilla list in Node.js`: for the middle of a sentence. */
  readonly name: string;
  /** Whether it is the list in Node.js, because this system's own was not read: private authorities are then unknown. */
  readonly isBuiltIn?: true;
  /** PEM or DER. */
  readonly roots: readonly (string | Buffer)[];
}

/** One certificate that a web client rejects or warns about, and why. */
export type WebCertificateFault =
  /** Its names do not include the requested one; `noNames`: it has only a common name, which clients ignore. */
  | { readonly kind: 'name'; readonly noNames: boolean }
  /** Created by Octopus for Halibut, so that no web client accepts it. */
  | { readonly kind: 'octopus' }
  | { readonly kind: 'self-signed' }
  /** Issued by an authority whose name is that of an inspecting proxy. */
  | { readonly kind: 'inspected'; readonly vendor: string }
  /** The chain ends at an authority that is not in the store; `sent`: with the authority's own certificate. */
  | { readonly kind: 'unknown-issuer'; readonly sent: boolean }
  /** The server sent its own certificate alone, and its issuer is not in the store. */
  | { readonly kind: 'no-intermediate' }
  | { readonly kind: 'expired'; readonly certificate: CertificateFacts }
  | { readonly kind: 'not-yet-valid'; readonly certificate: CertificateFacts }
  | { readonly kind: 'weak-key'; readonly certificate: CertificateFacts }
  | { readonly kind: 'weak-signature'; readonly certificate: CertificateFacts }
  /** It may not identify servers (extended key usage). */
  | { readonly kind: 'purpose' };

/** How a web client on this machine judges a server's certificate. Plain data. */
export interface WebCertificateJudgment {
  /** The name or address that the client asks for. */
  readonly requestedName: string;
  /** The names and addresses of the certificate (subject alternative names). */
  readonly names: readonly string[];
  /** The server's certificate first, as sent, with the authority from the store if the client found one. */
  readonly chain: readonly CertificateFacts[];
  /** The issuer of the last certificate that the server sent. */
  readonly issuer: string;
  /** Where the server's certificate says that its issuer's is found (HTTP). */
  readonly issuerUrl?: string;
  readonly store: string;
  /** This machine's clock, against which dates are checked. UTC, ISO 8601. */
  readonly now: string;
  readonly faults: readonly WebCertificateFault[];
}

/** A server's certificates, and what a client asks and trusts. */
export interface WebCertificateRequest {
  /** DER, the server's own first. */
  readonly chain: readonly Buffer[];
  readonly requestedName: string;
  readonly store: TrustStore;
  readonly now: Date;
}

/** More certificates than a chain has; each one costs a signature check. */
const CHAIN_MAX = 10;

/** The lowest RSA key size that browsers, Windows and OpenSSL accept at their usual level. */
const RSA_BITS_LEAST = 2048;

/** Extended key usages of a TLS server: that purpose, and any purpose (RFC 5280). */
const SERVER_PURPOSES = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** Vendors of inspecting proxies, by the names of the authorities that their products create. */
const INSPECTING_AUTHORITIES: readonly (readonly [RegExp, string])[] = [
  [/zscaler/i, 'Zscaler'],
  [/forti(net|gate)/i, 'Fortinet'],
  [/palo ?alto|globalprotect|prisma access/i, 'Palo Alto Networks'],
  [/blue ?coat|proxysg|symantec (web|cloud) (security|swg)/i, 'Blue Coat (Symantec)'],
  [/netskope|goskope/i, 'Netskope'],
  [/cisco umbrella|opendns|ironport/i, 'Cisco'],
  [/forcepoint|websense/i, 'Forcepoint (Websense)'],
  [/mcafee|skyhigh|trellix/i, 'McAfee (Skyhigh)'],
  [/sophos|astaro/i, 'Sophos'],
  [/check ?point/i, 'Check Point'],
  [/sonicwall/i, 'SonicWall'],
  [/barracuda/i, 'Barracuda'],
  [/watchguard/i, 'WatchGuard'],
  [/iboss/i, 'iboss'],
  [/menlo ?security/i, 'Menlo Security'],
  [/cloudflare.*gateway|gateway.*cloudflare/i, 'Cloudflare Gateway'],
  [/kaspersky/i, 'Kaspersky'],
  [/\beset\b/i, 'ESET'],
  [/avast|\bavg\b/i, 'Avast'],
  [/bitdefender/i, 'Bitdefender'],
  [/smoothwall/i, 'Smoothwall'],
  [/untangle|arista.*ngfw/i, 'Untangle'],
  [/mitmproxy/i, 'mitmproxy'],
  [/fiddler/i, 'Fiddler'],
  [/portswigger/i, 'Burp Suite'],
  [/charles proxy/i, 'Charles'],
  [/squid/i, 'Squid'],
];

/** Judges a server's certificate as a web client does: names, issuer and chain, dates, key and signature, purpose. */
export function judgeWebCertificate({
  chain,
  requestedName,
  store,
  now,
}: WebCertificateRequest): WebCertificateJudgment {
  const sent = chain.slice(0, CHAIN_MAX).map((der) => new X509Certificate(der));
  const [leaf] = sent;
  if (leaf === undefined) throw new RangeError('a chain has at least one certificate');
  const sentPath = pathFrom(leaf, sent.slice(1));
  const trusted = trustedPath(sentPath, store);
  const facts = (trusted ?? sentPath).map(({ raw }) => describeCertificate(raw));
  const issuer = describeCertificate((sentPath.at(-1) ?? leaf).raw).issuer;
  const url = /^CA Issuers - URI:(http:\S{1,300})$/m.exec(leaf.infoAccess ?? '')?.[1];
  return {
    requestedName,
    names: namesOf(leaf),
    chain: facts,
    issuer,
    ...(url === undefined ? {} : { issuerUrl: url }),
    store: store.name,
    now: `${now.toISOString().slice(0, 19)}Z`,
    faults: [
      ...nameFaults(leaf, requestedName),
      ...(trusted === undefined ? issuerFaults(facts) : inspectionFaults(facts)),
      ...facts.flatMap((certificate) => dateFaults(certificate, now)),
      ...facts.flatMap((certificate) => strengthFaults(certificate)),
      ...purposeFaults(leaf),
    ],
  };
}

/** The certificates from the server's own up to the last issuer that the server sent, in any order. */
function pathFrom(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const path = [leaf];
  for (let last = leaf; !isIssuedBy(last, last); ) {
    const issuer = others.find((other) => !path.includes(other) && isIssuedBy(last, other));
    if (issuer === undefined) break;
    path.push(issuer);
    last = issuer;
  }
  return path;
}

/**
 * The shortest beginning of a path that ends at a trusted root, with that root; undefined: none does. What a server sends
 * beyond it, such as an old root that signed a newer one, does not matter.
 */
function trustedPath(path: readonly X509Certificate[], store: TrustStore): X509Certificate[] | undefined {
  const roots = store.roots.map(readRoot).filter((root) => root !== undefined);
  for (const [index, certificate] of path.entries()) {
    const upTo = path.slice(0, index + 1);
    if (roots.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return upTo;
    const issuer = roots.find((root) => root.subject === certificate.issuer && isIssuedBy(certificate, root));
    if (issuer !== undefined) return [...upTo, issuer];
  }
  return undefined;
}

function readRoot(bytes: string | Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes);
  } catch {
    return undefined; // A store may hold certificates that this OpenSSL does not read.
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false; // A key or signature algorithm that OpenSSL does not know.
  }
}

/** Alternative names as node:crypto lists them: `DNS:a.example, IP Address:192.0.2.1`. */
function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s"]{1,253})/g)]
    .map(([, name = '']) => name)
    .slice(0, 100);
}

function nameFaults(leaf: X509Certificate, name: string): WebCertificateFault[] {
  // No name would make a web certificate of it.
  if (isOctopusCertificate(describeCertificate(leaf.raw))) return [];
  const matches =
    isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) !== undefined : leaf.checkIP(name) !== undefined;
  return matches ? [] : [{ kind: 'name', noNames: namesOf(leaf).length === 0 }];
}

/** Why a path without a trusted root is rejected. */
function issuerFaults(facts: readonly CertificateFacts[]): WebCertificateFault[] {
  const [leaf] = facts;
  const last = facts.at(-1);
  const vendor = vendorOf(facts);
  if (leaf?.selfSigned === true) return [{ kind: isOctopusCertificate(leaf) ? 'octopus' : 'self-signed' }];
  if (vendor !== undefined) return [{ kind: 'inspected', vendor }];
  if (facts.length === 1) return [{ kind: 'no-intermediate' }];
  return [{ kind: 'unknown-issuer', sent: last?.selfSigned === true }];
}

/** A trusted authority of an inspecting proxy: web clients accept it, and Halibut, which compares thumbprints, does not. */
function inspectionFaults(facts: readonly CertificateFacts[]): WebCertificateFault[] {
  const vendor = vendorOf(facts);
  return vendor === undefined ? [] : [{ kind: 'inspected', vendor }];
}

/** The vendor whose product's name is among the issuers. */
function vendorOf(facts: readonly CertificateFacts[]): string | undefined {
  const issuers = facts.map(({ issuer }) => issuer).join('\n');
  return INSPECTING_AUTHORITIES.find(([pattern]) => pattern.test(issuers))?.[1];
}

function dateFaults(certificate: CertificateFacts, now: Date): WebCertificateFault[] {
  if (Date.parse(certificate.notAfter) < now.getTime()) return [{ kind: 'expired', certificate }];
  if (Date.parse(certificate.notBefore) > now.getTime()) return [{ kind: 'not-yet-valid', certificate }];
  return [];
}

/** A self-signed certificate's own signature proves nothing and is not checked. */
function strengthFaults(certificate: CertificateFacts): WebCertificateFault[] {
  const { keyType, keyBits, signatureAlgorithm, selfSigned } = certificate;
  const hasWeakKey = keyType.startsWith('rsa') && keyBits !== undefined && keyBits < RSA_BITS_LEAST;
  const hasWeakSignature = !selfSigned && /sha1|md5/i.test(signatureAlgorithm);
  return [
    ...(hasWeakKey ? [{ kind: 'weak-key', certificate } as const] : []),
    ...(hasWeakSignature ? [{ kind: 'weak-signature', certificate } as const] : []),
  ];
}

/** Node calls the extended key usage `keyUsage`; a certificate without one may serve any purpose. */
function purposeFaults(leaf: X509Certificate): WebCertificateFault[] {
  const usages = leaf.keyUsage as string[] | undefined;
  if (usages === undefined || usages.length === 0) return [];
  return usages.some((usage) => SERVER_PURPOSES.includes(usage)) ? [] : [{ kind: 'purpose' }];
}
