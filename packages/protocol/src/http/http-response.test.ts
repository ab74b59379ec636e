import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpResponse } from './http-response.js';

const parse = (text: string) => parseHttpResponse(Buffer.from(text));

describe('parseHttpResponse', () => {
  it('reads a response', () => {
    const page =
      'HTTP/1.1 403 Forbidden\r\nServer: gateway/2\r\nVia: 1.1 a\r\nvia: 1.1 b\r\n\r\n' +
      '<html><head><title>Access\n denied</title><style>p {}</style></head><body><p>Ask <b>IT</b></p></body></html>';
    expect(parse(page)).toEqual({
      version: '1.1',
      status: 403,
      reason: 'Forbidden',
      headers: expect.objectContaining({ server: 'gateway/2', via: '1.1 a' }) as unknown,
      title: 'Access denied',
      body: page.slice(page.indexOf('<html>')),
      text: 'Access denied Ask IT',
    });
  });

  it.each([
    ['HTTP/1.0 200 OK\r\n\r\n', { version: '1.0', status: 200, reason: 'OK', body: '' }],
    ['HTTP/1.0 200 OK\n\nbody', { status: 200, body: 'body' }],
    ['HTTP/1.1 200\r\n\r\n', { status: 200, reason: '' }],
    ['HTTP/1.1 407 Proxy Authentication Required', { status: 407, reason: 'Proxy Authentication Required', body: '' }],
    ['HTTP/1.1 400 Bad Request\r\nServ', { status: 400 }],
    ['HTTP/1.1 200 OK\r\n\r\n<title>half a tit', { title: 'half a tit' }],
    ['HTTP/1.1 200 OK\r\n\r\n<TITLE lang="de">Größe</TITLE>', { title: 'Größe' }],
    ['HTTP/1.1 200 OK\r\n: x\r\nno colon\r\na: b: c\r\n\r\n', { headers: { a: 'b: c' } }],
  ])('reads %j', (text, expected) => {
    expect(parse(text)).toMatchObject(expected);
  });

  it.each([
    '',
    'HTTP/',
    'HTTP/1.1',
    'HTTP/1.1 20',
    'http/1.1 200 OK',
    'SSH-2.0-x\r\n',
    ' HTTP/1.1 200 OK',
    'HTTP/2 200',
  ])('is undefined for %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('recognizes a response by its status line, wherever it is cut', () => {
    const page = Buffer.from('HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n<title>502</title>');
    for (let length = 12; length <= page.length; length++) {
      expect(parseHttpResponse(page.subarray(0, length))).toMatchObject({ version: '1.1', status: 502 });
    }
  });

  it('reduces untrusted text to one line', () => {
    const evil = 'a\x1b[2J\x07b\u202ec\r\td\u0085e';
    const answer = parse(`HTTP/1.1 200 ${evil}\r\nServer: ${evil}\r\n\r\n<title>${evil}</title><p>${evil}</p>`);
    const shown = [answer?.reason, answer?.headers['server'], answer?.title, answer?.text];
    for (const text of shown) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(shown.slice(1, 3)).toEqual(['a [2J b c d e', 'a [2J b c d e']);
    const long = parse(`HTTP/1.1 200 OK\r\nServer: ${'x'.repeat(500)}\r\n\r\n<title>${'y'.repeat(500)}</title>`);
    expect([long?.headers['server']?.length, long?.title?.length]).toEqual([200, 200]);
  });

  it('does not confuse a header name with a property of objects', () => {
    const answer = parse('HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\n\r\n');
    expect(Object.entries(answer?.headers ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('accepts any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseHttpResponse(Buffer.concat([Buffer.from('HTTP/1.1 200 '), bytes]));
        expect(parseHttpResponse(bytes)).toBeUndefined();
      }),
    );
  });
});
