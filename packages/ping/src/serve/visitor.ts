import type { Socket } from 'node:net';
import {
  cancelled,
  ClientExchange,
  type Course,
  Deadline,
  describeCertificate,
  type ConnectionFacts,
  firstBytesBy,
  friendlyPage,
  handshakeAsListener,
  leaveWithoutAWord,
  nowUs,
  oneLine,
  PAGE_HEADERS,
  readIdentity,
  readPreamble,
  Refusal,
  refuseStrangers,
  serveRequests,
  serviceNotFoundError,
  type SocketChannel,
  socketChannel,
  WireError,
  writeIdentity,
} from 'tentacle-protocol';
import { MAX_MESSAGE_BYTES } from '../session/connection.js';
import { type Delivery, deliver } from './deliver.js';
import type { House } from './house.js';
import { pageFor } from './page.js';
import type { Poller, Subscription } from './subscriptions.js';

/** A connection on which TLS is made. */
interface Visit {
  readonly channel: SocketChannel;
  /** What is seen of the peer. */
  readonly facts: ConnectionFacts;
  /** The peer has ended its stream, the connection is gone, or the run is over. */
  readonly over: AbortSignal;
}

/**
 * The path of one connection, from accept to its end, as the server's polling port goes it. What is seen is noted on
 * the course as it is seen.
 * @throws whatever ended it otherwise than in order; by then the connection is closed, or closing.
 */
export async function serveVisitor(socket: Socket, course: Course, house: House): Promise<void> {
  const { limits, stop, closing } = house;
  const handshakeBy = Deadline.inMs(limits.handshakeMs);
  const first = await firstBytesBy(socket, handshakeBy);
  if (first === undefined) return;
  course.note({ firstBytes: first });

  course.enter('tls');
  const { socket: tls, seen } = await handshakeAsListener(socket, house.secureContext, first, handshakeBy, stop);
  const { version, cipher, serverName, peerCertificate } = seen;
  const certificate = peerCertificate === undefined ? undefined : describeCertificate(peerCertificate);
  course.note({ tlsVersion: version, cipher, clientThumbprint: certificate?.thumbprint ?? null });
  if (serverName !== undefined) course.note({ serverName: oneLine(serverName) });

  const channel = socketChannel(tls);
  const over = new AbortController();
  const end = (): void => over.abort();
  for (const event of ['end', 'close'] as const) tls.once(event, end);
  closing.addEventListener('abort', end, { once: true });
  if (closing.aborted) end();
  const { address, port } = course.seen;
  const certificateFacts = certificate === undefined ? {} : { peerCertificate: certificate };
  const timeoutUs = house.plan.timeoutUs;
  const facts: ConnectionFacts = {
    host: address,
    port,
    address,
    timeoutUs,
    tlsVersion: version,
    cipher,
    ...certificateFacts,
  };
  try {
    await talk({ channel, facts: { ...facts, peerRole: 'poller' }, over: over.signal }, course, house);
    channel.close();
  } catch (error) {
    if (error instanceof Refusal) leaveWithoutAWord(socket, tls);
    else channel.close();
    throw error;
  } finally {
    closing.removeEventListener('abort', end);
  }
}

/** What happens inside TLS: the preamble, then the page, or identities, and polling. */
async function talk(visit: Visit, course: Course, house: House): Promise<void> {
  const { limits, plan, subscriptions } = house;
  const { channel } = visit;

  course.enter('preamble');
  const preamble = await readPreamble(channel.source, {
    awaiting: 'the preamble',
    deadline: Deadline.inMs(limits.preambleMs),
    silenceMs: limits.preambleSilenceMs,
    maxBytes: limits.preambleMaxBytes,
  });
  if (preamble.kind === 'none') return;
  if (preamble.kind === 'other') {
    course.enter('page');
    course.note({ firstLine: oneLine(preamble.firstLine) });
    const { serverName, firstLine = '' } = course.seen;
    const page = pageFor({ ...course.view(house.version), serverName, firstLine });
    await channel.write(friendlyPage(page, PAGE_HEADERS), Deadline.inMs(limits.stepMs));
    return;
  }

  course.enter('trust');
  refuseStrangers(house.trusted, course.seen.clientThumbprint ?? null);

  course.enter('identity');
  const identityBy = Deadline.inMs(limits.stepMs);
  const ask = { awaiting: 'the identity of the poller', deadline: identityBy };
  const { subscription: id } = await readIdentity(channel.source, ask, ['MX-SUBSCRIBER', 'MX-CLIENT']);
  if (id === undefined) {
    await writeIdentity(channel, { role: 'MX-SERVER' }, identityBy);
    course.enter('rpc');
    await turnClientAway(channel, course, house);
    return;
  }

  course.note({ subscription: oneLine(id) });
  const subscription = subscriptions.of(oneLine(id));
  const { address, clientThumbprint: thumbprint = null, serverName, tlsVersion = '', cipher = '' } = course.seen;
  const named = serverName === undefined ? {} : { serverName };
  // A real server counts before it says who it is: whoever is one too many never hears MX-SERVER.
  const poller = subscription.admit({ address, thumbprint, tlsVersion, cipher, ...named }, plan.maxConnections);
  house.say(`+ ${subscription.id} is polled from ${address} as ${thumbprint ?? 'nobody'} (${subscription.open} open)`);
  try {
    await writeIdentity(channel, { role: 'MX-SERVER' }, identityBy);
    course.enter('rpc');
    await bePolled(visit, course, house, subscription, poller);
  } finally {
    subscription.leave(poller);
    house.say(`- ${subscription.id} from ${address} (${subscription.open} open)`);
  }
}

/** Hand over calls as they come and say that there are none, until the poller goes. */
async function bePolled(
  { channel, facts, over }: Visit,
  course: Course,
  house: House,
  subscription: Subscription,
  poller: Poller,
): Promise<void> {
  const { limits, plan, tally } = house;
  const exchange = new ClientExchange(channel, 'polling', MAX_MESSAGE_BYTES);
  const delivery: Delivery = { exchange, facts: { ...facts, subscription: subscription.id }, messages: 0 };
  for (;;) {
    const call = await subscription.queue.take(plan.keepAliveUs, over);
    if (call === undefined && house.closing.aborted) throw cancelled();
    if (call === undefined && over.aborted) {
      await hearGoodbye(channel, limits.stepMs);
      return;
    }
    const sentUs = nowUs();
    if (call === undefined) await exchange.nothingToDo(Deadline.inMs(limits.stepMs));
    else {
      course.callBegins(undefined);
      subscription.took(poller);
      const name = await deliver(call, delivery, poller, Deadline.inUs(plan.timeoutUs));
      if (name === undefined) {
        subscription.queue.putBack(call);
        return;
      }
      course.callEnds(name);
    }
    if (!(await exchange.takeTurn(Deadline.inMs(limits.stepMs)))) return;
    if (call === undefined) tally.keptAlive(nowUs() - sentUs);
    delivery.messages++;
    poller.lastAt = new Date().toISOString();
  }
}

/** A poller that goes while there is no work says END; one that does not was cut, or has crashed. */
async function hearGoodbye(channel: SocketChannel, withinMs: number): Promise<void> {
  const ask = { awaiting: 'the goodbye of the poller', deadline: Deadline.inMs(withinMs) };
  const said = await channel.source.readSome(ask, 16);
  if (said === undefined) throw new WireError('END_OF_STREAM', ask.awaiting, 'the stream ended instead');
}

/** A real server has no such service either. Its caller learns that way that this is no Tentacle. */
async function turnClientAway(channel: SocketChannel, course: Course, { limits }: House): Promise<void> {
  const patience = { idleMs: limits.stepMs, callMs: limits.stepMs, stallMs: limits.stepMs };
  const bounds = { ...patience, maxMessageBytes: MAX_MESSAGE_BYTES };
  await serveRequests(channel, 'listening', bounds, (call) => {
    course.callBegins(call.request.activityId);
    course.callEnds('other');
    return Promise.resolve({ error: serviceNotFoundError(call.request.service), result: null });
  });
}
