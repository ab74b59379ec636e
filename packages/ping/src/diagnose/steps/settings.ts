import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { count, omitUndefined, readInterfaces, shortThumbprint } from 'tentacle-protocol/cli';
import { warningsOfOwnCertificate } from 'tentacle-protocol/diagnostics';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';

/** Summarizes what this run tests. */
export function describeSettings(context: DiagnosisContext): StepResult {
  const { options, identity } = context;
  const weaknesses = warningsOfOwnCertificate(identity.certificate);
  for (const warning of weaknesses) context.addWarning(warning);
  const { serverName, thumbprint } = options;
  const { keyType, keyBits, signatureAlgorithm } = identity.certificate;
  const accepted = thumbprint === undefined ? 'any peer is accepted' : `expects ${shortThumbprint(thumbprint)}`;
  const isWeak = weaknesses.length > 0;
  return {
    status: isWeak ? 'warning' : 'ok',
    title: isWeak ? 'your certificate is weak' : `your thumbprint ${shortThumbprint(identity.thumbprint)}; ${accepted}`,
    details: [
      `Your thumbprint: ${identity.thumbprint} (${keyType.toUpperCase()} ${keyBits ?? ''}, ${signatureAlgorithm})`,
      thumbprint === undefined ? 'Any certificate is accepted.' : `Only this certificate is accepted: ${thumbprint}`,
      ...(serverName === undefined
        ? []
        : [serverName === '' ? 'TLS sends no server name (SNI).' : `TLS sends the server name (SNI) ${serverName}.`]),
    ],
    evidence: {
      mode: 'listening',
      host: options.host,
      port: options.port,
      ...omitUndefined({ serverName }),
      ownThumbprint: identity.thumbprint,
      ownSubject: identity.subject,
      ownKeyBits: identity.certificate.keyBits ?? null,
      ownSignature: identity.certificate.signatureAlgorithm,
      expectedThumbprint: options.thumbprint ?? null,
      timeoutUs: options.timeoutUs,
    },
  };
}

/** Describes this machine: its addresses, its resolvers and its clock. */
export function describeThisMachine(): StepResult {
  const listed = Object.entries(readInterfaces());
  const interfaces = listed.flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map(({ address, cidr }) => ({ name, address: cidr ?? address })),
  );
  // Not even loopback: the system failed to list them, or none is up.
  const none = listed.length === 0 ? 'addresses unknown' : 'loopback only';
  const resolvers = getServers();
  const [first, ...others] = interfaces.map(({ address }) => address);
  const more = others.length === 0 ? '' : ` and ${count(others.length, 'more address', 'more addresses')}`;
  return {
    status: interfaces.length === 0 ? 'warning' : 'ok',
    title: first === undefined ? none : `${first}${more}`,
    details: [
      `Addresses: ${interfaces.map(({ address }) => address).join(', ') || none}`,
      `Resolvers: ${resolvers.join(', ') || 'none'}`,
    ],
    evidence: {
      interfaces,
      resolvers,
      clock: new Date().toISOString(),
      timeZoneOffsetMinutes: -new Date().getTimezoneOffset(),
    },
  };
}

/**
 * Returns the local address that the system would use for connections to a peer. Connecting a UDP socket looks it up in
 * the routing table and sends nothing.
 */
export async function sourceAddress(address: string, port: number): Promise<string | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => resolve());
    });
    const { address: source } = socket.address();
    // Without a route, an IPv6 socket may stay unbound.
    return source === '::' || source === '0.0.0.0' ? undefined : source;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
