import type { CertificateFacts } from '../trust/certificate.js';
import { shownText } from '../wire/http-answer.js';
import { span } from './row.js';

/** Something that works and may not work elsewhere or tomorrow. Plain JSON. */
export interface Warning {
  /** `where.what`. API: never renamed. */
  readonly id: WarningId;
  readonly text: string;
  /** What to do about it. */
  readonly next: string;
}

type Words = Omit<Warning, 'id'>;

/** Every warning there is: its words, made of what was seen. Texts for people stand only here. */
const warnings = {
  'dns.slow': ({ host, durationUs }: { host: string; durationUs: number }): Words => ({
    text: `Every new connection to ${host} waits ${span(durationUs)} for the resolver.`,
    next: 'Look which of the configured resolvers is slow or silent (nslookup NAME RESOLVER), and mend it or take it out.',
  }),
  'proxy.slow': ({ proxy, durationUs }: { proxy: string; durationUs: number }): Words => ({
    text: `The proxy ${proxy} takes up to ${span(durationUs)} to open a tunnel. Octopus asks for one for each new connection, and gives up after 15 s.`,
    next: "Look into the proxy's log what it waits for: its resolver, its own way to the target, an authentication service, or its load.",
  }),
  'tls.slow': ({ durationUs }: { durationUs: number }): Words => ({
    text: `The TLS handshake takes ${span(durationUs)}; Octopus makes one for each new connection.`,
    next: 'Compare with the time that TCP takes: where that is short, the machine at the other end or an inspecting device is busy; where it is long too, the line is slow.',
  }),
  'tls.old-versions': ({ versions }: { versions: readonly string[] }): Words => ({
    text: `The peer also takes ${versions.join(' and ')}, which nothing needs any more.`,
    next: "Switch them off on the Tentacle's host (Windows: SCHANNEL\\Protocols in the registry).",
  }),
  'tls.weak-suite': ({ cipher }: { cipher: string }): Words => ({
    text: `The connection uses ${cipher}, which lacks forward secrecy or an authenticated cipher. It works here; stricter systems refuse it.`,
    next: "Enable ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384 on the Tentacle's host, before the others.",
  }),
  'tls.unusual-suite': ({ cipher }: { cipher: string }): Words => ({
    text: `The connection uses ${cipher}, which is not among the suites that Octopus asks for. It works here.`,
    next: "Enable ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384 on the Tentacle's host.",
  }),
  'tls.group': (): Words => ({
    text: 'The peer does not take the group secp256r1, which Octopus recommends.',
    next: "Enable secp256r1 (P-256) on the Tentacle's host.",
  }),
  'tls.below-minimum': ({ lacking }: { lacking: readonly string[] }): Words => ({
    text: `Of what Octopus requires the peer takes no ${lacking.join(', no ')}.`,
    next: "Enable on the Tentacle's host TLS 1.2, one of the ECDHE-RSA-AES-GCM suites, secp256r1, and signatures with SHA-256.",
  }),
  'tls.sni': ({ host, without }: { host: string; without: 'fails' | 'differs' }): Words => ({
    text:
      without === 'fails'
        ? `Without the name ${host} in TLS (SNI) the handshake fails: something there routes by name.`
        : `With and without the name ${host} in TLS (SNI) different certificates are shown: something there routes by name.`,
    next: 'Register the Tentacle by the name that leads to it, not by an address, or pass every connection on to it.',
  }),
  'trust.several-certificates': ({ where }: { where: 'one-address' | 'several-addresses' }): Words => ({
    text:
      where === 'one-address'
        ? 'The same address shows different certificates from one connection to the next: several machines stand behind it.'
        : 'The addresses of the name show different certificates: they are not one Tentacle.',
    next: 'Give each Tentacle a name and a port of its own: Octopus trusts one thumbprint for one address.',
  }),
  'trust.issued-certificate': ({ issuer }: { issuer: string }): Words => ({
    text: `The certificate is issued by ${shownText(issuer)}. Octopus's own are self-signed: this one is an administrator's, or that of a device that ends TLS on the way.`,
    next: 'Compare its thumbprint with that which the Tentacle itself shows (Tentacle show-thumbprint). If they differ, exempt this connection from inspection.',
  }),
  'trust.proxy-inspects': ({
    directly,
    throughProxy,
  }: {
    directly: string | null;
    throughProxy: string | null;
  }): Words => ({
    text: `Through the proxy the certificate ${throughProxy ?? 'none'} is shown, past it ${directly ?? 'none'}: the proxy ends TLS and looks inside, or the two ways lead to two machines.`,
    next: "Compare both with what the Tentacle itself shows (Tentacle show-thumbprint); exempt this connection from the proxy's inspection.",
  }),
  'trust.client-certificate-changed': ({ arrived }: { arrived: string | null }): Words => ({
    text: `Pong got ${arrived === null ? 'no client certificate' : `the client certificate ${arrived}`}, not ours: TLS is ended and made anew on the way.`,
    next: 'Find the load balancer, gateway or inspecting firewall that does so, and pass TLS through in place of ending it.',
  }),
  'trust.tls-remade': ({ ours, theirs }: { ours: string; theirs: string }): Words => ({
    text: `Here the connection has ${ours}, at the other end ${theirs}: TLS is ended and made anew on the way.`,
    next: 'Find the load balancer, gateway or inspecting firewall that does so, and pass TLS through in place of ending it.',
  }),
  'page.octopus-server': (): Words => ({
    text: 'This port belongs to an Octopus Server, not to a Tentacle.',
    next: "Check host and port: a listening Tentacle's is 10933 unless changed; 10943 is the server's own.",
  }),
  'cert.sha1': ({ signatureAlgorithm }: { signatureAlgorithm: string }): Words => ({
    text: `The certificate is signed with ${signatureAlgorithm}. It works here; stricter systems (RHEL 9, FIPS, Windows 2012 R2) refuse it.`,
    next: 'Make a new one (Tentacle new-certificate), then update the thumbprint in Octopus.',
  }),
  'cert.weak-key': ({ keyBits }: { keyBits: number }): Words => ({
    text: `The certificate's key has ${keyBits} bits; current systems refuse RSA under ${RSA_BITS_LEAST}.`,
    next: 'Make a new one (Tentacle new-certificate), then update the thumbprint in Octopus.',
  }),
  'cert.expired': ({ notAfter }: { notAfter: string }): Words => ({
    text: `The certificate ended on ${notAfter}. Octopus does not look at dates; proxies may.`,
    next: 'Nothing for Octopus itself; where a proxy inspects TLS, make a new one (Tentacle new-certificate).',
  }),
  'clock.skew': ({ notBefore }: { notBefore: string }): Words => ({
    text: `The certificate begins on ${notBefore}, which is in the future here: one of the two clocks is wrong. Octopus does not look at dates.`,
    next: 'Compare the clocks of both machines (w32tm /query /status, timedatectl).',
  }),
  'path.loss': ({ slow, of, what, byUs }: { slow: number; of: number; what: string; byUs: number }): Words => ({
    text: `${slow} of ${of} times ${what} took longer by about ${span(byUs)}, while the others did not: that is how long a system waits before it sends a lost packet again.`,
    next: 'Have the network team look for loss between the two: a bad cable or port, duplex, an overloaded line or firewall (ping -n 100 / ping -c 100, pathping, mtr).',
  }),
  'idle.slow': ({ slow, idleUs, checkUs }: { slow: number; idleUs: number; checkUs: number }): Words => ({
    text: `${slow === 1 ? 'A call' : `${slow} calls`} on a connection that had been idle took long and was answered in the end: after ${span(idleUs)} of idleness ${span(checkUs)}. Its first packets were lost, as where a device on the way has to learn the connection anew.`,
    next: 'Have the network team look for a NAT, firewall or load balancer that forgets connections after about that time; or measure again, to see whether it is chance.',
  }),
  'path.minute': ({ slow, of }: { slow: number; of: number }): Words => ({
    text: `${slow} of ${of} calls took about a minute and then worked: the connection had been forgotten on the way, and only a time-out brought a new one.`,
    next: 'Raise the idle limit of the firewall, NAT or load balancer on the way above the keep-alive (15 s), or switch keep-alives on.',
  }),
};

export type WarningId = keyof typeof warnings;

/** What a warning's words are made of. */
export type WarningValues<Id extends WarningId> = Parameters<(typeof warnings)[Id]>;

/** A warning in its words. */
export function warningOf<Id extends WarningId>(id: Id, ...values: WarningValues<Id>): Warning {
  const words = warnings[id] as (...values: WarningValues<Id>) => Words;
  return { id, ...words(...values) };
}

/** RSA below this is refused by OpenSSL 3 at its usual level, and by Windows with current updates. */
const RSA_BITS_LEAST = 2048;

/** What a peer's certificate gives to think of. @param now UTC, ISO 8601. */
export function warningsOfCertificate(cert: CertificateFacts, now: string): Warning[] {
  const found: Warning[] = [];
  if (!cert.selfSigned) found.push(warningOf('trust.issued-certificate', { issuer: cert.issuer }));
  if (/sha1|md5/i.test(cert.signatureAlgorithm)) found.push(warningOf('cert.sha1', cert));
  const { keyBits } = cert;
  if (cert.keyType === 'rsa' && keyBits !== undefined && keyBits < RSA_BITS_LEAST)
    found.push(warningOf('cert.weak-key', { keyBits }));
  if (Date.parse(cert.notAfter) < Date.parse(now)) found.push(warningOf('cert.expired', cert));
  if (Date.parse(cert.notBefore) > Date.parse(now)) found.push(warningOf('clock.skew', cert));
  return found;
}

/** The suites that Octopus's documentation asks for, and those of TLS 1.3. */
const USUAL_SUITES = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** What the suite of a connection gives to think of. @param cipher its standard (IANA) name. */
export function warningsOfSuite(cipher: string): Warning[] {
  if (USUAL_SUITES.includes(cipher)) return [];
  const isStrong = /^TLS_(EC)?DHE_/.test(cipher) && /GCM|CCM|POLY1305/.test(cipher);
  return [warningOf(isStrong ? 'tls.unusual-suite' : 'tls.weak-suite', { cipher })];
}
