import { toAscii } from '../text/sanitize.js';
import { sanitizeText } from '../http/http-response.js';

/** A protocol whose servers are known by their first bytes, sent unprompted or in response to a TLS ClientHello. */
interface Banner {
  readonly protocol: string;
  /** Describes the server, if these bytes are of that protocol. */
  readonly read: (start: Start) => string | undefined;
}

/** The beginning of what a server sent. */
interface Start {
  readonly bytes: Buffer;
  /** The first line as text, cleaned. */
  readonly line: string;
}

/** Returns the first line, if it matches. */
const byLine =
  (pattern: RegExp) =>
  ({ line }: Start): string | undefined =>
    pattern.test(line) ? line : undefined;

/** Returns a fixed description, if the bytes begin with one of these. */
const byBytes =
  (description: string, ...beginnings: readonly string[]) =>
  ({ bytes }: Start): string | undefined =>
    beginnings.some((hex) => bytes.subarray(0, hex.length / 2).toString('hex') === hex) ? description : undefined;

const BANNERS: readonly Banner[] = [
  { protocol: 'SSH', read: byLine(/^SSH-\d/) },
  { protocol: 'FTP', read: byLine(/^(220|421|530)[ -].*(\bFTP|FTPd?\b|FileZilla|Pure-FTPd)/i) },
  { protocol: 'SMTP', read: byLine(/^(220|421|554)[ -].*(SMTP|\bmail\b|Postfix|Exim|Sendmail)/i) },
  { protocol: 'SMTP or FTP', read: byLine(/^(220|421|500|502|530|554)[ -]/) },
  { protocol: 'POP3', read: byLine(/^\+OK\b/) },
  { protocol: 'IMAP', read: byLine(/^\* (OK|BYE|PREAUTH)\b/) },
  { protocol: 'VNC', read: byLine(/^RFB \d{3}\.\d{3}$/) },
  { protocol: 'Redis', read: byLine(/^-(ERR|NOAUTH|DENIED|LOADING|MISCONF)\b/) },
  { protocol: 'memcached', read: byLine(/^(ERROR|CLIENT_ERROR .*|SERVER_ERROR .*)$/) },
  { protocol: 'rsync', read: byLine(/^@RSYNCD:/) },
  { protocol: 'NATS', read: byLine(/^INFO \{/) },
  { protocol: 'MySQL', read: mysql },
  // A TDS response, which SQL Server sends before login; type 4, last packet of its message.
  { protocol: 'SQL Server', read: byBytes('a TDS response, as from Microsoft SQL Server', '0401') },
  { protocol: 'PostgreSQL', read: postgres },
  // TPKT with an X.224 connection confirm or disconnect request.
  { protocol: 'RDP', read: ({ bytes }) => (isRdp(bytes) ? 'a Remote Desktop response' : undefined) },
  { protocol: 'Telnet', read: byBytes('Telnet options', 'fffb', 'fffd', 'fffc', 'fffe') },
  { protocol: 'AMQP', read: byBytes('an AMQP header, as from RabbitMQ', '414d5150') },
  { protocol: 'SMB', read: ({ bytes }) => smb(bytes) },
  {
    protocol: 'LDAP',
    read: ({ bytes }) => (bytes[0] === 0x30 && bytes.includes('1.3.6.1.4.1.1466') ? 'an LDAP notice' : undefined),
  },
  {
    protocol: 'Oracle',
    read: ({ bytes }) => (isTns(bytes) ? 'a TNS response, as from an Oracle listener' : undefined),
  },
  {
    protocol: 'HTTP/2',
    read: ({ bytes }) => (isHttp2(bytes) ? 'HTTP/2 without TLS, as from a gRPC port' : undefined),
  },
  { protocol: 'Halibut without TLS', read: byLine(/^MX(-CLIENT|-SERVER|-SUBSCRIBER)?\b/) },
];

/** Identifies a protocol by its first bytes; undefined for an unknown one. */
export function identifyBanner(bytes: Uint8Array): { protocol: string; detail: string } | undefined {
  const start = { bytes: Buffer.from(bytes), line: firstLine(bytes) };
  for (const { protocol, read } of BANNERS) {
    const detail = read(start);
    if (detail !== undefined) return { protocol, detail: sanitizeText(detail) };
  }
  return undefined;
}

/** Length (3 bytes, little-endian), number 0, then protocol 10 with the version's text, or an error with its own. */
function mysql({ bytes }: Start): string | undefined {
  if (bytes.length < 6 || bytes[3] !== 0 || bytes.readUIntLE(0, 3) > 1024) return undefined;
  if (bytes[4] === 10) return `MySQL ${textUpToNul(bytes.subarray(5))}`;
  if (bytes[4] === 0xff) return `MySQL: ${ascii(bytes.subarray(7))}`;
  return undefined;
}

/** An error response: `E`, a length, then fields that begin with the severity (`SFATAL`). */
function postgres({ bytes }: Start): string | undefined {
  if (bytes[0] !== 0x45 || bytes.length < 12) return undefined;
  const text = bytes.subarray(5).toString('latin1');
  const message = /\0M([^\0]+)/.exec(text)?.[1];
  return text.startsWith('SFATAL') || text.startsWith('SERROR')
    ? `PostgreSQL: ${ascii(Buffer.from(message ?? '')) || 'an error'}`
    : undefined;
}

function isRdp(bytes: Buffer): boolean {
  return bytes[0] === 3 && bytes[1] === 0 && bytes[2] === 0 && [0xd0, 0x80].includes(bytes[5] ?? 0);
}

/** A NetBIOS session frame with SMB in it, or a refused session. */
function smb(bytes: Buffer): string | undefined {
  const inner = bytes.subarray(4, 8).toString('latin1');
  if (bytes[0] === 0 && (inner === '\xffSMB' || inner === '\xfeSMB')) return 'Windows file sharing';
  return bytes.subarray(0, 4).toString('hex') === '83000001' ? 'NetBIOS sessions' : undefined;
}

/** Length, checksum 0, then a refusal (4), resend (11) or redirect (5). */
function isTns(bytes: Buffer): boolean {
  return (
    bytes.length >= 8 &&
    bytes.readUInt16BE(0) === bytes.length &&
    bytes.readUInt16BE(2) === 0 &&
    [4, 5, 11].includes(bytes[4] ?? 0)
  );
}

/** A SETTINGS (4) or GOAWAY (7) frame on stream 0. */
function isHttp2(bytes: Buffer): boolean {
  return (
    bytes.length >= 9 && bytes.readUIntBE(0, 3) < 1024 && [4, 7].includes(bytes[3] ?? 0) && bytes.readUInt32BE(5) === 0
  );
}

function textUpToNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return ascii(end < 0 ? bytes : bytes.subarray(0, end));
}

function ascii(bytes: Buffer): string {
  return toAscii(bytes.subarray(0, 200).toString('latin1'), '.');
}

function firstLine(bytes: Uint8Array): string {
  const line = Buffer.from(bytes.subarray(0, 255)).toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return toAscii(line, '.');
}
