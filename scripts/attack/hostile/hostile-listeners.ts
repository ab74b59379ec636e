import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type TLSSocket } from 'node:tls';
import { constants, deflateRawSync } from 'node:zlib';

/** What a listener sends to a tentacle-ping that is pointed at it. */
export interface HostileListener {
  readonly name: string;
  readonly sends: string;
  readonly missing?: () => string | undefined;
  /** Another certificate than the usual one, with its key, in PEM. */
  readonly pem?: () => string;
  /** Answers a connection before TLS; absent: TLS is established first, and `onTls` follows if there is one. */
  readonly onTcp?: (socket: Socket) => Promise<void>;
  readonly onTls?: (socket: TLSSocket) => Promise<void>;
}

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Writes as fast as the peer reads, until it leaves. */
async function writeEndlessly(socket: Duplex, next: () => Buffer): Promise<void> {
  while (!socket.destroyed) {
    if (!socket.write(next())) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
}

/** Writes one byte a second, until the peer leaves. */
async function drip(socket: Duplex): Promise<void> {
  while (!socket.destroyed) {
    socket.write('x');
    await pause(1000);
  }
}

/** Reads the first bytes of a client. */
async function received(socket: Duplex): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString('latin1');
}

const IDENTITY = 'MX-SERVER 1.0\r\n\r\n';

/** Exchanges identities, and waits for a request. */
async function request(socket: TLSSocket): Promise<void> {
  let text = '';
  while (!text.includes('MX-CLIENT')) text += await received(socket);
  socket.write(IDENTITY);
  await received(socket);
}

/** A gigabyte of zeros takes a megabyte, deflated: blocks of it can be sent one after the other. */
const ZEROS = deflateRawSync(Buffer.alloc(16 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });

/** A BSON document of tiny values, of a length that a response may have. */
function tinyValues(): Buffer {
  const count = 5_000_000;
  const body = Buffer.alloc(count * 3, Buffer.from([0x0a, 0x61, 0x00]));
  const head = Buffer.alloc(4);
  head.writeInt32LE(body.length + 5);
  return deflateRawSync(Buffer.concat([head, body, Buffer.of(0)]), { level: 9 });
}

/** Nearly as many names as fit into the largest list of certificates that OpenSSL accepts. */
const NAMES = 3000;

/** Returns a self-signed certificate of nearly 100 KB, and its key. */
function hugeCertificate(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tentacle-attack-certificate-'));
  try {
    const names = Array.from({ length: NAMES }, (_, i) => `DNS:host-${i}.example.internal`).join(',');
    const files = ['-keyout', join(directory, 'key.pem'), '-out', join(directory, 'cert.pem')];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=huge', '-days', '2', ...files];
    const { status, stderr } = spawnSync('openssl', [...args, '-addext', `subjectAltName=${names}`]);
    if (status !== 0) throw new Error(`openssl: ${stderr.toString()}`);
    return ['cert.pem', 'key.pem'].map((file) => readFileSync(join(directory, file), 'utf8')).join('\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export const hostileListeners: readonly HostileListener[] = [
  {
    name: 'endless-bytes',
    sends: 'random bytes without end, in place of TLS',
    onTcp: async (socket) => writeEndlessly(socket, () => randomBytes(64 * 1024)),
  },
  { name: 'slow-bytes', sends: 'one byte a second, in place of TLS', onTcp: drip },
  {
    name: 'huge-certificate',
    sends: 'a certificate of 100 KB, then nothing',
    missing: () => (spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'),
    pem: hugeCertificate,
  },
  {
    name: 'endless-identity',
    sends: 'an identity line without end',
    onTls: async (socket) => writeEndlessly(socket, () => CHUNK),
  },
  { name: 'slow-identity', sends: 'one byte of an identity a second', onTls: drip },
  {
    name: 'inflating-answer',
    sends: 'an answer that inflates a thousandfold, without end',
    onTls: async (socket) => {
      await request(socket);
      await writeEndlessly(socket, () => ZEROS);
    },
  },
  {
    name: 'tiny-values',
    sends: 'an answer of 5,000,000 tiny values in 15 KB',
    onTls: async (socket) => {
      await request(socket);
      socket.write(tinyValues());
    },
  },
  {
    name: 'slow-answer',
    sends: 'one byte of an answer a second',
    onTls: async (socket) => {
      await request(socket);
      await drip(socket);
    },
  },
  {
    name: 'endless-page',
    sends: 'a closed connection for an identity, and a page without end for a browser',
    onTls: async (socket) => {
      const text = await received(socket);
      if (text.startsWith('GET')) {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>');
        await writeEndlessly(socket, () => CHUNK);
      } else socket.end();
    },
  },
];
