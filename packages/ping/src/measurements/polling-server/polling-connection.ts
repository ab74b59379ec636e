import {
  cancelled,
  ClientExchange,
  Deadline,
  describeCertificate,
  type ConnectionFacts,
  nowUs,
  serveRequests,
  serviceNotFoundError,
  type SocketChannel,
  WireError,
} from 'tentacle-protocol';
import { type AuthenticatedPeer, type InboundConnection } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { MAX_MESSAGE_BYTES } from '../../session/connection.js';
import { dispatchCall, type PollerConnection } from './dispatch-call.js';
import type { PollingServerContext } from './polling-server-context.js';
import type { Poller, Subscription } from './subscriptions.js';

/**
 * Handles a peer that has identified itself to the polling port: dispatches calls to a poller, and rejects any other peer.
 * @throws whatever ended the connection, unless it ended normally.
 */
export async function handlePollingConnection(peer: AuthenticatedPeer, server: PollingServerContext): Promise<void> {
  const { connection, sendIdentity } = peer;
  if (peer.subscription === undefined) {
    await sendIdentity();
    connection.enterStage('rpc');
    await rejectNonPollingClient(peer.channel, connection, server);
    return;
  }

  const subscription = server.subscriptions.of(peer.subscription);
  const { address, clientThumbprint: thumbprint = null, serverName, tlsVersion = '', cipher = '' } = connection.facts;
  // A real server counts before it identifies itself: a poller above the limit never receives MX-SERVER.
  const info = { address, thumbprint, tlsVersion, cipher, ...omitUndefined({ serverName }) };
  const poller = subscription.connect(info, server.plan.maxConnections);
  server.onMessage(
    `+ ${subscription.id} from ${address}, ${thumbprint ?? 'no certificate'} (${subscription.open} open)`,
  );
  try {
    await sendIdentity();
    connection.enterStage('rpc');
    await dispatchCalls(peer, server, subscription, poller);
  } finally {
    subscription.disconnect(poller);
    server.onMessage(`- ${subscription.id} from ${address} (${subscription.open} open)`);
  }
}

/** Dispatches calls as they are queued, and null messages without calls, until the poller leaves. */
async function dispatchCalls(
  peer: AuthenticatedPeer,
  server: PollingServerContext,
  subscription: Subscription,
  poller: Poller,
): Promise<void> {
  const { connection, channel } = peer;
  const { limits, plan, tally, closing } = server;
  const exchange = new ClientExchange(channel, 'polling', MAX_MESSAGE_BYTES);
  const target: PollerConnection = { exchange, facts: factsOf(peer, plan.timeoutUs, subscription.id), messages: 0 };
  const { signal: over, release } = firstOf(peer.gone, closing);
  let lastMessageUs = nowUs();
  try {
    for (;;) {
      const call = await subscription.queue.take(plan.keepAliveUs, over);
      if (call === undefined && closing.aborted) throw cancelled();
      if (call === undefined && over.aborted) {
        await awaitEnd(channel, limits.stepMs);
        return;
      }
      const sentUs = nowUs();
      if (call === undefined) await exchange.sendNullMessage(Deadline.inMs(limits.stepMs));
      else {
        connection.callStarted();
        subscription.callTaken(poller);
        const name = await dispatchCall(call, target, poller, Deadline.inUs(plan.timeoutUs));
        if (name === undefined) {
          subscription.queue.putBack(call);
          return;
        }
        connection.callCompleted(name);
      }
      if (!(await exchange.takeTurn(Deadline.inMs(limits.stepMs)))) return;
      if (call === undefined) tally.keptAlive(nowUs() - sentUs);
      target.messages++;
      lastMessageUs = nowUs();
      poller.lastAt = new Date().toISOString();
    }
  } finally {
    connection.record({ idleUs: nowUs() - lastMessageUs });
    release();
  }
}

/** Returns what is known of the connection when a call over it fails. */
function factsOf(
  { connection, certificate }: AuthenticatedPeer,
  timeoutUs: number,
  subscription: string,
): ConnectionFacts {
  const { address, port, tlsVersion, cipher } = connection.facts;
  return {
    host: address,
    port,
    address,
    timeoutUs,
    ...omitUndefined({ tlsVersion, cipher, peerCertificate: certificate && describeCertificate(certificate) }),
    peerRole: 'poller',
    subscription,
  };
}

/** Returns a signal that follows two others until it is released, because one of them lasts for the whole run. */
function firstOf(...signals: readonly AbortSignal[]): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  }
  const release = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, release };
}

/** Waits for END, which a poller sends when it leaves without work; one that does not was cut, or has crashed. */
async function awaitEnd(channel: SocketChannel, withinMs: number): Promise<void> {
  const request = { purpose: 'END from the poller', deadline: Deadline.inMs(withinMs) };
  const received = await channel.source.readSome(request, 16);
  if (received === undefined) throw new WireError('END_OF_STREAM', request.purpose, 'the stream ended instead');
}

/** Answers as a real server, which does not have the service either; the client learns that this is not a Tentacle. */
async function rejectNonPollingClient(
  channel: SocketChannel,
  connection: InboundConnection,
  { limits }: PollingServerContext,
): Promise<void> {
  const { stepMs } = limits;
  const bounds = { idleMs: stepMs, callMs: stepMs, stallMs: stepMs, maxMessageBytes: MAX_MESSAGE_BYTES };
  await serveRequests(channel, 'listening', bounds, (call) => {
    connection.callStarted(call.request.activityId);
    connection.callCompleted('other');
    return Promise.resolve({ error: serviceNotFoundError(call.request.service), result: null });
  });
}
