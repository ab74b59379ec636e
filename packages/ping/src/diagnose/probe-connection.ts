import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { type ConnectionFacts, openTlsConnection, Deadline, ConnectionTrace } from 'tentacle-protocol';
import { omitUndefined } from 'tentacle-protocol/cli';
import { observe } from 'tentacle-protocol/diagnostics';
import { connectorOptions } from '../session/connection.js';
import type { RunOptions } from '../options/run-options.js';
import type { DiagnosisContext, ProbeResult } from './diagnosis-context.js';

/** How a probe's connection differs from that of an ordinary attempt. */
export interface ProbeOptions {
  readonly address: string;
  readonly secureContext?: SecureContext;
  /** The name to send in TLS (SNI). Empty: send none. */
  readonly serverName?: string;
  /** Accept any certificate, even when one is pinned, because the probe only reads it. */
  readonly acceptAnyCertificate?: boolean;
  /** Bypass the proxy that the options uses. */
  readonly bypassProxy?: boolean;
  /** Send a PROXY protocol header before TLS. */
  readonly sendProxyHeader?: boolean;
  /** Replaces the run's time-out where it is shorter. */
  readonly timeoutUs?: number;
  /** Keep the issuers' certificates that the peer sends. */
  readonly keepChain?: boolean;
  /** What routers reported about the address before. */
  readonly earlierReports?: ConnectionFacts['earlierReports'];
  /** Called with the trace when the TCP connection is open, before TLS begins. */
  readonly onConnected?: (trace: ConnectionTrace) => void;
}

/** Opens one connection up to the end of the TLS handshake, capturing its first bytes. The caller closes the channel. */
export async function probeConnection(context: DiagnosisContext, probe: ProbeOptions): Promise<ProbeResult> {
  const { options, identity } = context;
  const trace = newTrace(context);
  const deadline = Deadline.inUs(Math.min(options.timeoutUs, probe.timeoutUs ?? options.timeoutUs));
  const { acceptAnyCertificate = false, serverName } = probe;
  const recordDurations = (): void => {
    for (const { stage, durationUs } of trace.completedStages) {
      if (stage === 'tcp') context.durations.tcp.push(durationUs);
      // A handshake that offers other parameters may need another number of round trips.
      if (stage === 'tls' && probe.secureContext === undefined) context.durations.tls.push(durationUs);
    }
  };
  const route = probe.bypassProxy === true ? withoutProxy(options) : options;
  const secureContext = probe.secureContext ?? context.secureContext;
  const target = {
    ...connectorOptions(acceptAnyCertificate ? withoutPin(route) : route, secureContext),
    address: probe.address,
    captureFirstBytes: true,
    keepChain: probe.keepChain ?? false,
    preface: (socket: Socket): Buffer => {
      probe.onConnected?.(trace);
      return probe.sendProxyHeader === true ? proxyHeader(socket) : NOTHING;
    },
    ...omitUndefined({ serverName }),
  };
  trace.record(omitUndefined({ ownThumbprint: identity.thumbprint, earlierReports: probe.earlierReports }));
  try {
    const channel = await openTlsConnection(target, trace, deadline, context.signal);
    context.connections.tls++;
    context.track(channel.tcp);
    recordDurations();
    return { ok: true, trace, channel };
  } catch (error) {
    recordDurations();
    const observation = observe(error, trace);
    if (trace.completedStages.some(({ stage }) => stage === 'tcp')) {
      const { code } = observation.signature;
      // A handshake that completes before the certificate is rejected here is closed normally.
      if (code === 'UNEXPECTED_THUMBPRINT') context.connections.tls++;
      else if (code === 'TLS_TIMEOUT' || code === 'CANCELLED') context.connections.cutTls++;
      else context.connections.failedTls++;
    }
    return { ok: false, trace, observation };
  }
}

/** A probe whose TCP connection can be judged before its handshake ends. */
export interface StartedProbe {
  /** Its trace when TCP is connected; undefined where it failed before. */
  readonly connected: Promise<ConnectionTrace | undefined>;
  readonly result: Promise<ProbeResult>;
}

/**
 * Starts a probe that goes on to TLS. A connection that ends without TLS would leave an error in a Tentacle's log, so none
 * is opened for TCP alone. The connection is closed after the handshake.
 */
export function startProbe(context: DiagnosisContext, probe: ProbeOptions): StartedProbe {
  let onConnected: (trace: ConnectionTrace | undefined) => void = () => undefined;
  const connected = new Promise<ConnectionTrace | undefined>((resolve) => {
    onConnected = resolve;
  });
  const result = probeConnection(context, { ...probe, onConnected }).then((ended) => {
    if (ended.ok) ended.channel.close();
    onConnected(undefined);
    return ended;
  });
  return { connected, result };
}

const NOTHING = Buffer.alloc(0);

/** The PROXY protocol header, version 1, with which a load balancer names the client of a connection that it forwards. */
function proxyHeader({ localAddress = '', remoteAddress = '', localPort = 0, remotePort = 0 }: Socket): Buffer {
  const family = remoteAddress.includes(':') ? 'TCP6' : 'TCP4';
  return Buffer.from(`PROXY ${family} ${localAddress} ${remoteAddress} ${localPort} ${remotePort}\r\n`, 'latin1');
}

/** A new trace for one probe of the target. */
export function newTrace({ options, identity }: DiagnosisContext): ConnectionTrace {
  const { host, port, timeoutUs, thumbprint: expectedThumbprint } = options;
  const facts = { host, port, timeoutUs, ownThumbprint: identity.thumbprint, expectedThumbprint };
  return new ConnectionTrace(omitUndefined(facts));
}

/** The same options, connecting directly. */
function withoutProxy({ proxyChoice: _, ...options }: RunOptions): RunOptions {
  return options;
}

/** The same options, accepting any certificate. */
export function withoutPin({ thumbprint: _, ...options }: RunOptions): RunOptions {
  return options;
}
