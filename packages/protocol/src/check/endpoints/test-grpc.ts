import { setTimeout } from 'node:timers/promises';
import type { Check } from '../../diagnostics/checks/check.js';
import { endpointFindings } from '../../diagnostics/checks/endpoints.js';
import type { SocketChannel } from '../../net/socket-channel.js';
import { Deadline } from '../../time/clock.js';
import { connectEndpoint, type ConnectionRequest } from './connection.js';
import { failureCheck, testedEndpoint, throughText } from './endpoint-check.js';
import { endpointName } from './endpoint.js';
import { RESPONSE_MS } from './request-page.js';
import { unexpectedThumbprint } from './thumbprint-check.js';

/** Idle time of the slow check: above the usual 30 s of proxies, below the minute of the group. */
const IDLE_MS = 35_000;

/** The code of OpenSSL for the alert of a server that supports none of the offered protocols. */
const NO_PROTOCOL = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';

/** Begins an HTTP/2 connection and reads its settings. @param idleMs then leaves it idle and pings it; 0: not. */
export async function testGrpc(
  request: ConnectionRequest,
  isSlow: boolean,
  idleMs = IDLE_MS,
): Promise<readonly Check[]> {
  const place = { name: endpointName(request.endpoint), through: throughText(request) };
  const connection = await connectEndpoint({ ...request, alpnProtocols: ['h2'] });
  const endpoint = testedEndpoint(request, connection);
  const noHttp2 = (answer: string): Check[] => [
    { ...endpointFindings.noHttp2.check({ ...place, answer }), endpoint: { ...endpoint, answer: 'no HTTP/2' } },
  ];
  if (!connection.ok) {
    if (connection.observation.signature.code === NO_PROTOCOL)
      return noHttp2('the server rejected the offer of h2 (ALPN)');
    return [failureCheck(connection.observation, endpoint)];
  }
  const { channel, trace } = connection;
  try {
    const unexpected = unexpectedThumbprint(request, connection);
    if (unexpected !== undefined) return [unexpected];
    if (trace.facts.alpnProtocol !== 'h2') return noHttp2('the server did not choose h2 (ALPN)');
    if (!(await exchangeSettings(channel))) return noHttp2('the server chose h2, but sent no HTTP/2 settings');
    const ok: Check = { ...endpointFindings.grpc.check(place), endpoint: { ...endpoint, answer: 'HTTP/2' } };
    if (!isSlow) return [ok];
    if (await survivesIdle(channel, idleMs, request.signal)) return [ok];
    const idle = endpointFindings.grpcIdle.check({ ...place, seconds: Math.ceil(idleMs / 1000) });
    return [{ ...idle, endpoint: { ...endpoint, answer: 'lost when idle' } }];
  } finally {
    channel.close();
  }
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const FRAME = { settings: 4, ping: 6, goAway: 7 } as const;
const ACKNOWLEDGED = 1;

/** The largest frame that a peer may send before other settings are agreed (RFC 9113). */
const FRAME_MAX_BYTES = 16_384;

/** More frames than a server sends before it answers. */
const FRAMES_MAX = 20;

/** Any eight bytes. */
const PING_PAYLOAD = Buffer.from('tentacle');

function frame(type: number, flags: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  return Buffer.concat([head, payload]);
}

async function exchangeSettings(channel: SocketChannel): Promise<boolean> {
  const deadline = Deadline.inMs(RESPONSE_MS);
  try {
    await channel.write(Buffer.concat([PREFACE, frame(FRAME.settings, 0)]), deadline);
    if (!(await receives(channel, deadline, (type) => type === FRAME.settings))) return false;
    await channel.write(frame(FRAME.settings, ACKNOWLEDGED), deadline);
    return true;
  } catch {
    return false;
  }
}

async function survivesIdle(channel: SocketChannel, idleMs: number, signal: AbortSignal): Promise<boolean> {
  await setTimeout(idleMs, undefined, { signal });
  const deadline = Deadline.inMs(RESPONSE_MS);
  try {
    await channel.write(frame(FRAME.ping, 0, PING_PAYLOAD), deadline);
    return await receives(channel, deadline, (type, flags) => type === FRAME.ping && flags === ACKNOWLEDGED);
  } catch {
    return false;
  }
}

/** Reads frames up to the first that is wanted; false where another end comes first. @throws at the deadline. */
async function receives(
  channel: SocketChannel,
  deadline: Deadline,
  isWanted: (type: number, flags: number) => boolean,
): Promise<boolean> {
  const readRequest = { purpose: 'an HTTP/2 frame', deadline };
  for (let count = 0; count < FRAMES_MAX; count++) {
    const head = await channel.source.readExactly(9, readRequest);
    const length = head.readUIntBE(0, 3);
    const type = head.readUInt8(3);
    if (length > FRAME_MAX_BYTES || type === FRAME.goAway) return false;
    await channel.source.readExactly(length, readRequest);
    if (isWanted(type, head.readUInt8(4))) return true;
  }
  return false;
}
