import { createServer } from 'node:http';
import { createSecureContext } from 'node:tls';
import { expect } from 'vitest';
import { openSslCases } from './openssl.cases.js';
import { relay } from '../peers/relay.js';
import { healthyPeer } from '../peers/service-peer.js';
import { greeter, resetWhenRead, tcpPeer } from '../peers/tcp-peer.js';
import { tlsPeer } from '../peers/tls-peer.js';
import { attempt } from './attempt.js';
import type { Provocation } from './provocation.js';

/** Starts a Node web server. */
async function webServer(): Promise<{ port: number }> {
  const server = createServer();
  return tcpPeer((socket) => void server.emit('connection', socket));
}

/** Starts a healthy peer behind a relay that forwards this many bytes of its handshake, and then acts. */
async function cutAfter(bytes: number, then: 'close' | 'reset' | 'nothing'): Promise<{ port: number }> {
  const healthy = await healthyPeer();
  let left = bytes;
  return relay(healthy.port, (from, chunk, { connector }) => {
    if (from === 'connector') return chunk;
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (left > 0) return part;
    // The forwarded bytes are sent first.
    connector.write(part, () => {
      if (then === 'close') connector.end();
      if (then === 'reset') void resetWhenRead(connector);
    });
    return undefined;
  });
}

/** Starts a relay that changes the last byte of each of the peer's chunks, starting with this one. */
function changing(peer: { port: number }, from: number): Promise<{ port: number }> {
  let chunks = 0;
  return relay(peer.port, (side, chunk) => {
    if (side === 'listener' && chunks++ >= from)
      chunk.writeUInt8(chunk.readUInt8(chunk.length - 1) ^ 1, chunk.length - 1);
    return chunk;
  });
}

/** Options for TLS 1.0 and 1.1, which OpenSSL 3 supports only below security level 1. */
const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

/** A ServerHello in TLS 1.0, as sent by a server that ignores the offered versions. */
const TLS_1_0_HELLO = Buffer.from(`160301004a020000460301${'5a'.repeat(32)}20${'a5'.repeat(32)}002f00`, 'hex');
const alert = (number: number): Buffer => Buffer.of(0x15, 3, 3, 0, 2, 2, number);

const withoutCertificate = createSecureContext();

export const tlsCases: readonly Provocation[] = [
  {
    id: 'tls.not-tls',
    by: 'a web server',
    provoke: async () => attempt((await webServer()).port),
    evidence: {
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
      answeredBy: 'HTTP 400 Bad Request',
      received: expect.objectContaining({ text: expect.stringMatching(/^HTTP\/1\.1 400 /) as unknown }) as unknown,
    },
    mentions: 'HTTP 400 Bad Request',
  },
  {
    id: 'tls.not-tls',
    by: 'a captive portal that sends data first',
    provoke: async () => {
      const page = 'HTTP/1.0 200 OK\r\nServer: portal/3\r\n\r\n<html><title>Please log in</title></html>';
      return attempt((await greeter(page)).port);
    },
    evidence: { answeredBy: 'HTTP 200 OK, page "Please log in", server portal/3' },
    mentions: 'page "Please log in"',
  },
  {
    id: 'tls.not-tls',
    by: 'an SSH server',
    provoke: async () => attempt((await greeter('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')).port),
    evidence: {
      answeredBy: 'SSH-2.0-OpenSSH_9.2p1 Debian-2',
      received: { text: 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', hex: expect.stringMatching(/^5353482d/) as unknown },
      receivedBytes: 32,
    },
    mentions: 'SSH-2.0-OpenSSH_9.2p1',
  },
  {
    id: 'tls.not-tls',
    by: 'a mail server',
    provoke: async () => attempt((await greeter('220 mail.example ESMTP Postfix\r\n')).port),
    evidence: { answeredBy: '220 mail.example ESMTP Postfix' },
    mentions: 'SMTP',
  },
  {
    id: 'tls.not-tls',
    by: 'a server that sends zeros',
    provoke: async () => attempt((await greeter(Buffer.alloc(100))).port),
    evidence: { answeredBy: `first bytes ${'00'.repeat(30)}`, receivedBytes: 100 },
  },
  {
    id: 'tls.not-tls',
    by: 'three bytes, and silence',
    provoke: async () => attempt((await greeter('SSH')).port, { timeoutMs: 500 }),
    evidence: { code: 'TLS_TIMEOUT', receivedBytes: 3, answeredBy: 'first bytes "SSH"' },
  },
  {
    id: 'tls.not-tls',
    by: 'three bytes, and the end',
    provoke: async () => attempt((await tcpPeer((socket) => void socket.end('421'))).port),
    evidence: { code: 'TLS_CLOSED', receivedBytes: 3, answeredBy: 'first bytes "421"' },
  },
  {
    id: 'tls.not-tls',
    by: 'an SSH server, without capturing bytes',
    provoke: async () => attempt((await greeter('SSH-2.0-OpenSSH_9.2p1\r\n')).port, { captureFirstBytes: false }),
    evidence: { code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
    mentions: 'first bytes',
  },
  {
    id: 'tls.version',
    by: 'a peer that allows only TLS 1.0 and 1.1',
    provoke: async () => attempt((await tlsPeer(() => undefined, OLD)).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', receivedBytes: 7 },
    mentions: 'protocol version',
  },
  {
    id: 'tls.version',
    by: 'a peer that replies in TLS 1.0 to any offer',
    provoke: async () => attempt((await greeter(TLS_1_0_HELLO)).port),
    evidence: { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' },
    mentions: '1.2',
  },
  {
    id: 'tls.version',
    by: 'a peer that sends only the alert, like one with an RSA-1024 key',
    provoke: async () => attempt((await greeter(alert(70))).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', received: { hex: '15030300020246' } },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'a peer without a common cipher suite',
    provoke: async () => {
      const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256';
      return attempt((await tlsPeer(() => undefined, { ciphers, maxVersion: 'TLSv1.2' })).port);
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', receivedBytes: 7 },
  },
  {
    id: 'tls.no-common-parameters',
    by: 'a peer that requires a certificate and receives none (TLS 1.2)',
    provoke: async () => {
      const peer = await tlsPeer(() => undefined, { rejectUnauthorized: true, maxVersion: 'TLSv1.2' });
      return attempt(peer.port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
  },
  {
    id: 'tls.client-certificate-refused',
    by: 'a peer that requires a certificate and receives none (TLS 1.3)',
    shownAt: 'identity',
    provoke: async () => {
      const peer = await tlsPeer(() => undefined, { rejectUnauthorized: true });
      return attempt(peer.port, { secureContext: withoutCertificate });
    },
    evidence: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', tlsVersion: 'TLSv1.3' },
  },
  {
    id: 'tls.closed',
    by: 'a listener that closes every connection',
    provoke: async () => attempt((await tcpPeer((socket) => void socket.end())).port),
    evidence: { code: 'TLS_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'tls.closed',
    by: 'a listener that closes when TLS begins',
    provoke: async () => {
      const peer = await tcpPeer((socket) => void socket.once('data', () => void socket.end()));
      return attempt(peer.port);
    },
    evidence: { code: 'TLS_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'tls.closed',
    by: 'a relay that closes in the middle of the handshake',
    provoke: async () => attempt((await cutAfter(100, 'close')).port),
    evidence: { code: 'TLS_CLOSED', receivedBytes: 100, answeredBy: 'bytes in the form of TLS records' },
    mentions: '100 bytes',
  },
  {
    id: 'tls.closed',
    by: 'a listener that closes every connection, without capturing bytes',
    provoke: async () => attempt((await tcpPeer((socket) => void socket.end())).port, { captureFirstBytes: false }),
    evidence: { code: 'TLS_CLOSED', receivedBytes: 0 },
  },
  {
    id: 'tls.reset',
    by: 'a device that resets when TLS begins',
    provoke: async () => {
      const peer = await tcpPeer((socket) => void socket.once('data', () => void socket.resetAndDestroy()));
      return attempt(peer.port);
    },
    evidence: { code: 'ECONNRESET', syscall: 'read', receivedBytes: 0 },
  },
  {
    id: 'tls.reset',
    by: 'a device that resets when TLS begins, without capturing bytes',
    provoke: async () => {
      const peer = await tcpPeer((socket) => void socket.once('data', () => void socket.resetAndDestroy()));
      return attempt(peer.port, { captureFirstBytes: false });
    },
    evidence: { code: 'ECONNRESET', syscall: 'read', receivedBytes: 0 },
  },
  {
    id: 'tls.reset',
    by: 'a device that resets in the middle of the handshake',
    provoke: async () => attempt((await cutAfter(100, 'reset')).port),
    evidence: { code: 'ECONNRESET', syscall: 'read', receivedBytes: 100 },
    mentions: '100 bytes',
  },
  {
    id: 'tls.silent',
    by: 'a listener that never replies',
    provoke: async () => attempt((await tcpPeer(() => undefined)).port, { timeoutMs: 300 }),
    evidence: { code: 'TLS_TIMEOUT', receivedBytes: 0 },
  },
  {
    id: 'tls.silent',
    by: 'a listener that never replies, without capturing bytes',
    provoke: async () => attempt((await tcpPeer(() => undefined)).port, { timeoutMs: 300, captureFirstBytes: false }),
    evidence: { code: 'TLS_TIMEOUT', receivedBytes: 0 },
  },
  {
    id: 'tls.stalled',
    by: 'a relay that drops the rest of the handshake',
    provoke: async () => attempt((await cutAfter(100, 'nothing')).port, { timeoutMs: 1500 }),
    evidence: { code: 'TLS_TIMEOUT', receivedBytes: 100 },
    mentions: '100 bytes',
  },
  {
    id: 'tls.unrecognized-name',
    by: 'a router that does not know the name (alert 112)',
    provoke: async () => attempt((await greeter(alert(112))).port, { host: 'localhost' }),
    evidence: { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' },
    mentions: 'localhost',
  },
  {
    id: 'tls.unrecognized-name',
    by: 'a router that receives no name because the target is an address (alert 112)',
    provoke: async () => attempt((await greeter(alert(112))).port),
    evidence: { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' },
    mentions: 'SNI',
  },
  {
    id: 'tls.internal-error',
    by: 'a peer that sends only the alert',
    provoke: async () => attempt((await greeter(alert(80))).port),
    evidence: { code: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', receivedBytes: 7 },
  },
  {
    id: 'tls.bad-record',
    by: 'a relay that changes bytes of the handshake',
    provoke: async () => attempt((await changing(await healthyPeer(), 0)).port),
    evidence: { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
  },
  {
    id: 'tls.bad-record',
    by: 'a relay that changes bytes after the handshake (TLS 1.3)',
    shownAt: 'identity',
    provoke: async () => attempt((await changing(await healthyPeer(), 1)).port),
    evidence: { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
  },
  {
    id: 'tls.bad-record',
    by: 'a relay that changes bytes after the handshake (TLS 1.2)',
    shownAt: 'identity',
    provoke: async () => attempt((await changing(await healthyPeer({ maxVersion: 'TLSv1.2' }), 2)).port),
    evidence: { code: 'ERR_SSL_CIPHER_OPERATION_FAILED' },
  },
  {
    id: 'tls.other',
    by: 'an unexpected alert',
    provoke: async () => attempt((await greeter(alert(10))).port),
    evidence: { code: 'ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE' },
  },
  {
    id: 'tls.other',
    by: 'bytes in the format of TLS that are not a handshake',
    provoke: async () => attempt((await greeter(Buffer.from('160303000402000000', 'hex'))).port),
    evidence: { code: expect.stringMatching(/^ERR_SSL_/) as unknown, answeredBy: 'bytes in the form of TLS records' },
  },
  ...openSslCases,
];
