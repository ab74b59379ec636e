import { describe, expect, it } from 'vitest';
import { identifyClientProtocol } from './client-protocols.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const prefixed = (head: string, text: string): Buffer => Buffer.concat([hex(head), latin1(text)]);

const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ['WCF net.tcp', prefixed('000100 0102 0216', 'net.tcp://web01:10933/\x03\x08\x0c')],
  ['PROXY protocol', latin1('PROXY TCP4 198.51.100.1 192.0.2.10 56324 10933\r\n')],
  ['PROXY protocol', prefixed('0d0a0d0a000d0a515549540a 2111000c', 'c\x33\x64\x01\xc0\0\x02\x0a\xdc\x04\x2a\xb5')],
  ['HTTP/2', latin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0')],
  ['HTTP', latin1('GET / HTTP/1.1\r\nHost: web01:10933\r\n\r\n')],
  ['HTTP', latin1('POST /wsman HTTP/1.1\r\nHost: web01\r\n\r\n')],
  ['HTTP', latin1('CONNECT web01:443 HTTP/1.1\r\n\r\n')],
  ['HTTP', latin1('GET /nice%20ports%2C/Tri%6Eity.txt%2ebak HTTP/1.0\r\n\r\n')],
  ['HTTP', latin1('GET / HTTP/1.1\r\nUser-Agent: Mozilla/5.0 zgrab/0.x\r\n\r\n')],
  ['RTSP', latin1('OPTIONS / RTSP/1.0\r\n\r\n')],
  ['SIP', latin1('OPTIONS sip:nm SIP/2.0\r\nVia: SIP/2.0/TCP nm\r\n\r\n')],
  ['SSH', latin1('SSH-2.0-OpenSSH_9.2p1\r\n')],
  ['SMB', hex('00000054 ff534d42 72000000')],
  ['SMB', hex('000000e8 fe534d42 40000000')],
  ['RDP', prefixed('0300002f 2ae0 0000 000000', 'Cookie: mstshash=admin\r\n\x01\0\x08\0\x03\0\0\0')],
  ['SQL Server', hex('12010034 00000000 0000 15 0006 01')],
  ['DCE/RPC', hex('05000b03 10000000 48000000')],
  ['PostgreSQL', hex('00000008 04d2162f')],
  ['PostgreSQL', prefixed('00000023 00030000', 'user\0octopus\0database\0octopus\0\0')],
  ['MQTT', prefixed('1012 0004', 'MQTT\x04\x02\0\x3c\0\x06client')],
  ['AMQP', latin1('AMQP\0\0\x09\x01')],
  ['Redis', latin1('*1\r\n$4\r\nPING\r\n')],
  ['Redis', latin1('PING\r\n')],
  ['LDAP', hex('300c 020101 6007 020103 0400 8000')],
  ['LDAP', prefixed('3084 0000 0010 020101 77', '\x84\0\0\0\x07\x80')],
  ['Kerberos', hex('000000b5 6a81b2 3081afa1 03020105')],
  ['Java RMI', hex('4a524d49 0002 4b')],
  ['T3', latin1('t3 12.2.1\nAS:255\nHL:19\n\n')],
  ['Oracle', hex('003a0000 01000000 0139012c')],
  ['DNS', prefixed('001e 1234 0100 0001 0000 0000 0000', '\x07version\x04bind\0\0\x10\0\x03').subarray(0, 32)],
  ['SOCKS', hex('050100')],
  ['SOCKS', hex('04012ab5 c000020a 00')],
  ['JSON-RPC', latin1('{"id":1,"jsonrpc":"2.0","method":"login"}\n')],
  ['JSON', latin1('{"hello":"world"}')],
  ['SMTP', latin1('EHLO nmap.example\r\n')],
  ['Telnet', hex('fffd18 fffd20')],
  ['Halibut without TLS', latin1('MX\r\n\r\nMX-CLIENT 1.0\r\n\r\n')],
  ['TLS', hex('1603010060 0100005c 0301 00112233')],
  ['TLS', hex('802e 01 0301 0015 0000 0010')],
  ['a scanner', Buffer.alloc(16)],
  ['a scanner', latin1('\r\n\r\n')],
  ['a scanner', latin1('HELP\r\n')],
];

describe('the protocol of a client, by its first bytes', () => {
  it.each(SAMPLES)('%s', (protocol, bytes) => {
    expect(identifyClientProtocol(bytes)).toMatchObject({ protocol });
  });

  it.each(SAMPLES)('%s, byte by byte: never another protocol that needs as many bytes', (protocol, bytes) => {
    const alternatives = [undefined, protocol, 'a scanner', 'JSON', 'Halibut without TLS', 'HTTP'];
    for (let length = 0; length < bytes.length; length++)
      expect(alternatives).toContain(identifyClientProtocol(bytes.subarray(0, length))?.protocol);
  });

  it('names the address that a WCF client wants', () => {
    expect(identifyClientProtocol(SAMPLES[0]?.[1] ?? Buffer.alloc(0))?.detail).toContain('net.tcp://web01:10933/');
  });

  it.each([latin1('hello'), hex('1603010200 010001fc 0303'), hex('00'), Buffer.alloc(0), Buffer.alloc(300, 0x41)])(
    'unknown bytes, and a ClientHello of today, have no name: %o',
    (bytes) => {
      expect(identifyClientProtocol(bytes)).toBeUndefined();
    },
  );

  it('contains no control characters, for any prefix of hostile text', () => {
    for (const text of [
      'GET /\x1b[2J HTTP/1.1\r\n',
      'SSH-2.0-\x1b]0;x\x07\r\n',
      '\0\x01\0\x01\x02\x02\x10net.tcp://\x1b[1m/',
    ])
      expect(identifyClientProtocol(latin1(text))?.detail ?? '').not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
