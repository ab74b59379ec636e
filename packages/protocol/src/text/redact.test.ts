import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from './redact.js';

const PRINT = 'D9D25A34A1B2C3D4E5F60718293A4B5C6D7E1F6E';
const redact = <T>(document: T): T => new Redactor().redact(document);

describe('redacted results', () => {
  it('have the same name for the same value, in prose, URLs and commands', () => {
    const document = {
      target: { host: 'web01.corp.example', port: 10933 },
      peer: { address: '198.51.100.7', thumbprint: PRINT },
      verdict: {
        id: 'tcp.refused',
        means: `web01.corp.example:10933 (198.51.100.7) refused; web01 presented ${PRINT}, D9D25A34..1F6E.`,
        next: [{ who: 'you', action: 'Open https://WEB01.corp.example:443/api', linux: 'nc 198.51.100.7 10933' }],
      },
    };
    expect(redact(document)).toEqual({
      target: { host: 'host-1', port: 10933 },
      peer: { address: 'address-1', thumbprint: 'thumbprint-1' },
      verdict: {
        id: 'tcp.refused',
        means: 'host-1:10933 (address-1) refused; host-2 presented thumbprint-1, thumbprint-1.',
        next: [{ who: 'you', action: 'Open https://host-1:443/api', linux: 'nc address-1 10933' }],
      },
    });
  });

  it.each([
    ['2001:db8::7', 'address-1'],
    ['[2001:db8::7]:10933', '[address-1]:10933'],
    ['fe80::1%eth0 and fe80::1', 'address-1 and address-1'],
    ['::ffff:198.51.100.7, 198.51.100.7', 'address-1, address-1'],
    ['addresses: 198.51.100.7/24, fd00::2/64;', 'addresses: address-2/24, address-1/64;'],
    ['127.0.0.1, ::1, 0.0.0.0 and [::]:80', '127.0.0.1, ::1, 0.0.0.0 and [::]:80'],
    ['at 12:00:00, std::vector, 1.2.3', 'at 12:00:00, std::vector, 1.2.3'],
    [PRINT.toLowerCase(), 'thumbprint-1'],
    [PRINT.match(/../g)?.join(':') ?? '', 'thumbprint-1'],
    ['AB'.repeat(32), 'key-1'],
    ['poll://abc123/ and poll://abc123/', 'poll://subscription-1/ and poll://subscription-1/'],
    ['file C:\\Users\\John Smith\\x.pfx is missing', 'file path-1 is missing'],
    ['\\\\files\\share\\x.pfx', 'path-1'],
    ['/home/alice/x.pfx: no such file', 'path-1: no such file'],
    [
      'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe',
      'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe',
    ],
    ['/opt/octopus/tentacle/Tentacle, and/or', '/opt/octopus/tentacle/Tentacle, and/or'],
    ['see https://octopus.com/docs', 'see https://octopus.com/docs'],
    ['for CORP\\svc_octopus, corp\\svc_octopus and jane@corp.example', 'for user-1, user-1 and user-2'],
    ['NT AUTHORITY\\SYSTEM, HKLM\\SOFTWARE\\X', 'NT AUTHORITY\\SYSTEM, HKLM\\SOFTWARE\\X'],
    ['first line\\nSystem.Exception\\r\\n', 'first line\\nSystem.Exception\\r\\n'],
  ])('text %j', (text, expected) => {
    expect(redact({ text }).text).toBe(expected);
  });

  it('have no original in the keys of counts', () => {
    const counts = { [PRINT]: 5, '198.51.100.7': 2, 'tls.reset': 1, keepAliveUs: 1 };
    expect(redact({ counts }).counts).toEqual({ 'thumbprint-1': 5, 'address-1': 2, 'tls.reset': 1, keepAliveUs: 1 });
  });

  it('name users, subjects and files', () => {
    const document = {
      proxy: { user: 'CORP\\alice' },
      certificate: { subject: 'CN=Contoso CA, O=Contoso Ltd', issuer: 'CN=Octopus Tentacle' },
      sides: [{ file: 'contoso.json' }],
      text: 'as alice, issued by CN=Contoso CA, O=Contoso Ltd',
    };
    const text = JSON.stringify(redact(document));
    expect(text).not.toMatch(/alice|contoso/i);
    expect(text).toContain('CN=Octopus Tentacle');
  });

  it('keep the words of texts where a host has one of them as its name', () => {
    const document = { host: 'tentacle', text: 'tentacle-pong on tentacle:10933: the tentacle refused' };
    expect(redact(document)).toEqual({ host: 'host-1', text: 'tentacle-pong on host-1:10933: the tentacle refused' });
  });

  it('have no host in the bytes of evidence, in any encoding', () => {
    const bytes = Buffer.concat([
      Buffer.from('GET http://mercury.corp.example/ '),
      Buffer.from('mercury.corp.example', 'utf16le'),
      Buffer.from(Buffer.from('mercury.corp.example').toString('base64')),
    ]);
    const document = { host: 'mercury.corp.example', received: { hex: bytes.toString('hex') } };
    const { hex } = redact(document).received;
    const left = Buffer.from(hex, 'hex');
    expect(left.toString('latin1')).not.toContain('mercury');
    expect(left.toString('utf16le') + left.subarray(1).toString('utf16le')).not.toContain('mercury');
    expect(left.toString('latin1')).not.toContain(Buffer.from('mercury.corp').toString('base64').slice(0, 12));
  });

  it('have no host that only the bytes of a request name', () => {
    const text = 'CONNECT mercury.corp.example:443 HTTP/1.1\r\nHost: venus.corp.example\r\n\r\n';
    const shown = redact({ firstBytes: { text, hex: Buffer.from(text).toString('hex') } }).firstBytes;
    for (const one of [shown.text, Buffer.from(shown.hex, 'hex').toString()])
      expect(one).toBe('CONNECT host-1:443 HTTP/1.1\r\nHost: host-2\r\n\r\n');
  });

  it('keep ids, times and histograms, and have the same shape', () => {
    const document = {
      schema: 'tentacle-ping/report/1',
      startedAt: '2026-01-01T00:00:00.000Z',
      histogram: PRINT,
      n: 1,
      o: null,
    };
    expect(redact(document)).toEqual(document);
  });

  it('name a value the same in several documents', () => {
    const redactor = new Redactor();
    redactor.redact({ host: 'a1.corp.example' });
    expect(redactor.redact({ host: 'b2.corp.example', text: 'a1.corp.example' })).toEqual({
      host: 'host-2',
      text: 'host-1',
    });
  });

  it('contain none of the originals, for any hosts and addresses, in any text around them', () => {
    const label = fc.stringMatching(/^[a-z]{3,8}[0-9]{1,3}$/);
    const host = fc.tuple(label, label).map((labels) => `${labels.join('.')}.corp.example`);
    const around = fc.constantFrom(' ', ',', ':', '/', '(', ')', '"', '@', '=', ';', '\n', '|');
    fc.assert(
      fc.property(host, fc.ipV4(), fc.ipV6(), around, around, (name, v4, v6, before, after) => {
        const text = [name, v4, name].map((one) => `${before}${one}${after}`).join(' x ');
        const shown = redact({ host: name, text: `${text} ${v6} (${v6})` }).text;
        expect(shown).not.toContain(name);
        if (!/^(?:127|0)\./.test(v4) && !v4.startsWith('255.')) expect(shown).not.toContain(v4);
        if (!/^[0:]+1?$/.test(v6)) expect(shown).not.toContain(v6);
      }),
    );
  });
});
