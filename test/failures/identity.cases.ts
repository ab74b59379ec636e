import { createServer } from 'node:http';
import { expect } from 'vitest';
import { resetWhenRead } from '../peers/tcp-peer.js';
import { tcpBeneath, tlsPeer } from '../peers/tls-peer.js';
import { namespaces } from '../real-components.js';
import { attempt, type Outcome } from './attempt.js';
import { loseHost } from './namespace.js';
import type { Provocation } from './provocation.js';

const needs = namespaces();

type Then = 'close' | 'reset' | 'stay';

/** Starts a TLS peer that replies to the first bytes with these bytes, and then closes, resets or stays. */
function answering(answer: Uint8Array | string, then: Then) {
  return tlsPeer((socket) => {
    socket.once('data', () => {
      socket.write(answer, () => {
        if (then === 'close') socket.end();
        if (then === 'reset') void resetWhenRead(tcpBeneath(socket));
      });
    });
  });
}

async function answered(answer: Uint8Array | string, then: Then, identityMs = 20_000): Promise<Outcome> {
  return attempt((await answering(answer, then)).port, { identityMs });
}

const text = (text: unknown): unknown => expect.objectContaining({ text }) as unknown;

export const identityCases: readonly Provocation[] = [
  {
    id: 'identity.http',
    by: 'a web server behind TLS',
    provoke: async () => {
      const web = createServer();
      return attempt((await tlsPeer((socket) => web.emit('connection', socket))).port);
    },
    evidence: { code: 'IDENTITY_UNKNOWN', answeredBy: 'HTTP 400 Bad Request', awaiting: 'the identity of the peer' },
    mentions: 'HTTP 400 Bad Request',
  },
  {
    id: 'identity.http',
    by: 'an appliance with an HTTP/1.0 page',
    provoke: () =>
      answered('HTTP/1.0 403 Forbidden\r\nServer: waf\r\n\r\n<html><title>Access denied</title></html>', 'close'),
    evidence: { answeredBy: 'HTTP 403 Forbidden, page "Access denied", server waf', receivedBytes: 80 },
  },
  {
    id: 'identity.http',
    by: 'a page whose sender keeps the connection open',
    provoke: () => answered('HTTP/1.1 400 Bad Request\r\n\r\n<title>400</title>', 'stay'),
    evidence: { answeredBy: 'HTTP 400 Bad Request, page "400"' },
  },
  {
    id: 'identity.http',
    by: 'a page with bare line feeds',
    provoke: () => answered('HTTP/1.1 502 Bad Gateway\nServer: x\n\n', 'close'),
    evidence: { code: 'MALFORMED', answeredBy: 'HTTP 502 Bad Gateway, server x' },
  },
  {
    id: 'identity.http',
    by: 'half a status line',
    provoke: () => answered('HTTP/1.1 400 Bad', 'close'),
    evidence: { code: 'END_OF_STREAM', answeredBy: 'HTTP 400 Bad' },
  },
  {
    id: 'identity.http',
    by: 'a page sent before the client sends anything, and a close',
    provoke: async () => {
      const page = 'HTTP/1.1 503 Service Unavailable\r\n\r\n<title>No backend</title>';
      return attempt((await tlsPeer((socket) => void socket.end(page))).port);
    },
    evidence: { answeredBy: 'HTTP 503 Service Unavailable, page "No backend"' },
  },
  {
    id: 'identity.http',
    by: 'a page sent before the client sends anything, by a peer that has disconnected by then',
    provoke: async () => {
      const page = 'HTTP/1.1 503 Service Unavailable\r\n\r\n';
      const peer = await tlsPeer((socket) => void socket.end(page));
      return attempt(peer.port, { beforeIdentity: () => peer.allGone() });
    },
    evidence: { answeredBy: 'HTTP 503 Service Unavailable' },
  },
  {
    id: 'identity.http',
    by: 'a web server, identified by its page, that closes on data other than HTTP',
    provoke: async () => {
      const closing = await tlsPeer((socket) => void socket.once('data', () => void socket.end()), {
        requestCert: false,
      });
      return attempt(closing.port, { facts: { peerKind: 'web-server' } });
    },
    evidence: { code: 'END_OF_STREAM', receivedBytes: 0 },
    mentions: /\bpage\b/,
  },
  {
    id: 'identity.empty',
    by: 'an empty line',
    provoke: () => answered('\r\n', 'stay'),
    evidence: { code: 'IDENTITY_EMPTY', receivedBytes: 2 },
  },
  {
    id: 'identity.unexpected-role',
    by: 'another client',
    provoke: () => answered('MX-CLIENT 1.0\r\n\r\n', 'stay'),
    evidence: { code: 'IDENTITY_UNEXPECTED_ROLE', received: text('MX-CLIENT 1.0\r\n\r\n'), receivedBytes: 17 },
    mentions: 'MX-CLIENT 1.0',
  },
  {
    id: 'identity.unexpected-role',
    by: 'a polling service',
    provoke: () => answered('MX-SUBSCRIBER 1.0 poll://golden/\r\n\r\n', 'close'),
    evidence: { code: 'IDENTITY_UNEXPECTED_ROLE' },
  },
  {
    id: 'identity.unknown',
    by: 'another greeting',
    provoke: () => answered('* OK IMAP4rev1 ready\r\n', 'stay'),
    evidence: { code: 'IDENTITY_UNKNOWN', answeredBy: '* OK IMAP4rev1 ready' },
    mentions: 'IMAP4rev1',
  },
  {
    id: 'identity.unknown',
    by: 'an SSH server behind TLS',
    provoke: () => answered('SSH-2.0-OpenSSH_9.2p1\r\n', 'stay'),
    evidence: { answeredBy: 'SSH-2.0-OpenSSH_9.2p1' },
  },
  {
    id: 'identity.unknown',
    by: 'an unknown role',
    provoke: () => answered('MX-POTATO 1.0\r\n\r\n', 'close'),
    evidence: { code: 'IDENTITY_UNKNOWN' },
  },
  {
    id: 'identity.unknown',
    by: 'a line after the identity',
    provoke: () => answered('MX-SERVER 1.0\r\nmore\r\n\r\n', 'close'),
    evidence: { code: 'IDENTITY_NO_BLANK_LINE', received: text('MX-SERVER 1.0\r\nmore\r\n\r\n') },
  },
  {
    id: 'identity.unknown',
    by: 'bytes that are not text',
    provoke: () => answered(Buffer.from('00ff0a1b5b324a0a', 'hex'), 'close'),
    evidence: { code: 'MALFORMED', answeredBy: 'first bytes 00ff0a1b5b324a0a', receivedBytes: 8 },
  },
  {
    id: 'identity.unknown',
    by: 'endless bytes',
    provoke: () => answered(Buffer.alloc(100_000, 'A'), 'close'),
    evidence: { code: 'TOO_LONG' },
  },
  {
    id: 'identity.legacy-pong',
    by: 'the page that the original TentaclePong sends to any client',
    provoke: () => answered(`HTTP/1.0 200 OK\r\n\r\n${'A'.repeat(10 * 1024)}`, 'close'),
    evidence: { answeredBy: 'HTTP 200 OK' },
  },
  {
    id: 'identity.octopus-server',
    by: 'a server, identified by its page, that does not trust the client',
    provoke: async () => {
      const closing = await tlsPeer((socket) => void socket.once('data', () => void socket.end()));
      return attempt(closing.port, { facts: { peerKind: 'octopus-server' } });
    },
    evidence: { code: 'END_OF_STREAM', receivedBytes: 0 },
  },
  {
    id: 'identity.closed',
    by: 'half a line, and the end',
    provoke: () => answered('MX-SER', 'close'),
    evidence: { code: 'END_OF_STREAM', received: text('MX-SER'), receivedBytes: 6 },
    mentions: /\b6 bytes\b.*"MX-SER"/,
  },
  {
    id: 'identity.closed',
    by: 'half a line, and a reset',
    provoke: () => answered('MX-SER', 'reset'),
    evidence: { code: 'ECONNRESET', syscall: 'read', received: text('MX-SER'), receivedBytes: 6 },
  },
  {
    id: 'identity.closed',
    by: 'a line without the empty line, and the end',
    provoke: () => answered('MX-SERVER 1.0\r\n', 'close'),
    evidence: { code: 'END_OF_STREAM', received: text('MX-SERVER 1.0\r\n'), receivedBytes: 15 },
  },
  {
    id: 'identity.closed',
    by: 'a line without the empty line, and a reset',
    provoke: () => answered('MX-SERVER 1.0\r\n', 'reset'),
    evidence: { code: 'ECONNRESET', received: text('MX-SERVER 1.0\r\n'), receivedBytes: 15 },
  },
  {
    id: 'identity.closed',
    by: 'half a line sent before the client sends anything, and the end',
    provoke: async () => attempt((await tlsPeer((socket) => void socket.end('MX-SER'))).port),
    evidence: { received: text('MX-SER'), receivedBytes: 6 },
  },
  {
    id: 'identity.timeout',
    by: 'silence',
    provoke: async () => attempt((await tlsPeer(() => undefined)).port, { identityMs: 300 }),
    evidence: { code: 'READ_TIMEOUT', receivedBytes: 0 },
  },
  {
    id: 'identity.timeout',
    by: 'half a line, and silence',
    provoke: () => answered('MX-SERVER 1.0\r\n', 'stay', 500),
    evidence: { code: 'READ_TIMEOUT', received: text('MX-SERVER 1.0\r\n'), receivedBytes: 15 },
  },
  {
    id: 'identity.timeout',
    by: "a machine whose packets are lost, until the system's timeout",
    needs,
    provoke: () => loseHost('packets lost', 'identity'),
    evidence: { code: 'ETIMEDOUT', syscall: 'read', receivedBytes: 0 },
  },
  {
    id: 'identity.other',
    by: 'a machine that its network reports as unreachable',
    needs,
    provoke: () => loseHost('unreachable', 'identity'),
    evidence: { code: 'EHOSTUNREACH', syscall: 'read', receivedBytes: 0 },
  },
];
