import { randomUUID } from 'node:crypto';
import {
  Deadline,
  methodNotFoundError,
  readIdentity,
  readPreamble,
  type Reply,
  serveRequests,
  serviceExceptionError,
  serviceNotFoundError,
  socketChannel,
  writeIdentity,
} from '../../packages/protocol/src/index.js';
import {
  attest,
  attestationBusyMessage,
  type Attestation,
  type ConnectionView,
  echo,
  describeConnection,
} from '../../packages/protocol/src/diagnostics/index.js';
import { tlsPeer } from './tls-peer.js';

/** The peer's response to Attest: an attestation, valid or not, or an error. */
export type Answer = (nonce: Buffer) => Attestation | 'no-such-method' | 'complains' | 'busy';

/** Longer than any test. */
const LIMITS = { idleMs: 30_000, callMs: 30_000, stallMs: 30_000, maxMessageBytes: 1_000_000 };

/** Starts a service that identifies itself as a pong, echoes requests, and attests with the given answer. */
export async function attestingPeer(answer: Answer) {
  return tlsPeer(async (socket) => {
    const channel = socketChannel(socket);
    const deadline = Deadline.inMs(30_000);
    const view: ConnectionView = {
      connectionId: randomUUID(),
      address: '192.0.2.1',
      port: 1,
      tlsVersion: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      clientThumbprint: null,
      pongVersion: '0.0.0',
      idleLimitMs: 600_000,
    };
    const reply = (method: string, [param]: Parameters<typeof attest.readParams>[0]): Reply => {
      if (method === describeConnection.method) return { error: null, result: describeConnection.writeResult(view) };
      if (method === echo.method) return { error: null, result: param ?? null };
      const attestation = method === attest.method ? answer(attest.readParams([param ?? null])) : 'no-such-method';
      if (attestation === 'no-such-method') return { error: methodNotFoundError(attest.service, method), result: null };
      if (attestation === 'busy') return { error: serviceExceptionError(attestationBusyMessage(1)), result: null };
      if (attestation === 'complains') return { error: serviceExceptionError('not just now'), result: null };
      return { error: null, result: attest.writeResult(attestation) };
    };
    try {
      await readPreamble(channel.source, { purpose: 'the preamble', deadline, silenceMs: 30_000, maxBytes: 1000 });
      await readIdentity(channel.source, { purpose: 'the identity', deadline }, ['MX-CLIENT']);
      await writeIdentity(channel, { role: 'MX-SERVER' }, deadline);
      await serveRequests(channel, 'listening', LIMITS, ({ request: { method, params, service } }) =>
        Promise.resolve(
          service === attest.service ? reply(method, params) : { error: serviceNotFoundError(service), result: null },
        ),
      );
    } catch {
      // A client that disconnects ends it; the test checks what the client reports.
    }
    channel.close();
  });
}
