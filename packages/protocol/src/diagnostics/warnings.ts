import type { CertificateFacts } from '../identity/certificate.js';
import { sanitizeText } from '../http/http-response.js';
import type { FailedAddress } from '../trace.js';
import { describeFailedAddress } from './failures/addresses.js';
import { capitalize, counted, durationText } from './wording.js';

/** Something that works, but may fail elsewhere or later. Plain JSON. */
export interface Warning {
  /** `where.what`. API: never renamed. */
  readonly id: WarningId;
  readonly text: string;
  /** How to fix it. */
  readonly next: string;
}

type WarningText = Omit<Warning, 'id'>;

/** Where to find the commands of Tentacle, which are not on PATH. */
const IN_ITS_FOLDER = 'in its program folder, with administrator rights';

const RENEW = `Create a new certificate for the Tentacle (Tentacle new-certificate, ${IN_ITS_FOLDER}). Restart it (Tentacle service --restart). Enter the new thumbprint in its settings in Octopus; until then, no connection between the two works.`;

const OWN_THUMBPRINT = `the one that the Tentacle itself shows (Tentacle show-thumbprint, ${IN_ITS_FOLDER})`;

const PASS_THROUGH =
  'Find the load balancer, gateway or inspecting firewall that terminates TLS, and configure it to pass TLS through.';

/** The text of each warning, as a function of the measured values. */
const warnings = {
  'dns.slow': ({ host, durationUs }: { host: string; durationUs: number }): WarningText => ({
    text: `Each new connection to ${host} waited ${durationText(durationUs)} for the DNS resolver.`,
    next: 'Check which of the configured resolvers is slow or does not answer (nslookup NAME RESOLVER), and fix or remove it.',
  }),
  'dns.failing-address': ({
    host,
    port,
    failed,
    accepted,
  }: {
    host: string;
    port: number;
    failed: readonly FailedAddress[];
    accepted: string;
  }): WarningText => ({
    text: `${host} has several addresses. ${capitalize(failed.map(describeFailedAddress).join('; '))}; ${accepted} accepts connections. Octopus goes on to the next address after such an error, so each new connection takes up to ${durationText(failed.reduce((sum, { elapsedUs }) => sum + elapsedUs, 0))} longer.`,
    next: `Correct or remove the record of ${failed.map(({ address }) => address).join(', ')}, or make it reachable on TCP ${port}.`,
  }),
  'dns.local-address': ({ host, address }: { host: string; address: string }): WarningText => ({
    text: `${host} leads to ${address}, which is an address of this machine: all of this was measured against this machine itself.`,
    next: `If ${host} is another machine, look for the name in the hosts file of this machine, and query each resolver: tentacle-ping diagnose does that.`,
  }),
  'proxy.slow': ({ proxy, durationUs }: { proxy: string; durationUs: number }): WarningText => ({
    text: `The proxy ${proxy} took up to ${durationText(durationUs)} to open a tunnel. Octopus requests one for each new connection, and times out after 15 s.`,
    next: "Check in the proxy's log why it waits: its resolver, its own path to the target, an authentication service, or its load.",
  }),
  'tls.slow': ({ durationUs }: { durationUs: number }): WarningText => ({
    text: `The TLS handshake took ${durationText(durationUs)}. Octopus needs one for each new connection.`,
    next: 'Compare it with the time of the TCP connection. If that is short, the peer or an inspecting device is busy. If it is long too, the network is slow.',
  }),
  'tls.old-versions': ({ versions }: { versions: readonly string[] }): WarningText => ({
    text: `The peer also accepts ${versions.join(' and ')}, which is no longer needed.`,
    next: "Disable old TLS versions on the Tentacle's host (Windows: SCHANNEL\\Protocols in the registry).",
  }),
  'tls.weak-suite': ({ cipher }: { cipher: string }): WarningText => ({
    text: `The connection uses ${cipher}, which lacks forward secrecy or authenticated encryption. It works here, but stricter systems reject it.`,
    next: "Enable ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384 on the Tentacle's host, ahead of the others.",
  }),
  'tls.unusual-suite': ({ cipher }: { cipher: string }): WarningText => ({
    text: `The connection uses ${cipher}, which is not among the cipher suites that Octopus recommends. It works here.`,
    next: "Enable ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384 on the Tentacle's host.",
  }),
  'tls.group': (): WarningText => ({
    text: 'The peer does not accept the group secp256r1, which Octopus recommends.',
    next: "Enable secp256r1 (P-256) on the Tentacle's host.",
  }),
  'tls.below-minimum': ({ lacking }: { lacking: readonly string[] }): WarningText => ({
    text: `The peer does not support everything that Octopus recommends as a minimum. Missing: ${lacking.join(', ')}.`,
    next: "On the Tentacle's host, enable TLS 1.2, one of the ECDHE-RSA-AES-GCM suites, secp256r1, and signatures with SHA-256.",
  }),
  'tls.unrecognized-name': ({ host, without }: { host: string; without: 'fails' | 'differs' }): WarningText => ({
    text:
      without === 'fails'
        ? `The TLS handshake fails without the server name ${host} (SNI), so a router selects by name.`
        : `The certificate differs with and without the server name ${host} (SNI), so a router selects by name.`,
    next: 'Register the Tentacle with the name that leads to it, not with an address, or pass every connection on to it.',
  }),
  'trust.several-certificates': ({ where }: { where: 'one-address' | 'several-addresses' }): WarningText => ({
    text:
      where === 'one-address'
        ? 'The same address presents different certificates from one connection to the next, so there are several machines behind it.'
        : 'The addresses of the name present different certificates, so they are not one Tentacle.',
    next: 'Use a separate name and port for each Tentacle. Octopus trusts one thumbprint for one address.',
  }),
  'trust.issued-certificate': ({ issuer }: { issuer: string }): WarningText => ({
    text: `The certificate is issued by ${sanitizeText(issuer)}, while the certificates of Octopus are self-signed. An administrator installed it, or a device in between terminates TLS.`,
    next: `Compare its thumbprint with ${OWN_THUMBPRINT}. If they differ, exempt this connection from inspection.`,
  }),
  'trust.proxy-inspects': ({
    directly,
    throughProxy,
  }: {
    directly: string | null;
    throughProxy: string | null;
  }): WarningText => ({
    text: `The certificate is ${throughProxy ?? 'none'} through the proxy, and ${directly ?? 'none'} without it. Either the proxy terminates and inspects TLS, or the two paths lead to different machines.`,
    next: `Compare both with ${OWN_THUMBPRINT}. Exempt this connection from the proxy's inspection.`,
  }),
  'trust.client-certificate-changed': ({ arrived }: { arrived: string | null }): WarningText => ({
    text: `tentacle-pong received ${arrived === null ? 'no client certificate' : `the client certificate ${arrived}`} instead of yours: TLS is re-encrypted in transit.`,
    next: PASS_THROUGH,
  }),
  'trust.tls-remade': ({ ours, theirs }: { ours: string; theirs: string }): WarningText => ({
    text: `The connection has ${ours} at this end, but ${theirs} at the other end: TLS is re-encrypted in transit.`,
    next: PASS_THROUGH,
  }),
  'page.octopus-server': (): WarningText => ({
    text: 'This port belongs to an Octopus Server, not to a Tentacle.',
    next: 'Check the host and port. A listening Tentacle uses 10933 unless changed; 10943 is the port of the Octopus Server.',
  }),
  'cert.sha1': ({ signatureAlgorithm }: { signatureAlgorithm: string }): WarningText => ({
    text: `The certificate is signed with ${signatureAlgorithm}. It works here, but stricter systems (RHEL 9, FIPS, Windows 2012 R2) reject it.`,
    next: RENEW,
  }),
  'cert.weak-key': ({ keyBits }: { keyBits: number }): WarningText => ({
    text: `The certificate's key has ${keyBits} bits. OpenSSL at its usual security level rejects RSA keys under ${RSA_BITS_LEAST} bits.`,
    next: RENEW,
  }),
  'cert.expired': ({ notAfter }: { notAfter: string }): WarningText => ({
    text: `The certificate expired on ${notAfter}. Octopus does not check dates, but proxies may.`,
    next: 'Octopus itself needs no change. If a proxy inspects TLS, create a new certificate for the Tentacle (Tentacle new-certificate, then Tentacle service --restart). Then enter the new thumbprint in Octopus.',
  }),
  'cert.own-weak-key': ({ keyBits }: { keyBits: number }): WarningText => ({
    text: `The RSA key of your own certificate has ${keyBits} bits. This tool can use it. Octopus Server or Tentacle cannot where OpenSSL requires ${RSA_BITS_LEAST} bits (Debian, Ubuntu, RHEL 9). Windows accepts 1024.`,
    next: 'If Octopus itself uses this certificate, replace it with one that has an RSA key of 2048 bits.',
  }),
  'cert.own-sha1': ({ signatureAlgorithm }: { signatureAlgorithm: string }): WarningText => ({
    text: `Your own certificate is signed with ${signatureAlgorithm}. It works here, but stricter systems (RHEL 9, FIPS, Windows 2012 R2) reject it.`,
    next: 'If Octopus itself uses this certificate, replace it with one that is signed with SHA-256.',
  }),
  'clock.skew': ({ notBefore }: { notBefore: string }): WarningText => ({
    text: `The certificate is valid from ${notBefore} on, which is in the future on this machine: one of the two clocks is wrong. Octopus does not check dates.`,
    next: 'Compare the clocks of both machines (Windows: w32tm /query /status, Linux: timedatectl).',
  }),
  'path.loss': ({ slow, of, what, byUs }: { slow: number; of: number; what: string; byUs: number }): WarningText => ({
    text: `In ${slow} of ${of} cases, ${what} took about ${durationText(byUs)} longer than in the others. That is how long a system waits before it resends a lost packet.`,
    next: 'Ask the network team to check for packet loss between the two machines (Windows: pathping, ping -n 100; Linux: mtr, ping -c 100). Possible causes: a bad cable or port, a duplex mismatch, an overloaded line or firewall.',
  }),
  'path.first-packet-lost': ({ of, byUs }: { of: number; byUs: number }): WarningText => ({
    text: `All ${counted(of, 'connection')} took about ${durationText(byUs)} to be established. That is how long a system waits before it resends the first packet of a connection, so that packet was lost each time.`,
    next: 'Capture packets on both machines to see where it is lost. A firewall that learns connections, a NAT or a VPN may drop it.',
  }),
  'idle.slow': ({ slow, idleUs, checkUs }: { slow: number; idleUs: number; checkUs: number }): WarningText => ({
    text: `${counted(slow, 'call')} on an idle connection took long, but ${slow === 1 ? 'was' : 'were'} answered: ${durationText(checkUs)} after ${durationText(idleUs)} without calls. The first packets were lost, as happens when a device in between has to learn the connection again.`,
    next: 'Ask the network team to check for a NAT, firewall or load balancer that drops the state of connections after about that time. Or measure again, to see whether it was chance.',
  }),
  'path.stale-connection': ({ slow, of }: { slow: number; of: number }): WarningText => ({
    text: `${slow} of ${counted(of, 'call')} took about a minute before they succeeded. A device in between had dropped the connection, and only a timeout led to a new one.`,
    next: 'Raise the idle timeout of the firewall, NAT or load balancer in between above the keep-alive interval (15 s), or turn keep-alives on.',
  }),
};

export type WarningId = keyof typeof warnings;

/** The ids of all warnings. */
export const warningIds = Object.keys(warnings) as readonly WarningId[];

/** The values that a warning's text needs. */
export type WarningValues<Id extends WarningId> = Parameters<(typeof warnings)[Id]>;

/** Returns a warning with its text. */
export function warningOf<Id extends WarningId>(id: Id, ...values: WarningValues<Id>): Warning {
  const textOf = warnings[id] as (...values: WarningValues<Id>) => WarningText;
  return { id, ...textOf(...values) };
}

/** OpenSSL 3 at its usual level (Debian, Ubuntu, RHEL 9) rejects RSA keys below this. Windows rejects those under 1024. */
const RSA_BITS_LEAST = 2048;

/** Returns the warnings about a peer's certificate. @param now UTC, ISO 8601. */
export function warningsOfCertificate(cert: CertificateFacts, now: string): Warning[] {
  const result: Warning[] = [];
  if (!cert.selfSigned) result.push(warningOf('trust.issued-certificate', { issuer: cert.issuer }));
  if (/sha1|md5/i.test(cert.signatureAlgorithm)) result.push(warningOf('cert.sha1', cert));
  const { keyBits } = cert;
  if (cert.keyType === 'rsa' && keyBits !== undefined && keyBits < RSA_BITS_LEAST)
    result.push(warningOf('cert.weak-key', { keyBits }));
  if (Date.parse(cert.notAfter) < Date.parse(now)) result.push(warningOf('cert.expired', cert));
  if (Date.parse(cert.notBefore) > Date.parse(now)) result.push(warningOf('clock.skew', cert));
  return result;
}

/** Returns the warnings about this end's own certificate, which this tool accepts where Octopus may not. */
export function warningsOfOwnCertificate({ keyType, keyBits, signatureAlgorithm }: CertificateFacts): Warning[] {
  return [
    ...(keyType === 'rsa' && keyBits !== undefined && keyBits < RSA_BITS_LEAST
      ? [warningOf('cert.own-weak-key', { keyBits })]
      : []),
    ...(/sha1|md5/i.test(signatureAlgorithm) ? [warningOf('cert.own-sha1', { signatureAlgorithm })] : []),
  ];
}

/** The suites that Octopus's documentation recommends, and those of TLS 1.3. */
const USUAL_SUITES = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** Returns the warnings about the suite of a connection. @param cipher its standard (IANA) name. */
export function warningsOfSuite(cipher: string): Warning[] {
  if (USUAL_SUITES.includes(cipher)) return [];
  const isStrong = /^TLS_(EC)?DHE_/.test(cipher) && /GCM|CCM|POLY1305/.test(cipher);
  return [warningOf(isStrong ? 'tls.unusual-suite' : 'tls.weak-suite', { cipher })];
}
