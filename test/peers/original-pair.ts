import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, type SecureVersion, type TlsOptions, type TLSSocket } from 'node:tls';
import { tcpBeneath, tlsPeer } from './tls-peer.js';

/*
 * Peers that do what the original TentaclePing and TentaclePong do, written from what they do on the wire. The originals
 * speak TLS 1.0 unless they are told otherwise (the ping) or always (the pong).
 */

/** TLS of this version and no other. OpenSSL makes old ones at its lowest security level only. */
export function onlyTls(version: SecureVersion): Pick<TlsOptions, 'minVersion' | 'maxVersion' | 'ciphers'> {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}

/** How the original leaves: with TLS's goodbye, or as .NET does on Windows, which closes beneath it. */
type Leaving = 'with a goodbye' | 'beneath TLS';

/** The original TentaclePong: reads lines until an empty one, answers 10 KiB, closes. */
export async function originalPong(version: SecureVersion, leaving: Leaving = 'with a goodbye') {
  return tlsPeer((socket) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!/(^|\n)\r?\n/.test(text)) return;
      // It reads no more from here on.
      socket.off('data', read);
      socket.pause();
      answer(socket, leaving);
    };
    socket.on('data', read);
  }, onlyTls(version));
}

function answer(socket: TLSSocket, leaving: Leaving): void {
  const lines = ['HTTP/1.0 200 OK', 'Content-Length: 10240', '', 'A'.repeat(10_240), ''];
  socket.write(lines.join('\r\n'), () => {
    if (leaving === 'with a goodbye') socket.end();
    else tcpBeneath(socket).destroy();
  });
}

/**
 * The original TentaclePing, once: no certificate, any certificate accepted, a request of lines, and all that comes until
 * the end.
 * @param dataBytes the length of its line of data; 0: it sends an empty line more.
 */
export async function originalPing(port: number, version: SecureVersion, dataBytes = 0): Promise<string> {
  const tcp = connect(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  const socket = connectTls({ socket: tcp, rejectUnauthorized: false, ...onlyTls(version) });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'secureConnect');
  socket.write(['GET / HTTP/1.1', 'Host: 127.0.0.1', 'A'.repeat(dataBytes), '', ''].join('\r\n'));
  await once(socket, 'end');
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}
