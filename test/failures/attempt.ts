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

/** The options of an attempt; the defaults are those of tentacle-ping. */
export interface AttemptOptions {
  readonly host?: string;
  /** Captures the first bytes that arrive. */
  readonly captureFirstBytes?: boolean;
  /**
   * Time limits for the connection up to the end of TLS, for the identities, and for each call. They are long, unless
   * they are what is tested, so that a busy machine does not end an earlier stage.
   */
  readonly timeoutMs?: number;
  readonly identityMs?: number;
  readonly callMs?: number;
  readonly expectedThumbprint?: string;
  /** Round trips on the connection. */
  readonly calls?: number;
  readonly maxMessageBytes?: number;
  readonly secureContext?: SecureContext;
  /** Facts that an earlier probe has shown. */
  readonly facts?: Partial<ConnectionFacts>;
  readonly signal?: AbortSignal;
  readonly proxy?: HttpProxy;
  /** A data stream to transfer in place of calls; `callMs` then limits how long no data may move. */
  readonly transfer?: TransferRequest;
  /** Runs when the connection is established, before the identities. */
  readonly beforeIdentity?: () => unknown;
  /** Runs after the identities, before the first call. */
  readonly beforeCall?: () => unknown;
}

export interface Outcome {
  readonly trace: ConnectionTrace;
  readonly error?: unknown;
  readonly observation?: Observation;
  readonly failure?: Failure;
}

const own = await testIdentity('Octopus Server');

/** The thumbprint that tests present. */
export const OWN_THUMBPRINT = own.thumbprint;
export const OWN_CONTEXT = createSecureContext(own.secureContextOptions);

/** Runs all stages of a client that connects, up to GetCapabilities. */
export async function attempt(port: number, options: AttemptOptions = {}): Promise<Outcome> {
  const { host = '127.0.0.1', timeoutMs = 20_000, expectedThumbprint, calls = 1, captureFirstBytes = true } = options;
  const signal = options.signal ?? new AbortController().signal;
  const pinned = expectedThumbprint === undefined ? {} : { expectedThumbprint };
  const known = { ownThumbprint: OWN_THUMBPRINT, ...pinned, ...options.facts };
  const trace = new ConnectionTrace({ host, port, timeoutUs: timeoutMs * 1000, ...known });
  const deadline = Deadline.inMs(timeoutMs);
  const proxy = options.proxy === undefined ? {} : { proxy: options.proxy };
  const secureContext = options.secureContext ?? OWN_CONTEXT;
  const plan = { host, port, secureContext, captureFirstBytes, ...pinned, ...proxy };
  let channel: SocketChannel | undefined;
  const cut = (): void => channel?.cancel();
  signal.addEventListener('abort', cut, { once: true });
  try {
    channel = await openTlsConnection(plan, trace, deadline, signal);
    await options.beforeIdentity?.();
    await exchangeIdentityAsConnector(
      channel,
      { role: 'MX-CLIENT' },
      trace,
      Deadline.inMs(options.identityMs ?? 20_000),
    );
    await options.beforeCall?.();
    const exchange = new ClientExchange(channel, 'listening', options.maxMessageBytes ?? 1_000_000);
    const endpoint = { baseUri: `https://${host}:${port}/`, remoteThumbprint: '' };
    if (options.transfer !== undefined) {
      const connection = { channel, exchange, endpoint, facts: trace.facts, isSpent: false, calls: 0 };
      const stallUs = (options.callMs ?? 20_000) * 1000;
      await runTransfer(connection, options.transfer, { trace, stallUs, onEnd: () => undefined });
    }
    for (let callsBefore = 0; options.transfer === undefined && callsBefore < calls; callsBefore++) {
      const callBy = Deadline.inMs(options.callMs ?? 20_000);
      trace.record({ callsBefore });
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
