import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import {
  connectSecurely,
  Deadline,
  type Sighting,
  type SocketChannel,
  sight,
  ConnectionTrace,
} from 'tentacle-protocol';
import { connectorOptions } from '../session/connection.js';
import type { Plan } from '../plan.js';
import type { Inquiry } from './inquiry.js';

/** How a probe connects, where it differs from the usual. */
export interface Manner {
  readonly address: string;
  readonly secureContext?: SecureContext;
  /** Empty: no name is asked for. */
  readonly serverName?: string;
  /** Take any certificate, also when one is pinned: the probe looks at it. */
  readonly anyCertificate?: boolean;
  /** Past the proxy, where the plan goes through one. */
  readonly directly?: boolean;
  /** Say before TLS who connects, in the PROXY protocol. */
  readonly proxyHeader?: boolean;
  /** In place of the run's own. */
  readonly timeoutUs?: number;
}

/** How a probe went. */
export type Contact =
  | { readonly ok: true; readonly trace: ConnectionTrace; readonly channel: SocketChannel }
  | { readonly ok: false; readonly trace: ConnectionTrace; readonly sighting: Sighting };

/** One connection up to finished TLS; its first bytes are watched. The caller closes the channel. */
export async function contact(inquiry: Inquiry, manner: Manner): Promise<Contact> {
  const { plan, identity } = inquiry;
  const trace = newTrace(inquiry);
  const deadline = Deadline.inUs(Math.min(plan.timeoutUs, manner.timeoutUs ?? plan.timeoutUs));
  const { anyCertificate = false, serverName } = manner;
  const keepTimes = (): void => {
    for (const { stage, durationUs } of trace.completedStages) {
      if (stage === 'tcp') inquiry.times.tcp.push(durationUs);
      // Other offers take other numbers of round trips.
      if (stage === 'tls' && manner.secureContext === undefined) inquiry.times.tls.push(durationUs);
    }
  };
  const asAsked = manner.directly === true ? withoutProxy(plan) : plan;
  const secureContext = manner.secureContext ?? inquiry.secureContext;
  const usual = connectorOptions(anyCertificate ? unpinned(asAsked) : asAsked, secureContext);
  const target = {
    ...usual,
    address: manner.address,
    ...(serverName === undefined ? {} : { serverName }),
    ...(manner.proxyHeader === true ? { preface: proxyHeader } : {}),
  };
  trace.record({ ownThumbprint: identity.thumbprint });
  try {
    const channel = await connectSecurely(target, true, trace, deadline, inquiry.signal);
    inquiry.made.tls++;
    keepTimes();
    return { ok: true, trace, channel };
  } catch (error) {
    if (trace.completedStages.some(({ stage }) => stage === 'tcp')) inquiry.made.tcp++;
    keepTimes();
    return { ok: false, trace, sighting: sight(error, trace) };
  }
}

/** The header of the PROXY protocol, version 1: what a load balancer says of a connection that it passes on. */
function proxyHeader({ localAddress = '', remoteAddress = '', localPort = 0, remotePort = 0 }: Socket): Buffer {
  const family = remoteAddress.includes(':') ? 'TCP6' : 'TCP4';
  return Buffer.from(`PROXY ${family} ${localAddress} ${remoteAddress} ${localPort} ${remotePort}\r\n`, 'latin1');
}

/** A trace for one probe. */
export function newTrace({ plan, identity }: Inquiry): ConnectionTrace {
  return new ConnectionTrace({
    host: plan.host,
    port: plan.port,
    timeoutUs: plan.timeoutUs,
    ownThumbprint: identity.thumbprint,
    ...(plan.thumbprint === undefined ? {} : { expectedThumbprint: plan.thumbprint }),
  });
}

/** The same target, by no proxy. */
function withoutProxy({ way: _, ...plan }: Plan): Plan {
  return plan;
}

/** The same way, whoever is there. */
export function unpinned({ thumbprint: _, ...plan }: Plan): Plan {
  return plan;
}
