import { toAscii } from '../text/sanitize.js';
import { sanitizeText } from '../http/http-response.js';
import type { IdentifiedProtocol } from './identify-protocol.js';

/** The beginning of what a client sent. */
interface Start {
  readonly bytes: Buffer;
  /** The bytes as text, one character each. */
  readonly text: string;
  /** The first line as text, cleaned. */
  readonly line: string;
}

/** A protocol whose clients are known by their first bytes. */
interface ClientProtocol {
  readonly protocol: string;
  /** A noun phrase about what was sent, if it is of that protocol. */
  readonly read: (start: Start) => string | undefined;
}

/** Returns the first line after a phrase, if it matches. */
const byLine =
  (pattern: RegExp, phrase: string) =>
  ({ line }: Start): string | undefined =>
    pattern.test(line) ? `${phrase} (${line})` : undefined;

/** Returns a phrase, if the bytes pass the test. */
const byBytes =
  (phrase: string, isOf: (bytes: Buffer) => boolean) =>
  ({ bytes }: Start): string | undefined =>
    isOf(bytes) ? phrase : undefined;

const startsWith =
  (...hex: readonly string[]) =>
  (bytes: Buffer): boolean =>
    hex.some((one) => bytes.subarray(0, one.length / 2).toString('hex') === one);

/** Specific before general. A client that waits for its server to speak first (MySQL, SMTP, FTP, VNC) sends nothing at all. */
const CLIENT_PROTOCOLS: readonly ClientProtocol[] = [
  { protocol: 'WCF net.tcp', read: netTcp },
  {
    protocol: 'PROXY protocol',
    read: ({ text, line }) => {
      if (text.startsWith('\r\n\r\n\0\r\nQUIT\n')) return 'a header of the PROXY protocol, version 2';
      return line.startsWith('PROXY ') ? `a header of the PROXY protocol, version 1 (${line})` : undefined;
    },
  },
  { protocol: 'HTTP/2', read: byLine(/^PRI \* HTTP\/2\.0$/, 'the start of HTTP/2 without TLS, as gRPC sends it') },
  { protocol: 'RTSP', read: byLine(/^[A-Z]+ \S+ RTSP\//, 'an RTSP request') },
  { protocol: 'SIP', read: byLine(/^[A-Z]+ \S+ SIP\//, 'a SIP request') },
  { protocol: 'HTTP', read: http },
  { protocol: 'SSH', read: byLine(/^SSH-\d/, 'the banner of an SSH client') },
  { protocol: 'SMB', read: smb },
  { protocol: 'RDP', read: rdp },
  {
    protocol: 'SQL Server',
    read: byBytes('a TDS pre-login message, as SQL Server clients send it', startsWith('1201')),
  },
  {
    protocol: 'DCE/RPC',
    read: byBytes('a bind request of DCE/RPC, as Windows sends it', startsWith('05000b', '05010b')),
  },
  {
    protocol: 'PostgreSQL',
    read: byBytes('the first message of a PostgreSQL client', (bytes) =>
      ['04d2162f', '04d21630', '04d2162e', '00030000'].includes(bytes.subarray(4, 8).toString('hex')),
    ),
  },
  { protocol: 'MQTT', read: byBytes('an MQTT CONNECT message', isMqtt) },
  { protocol: 'AMQP', read: byBytes('an AMQP header, as RabbitMQ clients send it', startsWith('414d5150')) },
  { protocol: 'Redis', read: redis },
  { protocol: 'LDAP', read: byBytes('an LDAP request', isLdap) },
  { protocol: 'Kerberos', read: byBytes('a Kerberos request', isKerberos) },
  { protocol: 'Java RMI', read: byBytes('the start of Java RMI', startsWith('4a524d49')) },
  { protocol: 'T3', read: byLine(/^t3s? \d/, 'the start of T3, as Oracle WebLogic clients send it') },
  { protocol: 'Oracle', read: byBytes('a TNS connect request, as Oracle clients send it', isTnsConnect) },
  { protocol: 'DNS', read: byBytes('a DNS query over TCP', isDns) },
  { protocol: 'SOCKS', read: socks },
  { protocol: 'JSON-RPC', read: ({ text }) => (/^\s*[{[].*"jsonrpc"/s.test(text) ? 'a JSON-RPC request' : undefined) },
  { protocol: 'JSON', read: ({ text }) => (/^\s*\{\s*"/.test(text) ? 'a JSON document' : undefined) },
  { protocol: 'SMTP', read: byLine(/^(EHLO|HELO) /i, 'a greeting of SMTP') },
  { protocol: 'Telnet', read: byBytes('Telnet options', startsWith('fffb', 'fffd', 'fffc', 'fffe')) },
  { protocol: 'Halibut without TLS', read: byLine(/^MX(-CLIENT|-SERVER|-SUBSCRIBER)?\b/, 'Halibut without TLS') },
  { protocol: 'TLS', read: oldHello },
  {
    protocol: 'a scanner',
    read: ({ bytes, text }) => {
      if (bytes.length >= 2 && bytes.every((byte) => byte === 0)) return 'nothing but zero bytes, as scanners send';
      return /^(\r?\n){2,}$/.test(text) || /^(HELP|STATUS|INFO|HELLO)\r?\n$/i.test(text)
        ? 'a probe that fits no protocol, as scanners such as nmap send'
        : undefined;
    },
  },
];

/** Identifies the protocol of a client by its first bytes; undefined for an unknown one. */
export function identifyClientProtocol(bytes: Uint8Array): IdentifiedProtocol | undefined {
  const buffer = Buffer.from(bytes.subarray(0, 1024));
  const text = buffer.toString('latin1');
  const start: Start = { bytes: buffer, text, line: ascii(text.split(/\r?\n/, 1)[0] ?? '') };
  for (const { protocol, read } of CLIENT_PROTOCOLS) {
    const detail = read(start);
    if (detail !== undefined) return { protocol, detail: sanitizeText(detail) };
  }
  return undefined;
}

/** .NET Message Framing (MC-NMF): version 1.0, the mode, then the address that the client wants. */
function netTcp({ bytes, text }: Start): string | undefined {
  if (!startsWith('000100')(bytes) || bytes[3] !== 1) return undefined;
  const address = /net\.(?:tcp|pipe):\/\/[\x21-\x7e]*/.exec(text)?.[0];
  const what = 'the start of WCF net.tcp, which Octopus 1.x and other .NET programs speak';
  return address === undefined ? what : `${what} (${ascii(address)})`;
}

/** Marks of scanners in their requests. */
const SCANNERS = /nmap|nice%20ports|zgrab|masscan|nessus|qualys|shodan|censys|openvas/i;

function http({ text, line }: Start): string | undefined {
  if (!/^[A-Z]{3,10} \S+( HTTP\/\d.*)?$/.test(line)) return undefined;
  const method = line.split(' ', 1)[0] ?? '';
  if (!/ HTTP\/\d/.test(line) && !['GET', 'POST', 'HEAD', 'CONNECT', 'OPTIONS', 'PUT'].includes(method))
    return undefined;
  const scanner = SCANNERS.exec(text)?.[0];
  return `plain HTTP (${line})${scanner === undefined ? '' : `, from a scanner (${scanner.toLowerCase()})`}`;
}

function smb({ bytes }: Start): string | undefined {
  const inner = bytes.subarray(4, 8).toString('latin1');
  if (bytes[0] === 0 && (inner === '\xffSMB' || inner === '\xfeSMB')) return 'a request for Windows file sharing';
  return bytes[0] === 0x81 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0x44
    ? 'a request for a NetBIOS session'
    : undefined;
}

/** TPKT with an X.224 connection request. */
function rdp({ bytes, text }: Start): string | undefined {
  if (bytes[0] !== 3 || bytes[1] !== 0 || bytes[2] !== 0 || bytes[5] !== 0xe0) return undefined;
  return `a Remote Desktop connection request${SCANNERS.test(text) ? ', from a scanner' : ''}`;
}

function isMqtt(bytes: Buffer): boolean {
  if (bytes[0] !== 0x10) return false;
  const name = bytes.subarray(2, 12).toString('latin1');
  return name.includes('\0\x04MQTT') || name.includes('\0\x06MQIsdp');
}

/** An array of bulk strings, or a command on one line. */
function redis({ text }: Start): string | undefined {
  if (/^\*\d{1,4}\r\n\$\d{1,6}\r\n/.test(text)) return 'a Redis command';
  return /^(PING|AUTH \S+|INFO server|SELECT \d+|CLIENT [A-Z]+.*)\r\n/i.test(text)
    ? 'a Redis command on one line'
    : undefined;
}

/** A sequence with a message id, then a bind (0x60), search (0x63) or extended (0x77) request. */
function isLdap(bytes: Buffer): boolean {
  if (bytes[0] !== 0x30) return false;
  const longLength = (bytes[1] ?? 0) & 0x80 ? (bytes[1] ?? 0) & 0x7f : 0;
  const at = 2 + longLength;
  if (bytes[at] !== 2) return false;
  return [0x60, 0x63, 0x77].includes(bytes[at + 2 + (bytes[at + 1] ?? 0)] ?? 0);
}

/** Length (4 bytes), then AS-REQ or TGS-REQ: application tags 10 and 12. */
function isKerberos(bytes: Buffer): boolean {
  return (
    bytes[0] === 0 && bytes[1] === 0 && [0x6a, 0x6c].includes(bytes[4] ?? 0) && [0x81, 0x82].includes(bytes[5] ?? 0)
  );
}

/** Length, checksum 0, type 1. */
function isTnsConnect(bytes: Buffer): boolean {
  return (
    bytes.length >= 8 && bytes.readUInt16BE(0) >= 34 && bytes.readUInt16BE(2) === 0 && bytes[4] === 1 && bytes[5] === 0
  );
}

/** Length (2 bytes), id, a standard query, one question and no answer. */
function isDns(bytes: Buffer): boolean {
  if (bytes.length < 14 || bytes.readUInt16BE(0) !== bytes.length - 2) return false;
  return (bytes.readUInt16BE(4) & 0xf800) === 0 && bytes.readUInt16BE(6) === 1 && bytes.readUInt16BE(8) === 0;
}

/** Version 5 with its list of methods, version 4 with its request. */
function socks({ bytes }: Start): string | undefined {
  const [version, second = 0] = bytes;
  if (version === 5 && second > 0 && bytes.length === 2 + second) return 'a SOCKS5 greeting';
  const is4 = version === 4 && [1, 2].includes(second) && bytes.length >= 9 && bytes.includes(0, 8);
  return is4 ? 'a SOCKS4 request' : undefined;
}

/** A ClientHello of TLS 1.0 or older: its highest version is in the message, not in the record. */
function oldHello({ bytes }: Start): string | undefined {
  if ((bytes[0] ?? 0) >= 0x80 && bytes[2] === 1 && (bytes[3] === 3 || (bytes[3] === 0 && bytes[4] === 2)))
    return 'a ClientHello in the form of SSL 2, as very old clients send it';
  if (bytes[0] !== 0x16 || bytes[1] !== 3 || bytes[5] !== 1 || bytes[9] !== 3) return undefined;
  const name = ['SSL 3.0', 'TLS 1.0', 'TLS 1.1'][bytes[10] ?? 9];
  return name === undefined ? undefined : `a ClientHello of ${name}, which is too old`;
}

function ascii(text: string): string {
  return toAscii(text.slice(0, 200), '.');
}
