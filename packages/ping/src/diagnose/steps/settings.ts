import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { omitUndefined } from 'tentacle-protocol/cli';
import { warningsOfOwnCertificate } from 'tentacle-protocol/diagnostics';
import type { DiagnosisContext, StepResult } from '../diagnosis-context.js';

/** Summarizes what this run tests. */
export function describeSettings(context: DiagnosisContext): StepResult {
  const { options, identity } = context;
  const weaknesses = warningsOfOwnCertificate(identity.certificate);
  for (const warning of weaknesses) context.addWarning(warning);
  const accepted =
    options.thumbprint === undefined
      ? 'any certificate is accepted'
      : `only the certificate ${options.thumbprint} is accepted`;
  const { serverName } = options;
  const tlsName =
    serverName === undefined ? '' : ` TLS sends ${serverName === '' ? 'no server name' : `the name ${serverName}`};`;
  const { keyType, keyBits, signatureAlgorithm } = identity.certificate;
  const weak = weaknesses.length === 0 ? '' : ` (${keyType.toUpperCase()} ${keyBits ?? ''}, ${signatureAlgorithm})`;
  return {
    status: weaknesses.length === 0 ? 'ok' : 'warning',
    title: `listening Tentacle at ${options.host}:${options.port};${tlsName} ${accepted}; your thumbprint is ${identity.thumbprint}${weak}`,
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
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map(({ address, cidr }) => ({ name, address: cidr ?? address })),
  );
  const resolvers = getServers();
  const shown = interfaces.map(({ address }) => address).join(', ');
  return {
    status: interfaces.length === 0 ? 'warning' : 'ok',
    title: `addresses: ${shown === '' ? 'loopback only' : shown}; resolvers: ${resolvers.join(', ') || 'none'}`,
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
