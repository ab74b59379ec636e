import { describe, expect, it } from 'vitest';
import { identifyProtocol } from './identify-protocol.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the protocol of a peer, by its first bytes', () => {
  it.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1', latin1('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['SMTP', '220 mx1.example ESMTP Exim 4.96', latin1('220 mx1.example ESMTP Exim 4.96\r\n')],
    ['SMTP', '554 mail.example no SMTP for you', latin1('554 mail.example no SMTP for you\r\n')],
    ['FTP', '220 (vsFTPd 3.0.3)', latin1('220 (vsFTPd 3.0.3)\r\n')],
    ['FTP', '220-FileZilla Server 1.7.3', latin1('220-FileZilla Server 1.7.3\r\n220 hello\r\n')],
    ['SMTP or FTP', '220 hello', latin1('220 hello\r\n')],
    ['POP3', '+OK Dovecot ready.', latin1('+OK Dovecot ready.\r\n')],
    ['IMAP', '* OK [CAPABILITY IMAP4rev1] ready', latin1('* OK [CAPABILITY IMAP4rev1] ready\r\n')],
    ['VNC', 'RFB 003.008', latin1('RFB 003.008\n')],
    ['Redis', '-DENIED Redis is running in protected mode', latin1('-DENIED Redis is running in protected mode\r\n')],
    ['MySQL', 'MySQL 8.0.36', hex(`4a000000 0a ${latin1('8.0.36').toString('hex')} 00 11223344`)],
    [
      'MySQL',
      "MySQL: Host '10.0.0.9' is not allowed",
      hex(`28000000 ff 6a04 ${latin1("Host '10.0.0.9' is not allowed").toString('hex')}`),
    ],
    [
      'PostgreSQL',
      'PostgreSQL: unsupported frontend protocol',
      latin1('E\0\0\0\x40SFATAL\0C0A000\0Munsupported frontend protocol\0\0'),
    ],
    ['SQL Server', 'a TDS response, as from Microsoft SQL Server', hex('0401 0025 0000 0100')],
    ['RDP', 'a Remote Desktop response', hex('03000013 0ed0 000012340002 0f08 0002 000000')],
    ['SOCKS', 'a SOCKS5 response (05ff)', hex('05ff')],
    ['Telnet', 'Telnet options', hex('fffd18 fffd20')],
    ['AMQP', 'an AMQP header, as from RabbitMQ', latin1('AMQP\0\0\x09\x01')],
    ['SMB', 'NetBIOS sessions', hex('83000001 8f')],
    ['LDAP', 'an LDAP notice', hex(`3024 02010078 ${latin1('..1.3.6.1.4.1.1466.20036').toString('hex')}`)],
    ['Oracle', 'a TNS response, as from an Oracle listener', hex('0008 0000 04 000000')],
    ['HTTP/2', 'HTTP/2 without TLS, as from a gRPC port', hex('000012 04 00 00000000 0003')],
    ['Halibut without TLS', 'MX-SERVER 1.0', latin1('MX-SERVER 1.0\r\n\r\n')],
    ['TLS', 'bytes in the form of TLS records', hex('15030300020228')],
    ['unknown', 'first bytes "hello"', latin1('hello')],
    ['unknown', 'first bytes 00000000', Buffer.alloc(4)],
  ])('%s: %s', (protocol, detail, bytes) => {
    expect(identifyProtocol(bytes)).toEqual({ protocol, detail });
  });

  it('is undefined without bytes', () => {
    expect(identifyProtocol(Buffer.alloc(0))).toBeUndefined();
  });

  it('contains no control characters, for any prefix of a sample and for hostile text', () => {
    const samples = [
      latin1('220 a\x1b[2Jb\u0000 SMTP\r\n'),
      hex('4a0000000a1b5b324a00'),
      hex('0401'),
      latin1('E\0\0\0\x20SFATAL\0M\x1b[2J\0'),
    ];
    for (const sample of samples) {
      for (let length = 0; length <= sample.length; length++) {
        expect(identifyProtocol(sample.subarray(0, length))?.detail ?? '').not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }
    }
  });
});

describe('the vendor of a peer, by headers and page', () => {
  it.each([
    ['Zscaler', 'HTTP/1.1 403 Forbidden\r\nServer: Zscaler/6.2\r\n\r\n'],
    ['Blue Coat (Symantec ProxySG)', 'HTTP/1.1 503 x\r\nVia: 1.1 proxy (BlueCoat ProxySG)\r\n\r\n'],
    ['Fortinet FortiGate', 'HTTP/1.1 403 x\r\n\r\n<title>FortiGate Web Filter</title>'],
    ['Palo Alto Networks', 'HTTP/1.1 503 x\r\n\r\n<title>Web Page Blocked</title>'],
    ['F5 BIG-IP', 'HTTP/1.0 302 x\r\nServer: BigIP\r\n\r\n'],
    ['Cloudflare', 'HTTP/1.1 400 x\r\nServer: cloudflare\r\nCF-RAY: -\r\n\r\n'],
    ['AWS Elastic Load Balancing', 'HTTP/1.1 400 x\r\nServer: awselb/2.0\r\n\r\n'],
    ['Windows HTTP.sys', 'HTTP/1.1 400 x\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n'],
    ['Microsoft IIS', 'HTTP/1.1 404 x\r\nServer: Microsoft-IIS/10.0\r\n\r\n'],
    ['Squid', 'HTTP/1.1 400 x\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_INVALID_URL 0\r\n\r\n'],
    ['Imperva Incapsula', 'HTTP/1.1 403 x\r\nX-Iinfo: 1-2-3\r\n\r\n'],
  ])('%s', (name, answer) => {
    expect(identifyProtocol(latin1(answer))?.detail).toContain(`typical of ${name}`);
  });

  it.each(['nginx/1.22.1', 'Apache/2.4', 'Kestrel'])('none for common server software: %s', (server) => {
    expect(identifyProtocol(latin1(`HTTP/1.1 400 Bad\r\nServer: ${server}\r\nVia: 1.1 edge\r\n\r\n`))?.detail).toBe(
      `HTTP 400 Bad, server ${server}, via 1.1 edge`,
    );
  });
});
