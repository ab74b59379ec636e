import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { networkInterfaces } from 'node:os';
import type { Finding, Inquiry } from '../inquiry.js';

/** What was asked, at a glance. */
export function settings({ plan, identity }: Inquiry): Finding {
  const pinned = plan.thumbprint === undefined ? 'any certificate is accepted' : `expects ${plan.thumbprint}`;
  const { serverName } = plan;
  const asked = serverName === undefined ? '' : ` TLS asks for ${serverName === '' ? 'no name' : serverName};`;
  return {
    status: 'ok',
    title: `listening Tentacle at ${plan.host}:${plan.port};${asked} ${pinned}; we are ${identity.thumbprint}`,
    evidence: {
      mode: 'listening',
      host: plan.host,
      port: plan.port,
      ...(serverName === undefined ? {} : { serverName }),
      ownThumbprint: identity.thumbprint,
      ownSubject: identity.subject,
      ownKeyBits: identity.certificate.keyBits ?? null,
      ownSignature: identity.certificate.signatureAlgorithm,
      expectedThumbprint: plan.thumbprint ?? null,
      timeoutUs: plan.timeoutUs,
    },
  };
}

/** What this machine looks like: its addresses, its resolvers, its clock, its TLS library. */
export function localSide(): Finding {
  const interfaces = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.filter(({ internal }) => !internal).map(({ address, cidr }) => ({ name, address: cidr ?? address })),
  );
  const resolvers = getServers();
  const shown = interfaces.map(({ address }) => address).join(', ');
  return {
    status: interfaces.length === 0 ? 'warning' : 'ok',
    title: `this machine has ${shown === '' ? 'no address but the loopback' : shown}; asks ${resolvers.join(', ') || 'no resolver'}`,
    evidence: {
      interfaces,
      resolvers,
      clock: new Date().toISOString(),
      timeZoneOffsetMinutes: -new Date().getTimezoneOffset(),
    },
  };
}

/**
 * Which of this machine's addresses the system would use towards a peer: asked of the routing table by connecting a
 * UDP socket, which sends nothing.
 */
export async function sourceAddress(address: string, port: number): Promise<string | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, () => resolve());
    });
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}
