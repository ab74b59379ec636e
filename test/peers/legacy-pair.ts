import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as openTlsConnection, type SecureVersion, type TlsOptions, type TLSSocket } from 'node:tls';
import { tcpBeneath, tlsPeer } from './tls-peer.js';

/*
 * Peers that behave like the original TentaclePing and TentaclePong on the wire. The original ping uses TLS 1.0 by default,
 * the original pong always.
 */

/** Options for exactly one TLS version. OpenSSL supports old versions only at its lowest security level. */
export function onlyTls(version: SecureVersion): Pick<TlsOptions, 'minVersion' | 'maxVersion' | 'ciphers'> {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}

/** How the original closes: with TLS's close_notify, or like .NET on Windows, which closes TCP without it. */
type CloseMode = 'close-notify' | 'tcp-only';

/** Starts a peer like the original TentaclePong: it reads lines until an empty one, replies with 10 KiB, and closes. */
export async function originalPong(version: SecureVersion, closeMode: CloseMode = 'close-notify') {
  return tlsPeer((socket) => {
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!/(^|\n)\r?\n/.test(text)) return;
      // It does not read any further.
      socket.off('data', read);
      socket.pause();
      reply(socket, closeMode);
    };
    socket.on('data', read);
  }, onlyTls(version));
}

function reply(socket: TLSSocket, closeMode: CloseMode): void {
  const lines = ['HTTP/1.0 200 OK', 'Content-Length: 10240', '', 'A'.repeat(10_240), ''];
  socket.write(lines.join('\r\n'), () => {
    if (closeMode === 'close-notify') socket.end();
    else tcpBeneath(socket).destroy();
  });
}

/**
 * Runs one attempt like the original TentaclePing: no client certificate, any server certificate, a request of lines.
 * @param dataBytes the length of its line of data; 0: it sends one more empty line.
 * @returns everything received until the end.
 */
export async function originalPing(port: number, version: SecureVersion, dataBytes = 0): Promise<string> {
  const tcp = connect(port, '127.0.0.1');
  tcp.on('error', () => undefined);
  const socket = openTlsConnection({ socket: tcp, rejectUnauthorized: false, ...onlyTls(version) });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'secureConnect');
  socket.write(['GET / HTTP/1.1', 'Host: 127.0.0.1', 'A'.repeat(dataBytes), '', ''].join('\r\n'));
  await once(socket, 'end');
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}
