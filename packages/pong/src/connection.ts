import type { Socket } from 'node:net';
import {
  type ConnectionView,
  type Course,
  Deadline,
  firstBytesBy,
  friendlyPage,
  handshakeAsListener,
  isOriginalPing,
  leaveWithoutAWord,
  oneLine,
  originalPongAnswer,
  PAGE_HEADERS,
  readIdentity,
  readPreamble,
  Refusal,
  refuseStrangers,
  serveRequests,
  type SocketChannel,
  socketChannel,
  thumbprintOf,
  writeIdentity,
} from 'tentacle-protocol';
import type { House } from './house.js';
import { pageFor } from './page.js';
import { answerCall, type AnswerRecords, countedAs } from './services.js';

/**
 * The path of one connection, from accept to its end, as a listening Tentacle goes it. What is seen is noted on the
 * course as it is seen.
 * @throws whatever ended it otherwise than in order; by then the connection is closed, or closing.
 */
export async function serveConnection(
  socket: Socket,
  course: Course,
  house: House,
  answerRecords: AnswerRecords,
): Promise<void> {
  const { limits, stop } = house;
  const handshakeBy = Deadline.inMs(limits.handshakeMs);
  const first = await firstBytesBy(socket, handshakeBy);
  if (first === undefined) return;
  course.note({ firstBytes: first });

  course.enter('tls');
  const { socket: tls, seen } = await handshakeAsListener(socket, house.secureContext, first, handshakeBy, stop);
  tls.once('end', () => course.peerEnded());
  tls.on('error', (error) => course.broke(error));
  const { version, cipher, serverName, peerCertificate } = seen;
  const clientThumbprint = peerCertificate === undefined ? null : thumbprintOf(peerCertificate);
  course.note({ tlsVersion: version, cipher, clientThumbprint });
  if (serverName !== undefined) course.note({ serverName: oneLine(serverName) });

  const channel = socketChannel(tls, socket);
  try {
    await talk(channel, course, house, answerRecords);
    channel.close();
  } catch (error) {
    if (error instanceof Refusal) leaveWithoutAWord(socket, tls);
    else channel.close();
    throw error;
  }
}

/** What happens inside TLS: the preamble, then the page, or identities and calls. */
async function talk(channel: SocketChannel, course: Course, house: House, answerRecords: AnswerRecords): Promise<void> {
  const { limits } = house;

  course.enter('preamble');
  const preamble = await readPreamble(channel.source, {
    awaiting: 'the preamble',
    deadline: Deadline.inMs(limits.preambleMs),
    silenceMs: limits.preambleSilenceMs,
    maxBytes: limits.preambleMaxBytes,
  });
  if (preamble.kind === 'none') return;
  if (preamble.kind === 'other') {
    const isOriginal = isOriginalPing(preamble.head, channel.source.bufferedBytes > 0);
    course.enter(isOriginal ? 'original' : 'page');
    course.note({ firstLine: oneLine(preamble.firstLine) });
    const { serverName, firstLine = '' } = course.seen;
    const page = pageFor({ ...course.view(house.version), serverName, firstLine, requestBytes: preamble.totalBytes });
    const answer = isOriginal ? originalPongAnswer() : friendlyPage(page, PAGE_HEADERS);
    await channel.write(answer, Deadline.inMs(limits.stepMs));
    return;
  }

  course.enter('trust');
  refuseStrangers(house.trusted, course.seen.clientThumbprint ?? null);

  course.enter('identity');
  const identityBy = Deadline.inMs(limits.stepMs);
  const ask = { awaiting: 'the identity of the client', deadline: identityBy };
  const { subscription } = await readIdentity(channel.source, ask, ['MX-CLIENT', 'MX-SUBSCRIBER']);
  if (subscription !== undefined) course.note({ subscription: oneLine(subscription) });
  // A real listener answers a poller too, who then believes that all is well. This one leaves after it, and names it.
  await writeIdentity(channel, { role: 'MX-SERVER' }, identityBy);
  if (subscription !== undefined) return;

  course.enter('rpc');
  const attest = house.attestor.forConnection(course, (nonce) => channel.prove(nonce));
  const view = (): ConnectionView => ({ ...course.view(house.version), idleLimitMs: limits.idleMs });
  const stopKeepAlive = (): void => void channel.tcp.setKeepAlive(false);
  const context = { view, answerRecords, attest, stopKeepAlive };
  await serveRequests(channel, 'listening', limits, async (call) => {
    const { service, method, activityId } = call.request;
    course.callBegins(activityId);
    if (house.log.isLevelEnabled('debug')) {
      house.log.debug({ connectionId: course.connectionId, service: nameOf(service), method: nameOf(method) }, 'call');
    }
    const reply = await answerCall(call, context);
    course.callEnds(countedAs(call));
    return reply;
  });
}

/** What a stranger calls a service or a method, fit for the log. Real names are under 100 characters. */
function nameOf(text: string): string {
  return oneLine(text.slice(0, 100));
}
