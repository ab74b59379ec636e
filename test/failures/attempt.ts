import { createSecureContext, type SecureContext } from 'node:tls';
import {
  ClientExchange,
  call,
  openTlsConnection,
  Deadline,
  type ConnectionFacts,
  getCapabilities,
  type HttpProxy,
  exchangeIdentityAsConnector,
  type SocketChannel,
  ConnectionTrace,
} from '../../packages/protocol/src/index.js';
import { type Failure, failureOf, type Observation, observe } from '../../packages/protocol/src/diagnostics/index.js';
import type { TransferRequest } from '../../packages/ping/src/report/transfer-report.js';
import { runTransfer } from '../../packages/ping/src/measurements/transfer/run-transfer.js';
import { testIdentity } from '../identities.js';

/** How an attempt of a test is to be made; what is left out is as tentacle-ping does it. */
export interface Manner {
  readonly host?: string;
  readonly watch?: boolean;
  /**
   * How long the connection may take to the end of TLS; then the identities; then each call. Long, unless it is what
   * the test is about: what comes before it must not end it on a busy machine.
   */
  readonly timeoutMs?: number;
  readonly identityMs?: number;
  readonly callMs?: number;
  readonly expectedThumbprint?: string;
  /** Round trips on the connection. */
  readonly calls?: number;
  readonly maxMessageBytes?: number;
  readonly secureContext?: SecureContext;
  /** What an earlier look has told. */
  readonly facts?: Partial<ConnectionFacts>;
  readonly signal?: AbortSignal;
  readonly proxy?: HttpProxy;
  /** A data stream to be moved in place of calls; `callMs` is how long nothing may move. */
  readonly wanted?: TransferRequest;
  /** Done when the connection stands and the identities are yet to come. */
  readonly beforeIdentity?: () => unknown;
  /** Done after the identities, before the first call. */
  readonly beforeCall?: () => unknown;
}

export interface Outcome {
  readonly trace: ConnectionTrace;
  readonly error?: unknown;
  readonly observation?: Observation;
  readonly failure?: Failure;
}

const own = await testIdentity('Octopus Server');

/** What we present in tests. */
export const OWN_THUMBPRINT = own.thumbprint;
export const OWN_CONTEXT = createSecureContext(own.secureContextOptions);

/** The staged path of a client that connects, to GetCapabilities: what it came to. */
export async function attempt(port: number, manner: Manner = {}): Promise<Outcome> {
  const { host = '127.0.0.1', timeoutMs = 20_000, expectedThumbprint, calls = 1 } = manner;
  const signal = manner.signal ?? new AbortController().signal;
  const pinned = expectedThumbprint === undefined ? {} : { expectedThumbprint };
  const known = { ownThumbprint: OWN_THUMBPRINT, ...pinned, ...manner.facts };
  const trace = new ConnectionTrace({ host, port, timeoutUs: timeoutMs * 1000, ...known });
  const deadline = Deadline.inMs(timeoutMs);
  const way = manner.proxy === undefined ? {} : { proxy: manner.proxy };
  const plan = { host, port, secureContext: manner.secureContext ?? OWN_CONTEXT, ...pinned, ...way };
  let channel: SocketChannel | undefined;
  const cut = (): void => channel?.cancel();
  signal.addEventListener('abort', cut, { once: true });
  try {
    channel = await openTlsConnection(plan, manner.watch ?? true, trace, deadline, signal);
    await manner.beforeIdentity?.();
    await exchangeIdentityAsConnector(
      channel,
      { role: 'MX-CLIENT' },
      trace,
      Deadline.inMs(manner.identityMs ?? 20_000),
    );
    await manner.beforeCall?.();
    const exchange = new ClientExchange(channel, 'listening', manner.maxMessageBytes ?? 1_000_000);
    const endpoint = { baseUri: `https://${host}:${port}/`, remoteThumbprint: '' };
    if (manner.wanted !== undefined) {
      const connection = { channel, exchange, endpoint, facts: trace.facts, isSpent: false, calls: 0 };
      const stallUs = (manner.callMs ?? 20_000) * 1000;
      await runTransfer(connection, manner.wanted, { trace, stallUs, onEnd: () => undefined });
    }
    for (let made = 0; manner.wanted === undefined && made < calls; made++) {
      const callBy = Deadline.inMs(manner.callMs ?? 20_000);
      trace.record({ callsBefore: made });
      trace.enterStage('rpc');
      await exchange.takeTurn(callBy);
      await trace.stage('rpc', () => call(exchange, getCapabilities, null, endpoint, callBy));
    }
    await exchange.end(Deadline.inMs(20_000));
    return { trace };
  } catch (error) {
    const observation = observe(error, trace);
    return { trace, error, observation, failure: failureOf(observation) };
  } finally {
    signal.removeEventListener('abort', cut);
    channel?.close();
  }
}
