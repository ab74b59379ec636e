import { describe, expect, it } from 'vitest';
import { headLength, octopusReadsProxyResponse, parseProxyResponse } from './proxy-response.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the length of a head', () => {
  it.each([
    ['', undefined],
    ['HTTP/1.1 200 OK\r\n', undefined],
    ['HTTP/1.1 200 OK\r\n\r', undefined],
    ['HTTP/1.1 200 OK\r\n\r\n', 19],
    ['HTTP/1.1 200 OK\r\nA: b\r\n\r\n\x16\x03\x01', 25],
    ['HTTP/1.1 200 OK\n\n', 17],
    ['HTTP/1.1 200 OK\r\n\nrest', 18],
  ])('%j is %s', (text, length) => {
    expect(headLength(bytes(text))).toBe(length);
  });
});

describe('a response that Octopus can read', () => {
  it.each([
    ['HTTP/1.1 200 Connection established\r\n\r\n', true],
    ['HTTP/1.0 200 \r\n\r\n', true],
    ['HTTP/1.0 200\r\n\r\n', false],
    ['HTTP/1.1 200 OK\n\n', false],
    ['HTTP/1.1 200 OK\r\n\n', false],
    ['HTTP/1.1 200 OK\n\r\n', false],
  ])('%j: %s', (text, reads) => {
    expect(octopusReadsProxyResponse(bytes(text))).toBe(reads);
  });
});

describe('a response', () => {
  it('is read with its headers, the first of each', () => {
    const answer = parseProxyResponse(
      bytes('HTTP/1.1 503 Service Unavailable\r\nVia: a\r\nVIA: b\r\nX-Squid-Error: E 1\r\n\r\n'),
    );
    expect(answer).toEqual({
      status: 503,
      reason: 'Service Unavailable',
      headers: { via: 'a', 'x-squid-error': 'E 1' },
      schemes: [],
    });
  });

  it('is undefined for bytes other than HTTP', () => {
    for (const text of ['', 'SSH-2.0-x\r\n\r\n', 'HTTP/1.1 abc x\r\n\r\n', '\x05\xff'])
      expect(parseProxyResponse(bytes(text))).toBeUndefined();
  });

  it.each([
    [['Basic realm="x"'], ['Basic']],
    [
      ['Negotiate', 'NTLM', 'Basic realm="a"'],
      ['Negotiate', 'NTLM', 'Basic'],
    ],
    [['Negotiate, NTLM, Basic realm="a, NTLM b"'], ['Negotiate', 'NTLM', 'Basic']],
    [['Digest realm="r", qop="auth,auth-int", nonce="a\\"b, Basic c", opaque="d"'], ['Digest']],
    [['Digest realm = "r", algorithm = MD5'], ['Digest']],
    [['NTLM TlRMTVNTUAACAAAA'], ['NTLM']],
    [[''], []],
    [[',,;=!'], []],
  ])('offers, by %j, the schemes %j', (headers, schemes) => {
    const lines = headers.map((value) => `Proxy-Authenticate: ${value}\r\n`).join('');
    expect(parseProxyResponse(bytes(`HTTP/1.1 407 x\r\n${lines}\r\n`))?.schemes).toEqual(schemes);
  });

  it('contains no schemes from its page, and no more than the limit', () => {
    const page = 'HTTP/1.1 407 x\r\nContent-Length: 99\r\n\r\nProxy-Authenticate: Basic\r\n';
    expect(parseProxyResponse(bytes(page))?.schemes).toEqual([]);
    const many = Array.from({ length: 1000 }, (_, i) => `Proxy-Authenticate: S${i}\r\n`).join('');
    expect(parseProxyResponse(bytes(`HTTP/1.1 407 x\r\n${many}\r\n`))?.schemes).toHaveLength(10);
  });

  it('is reduced to one line', () => {
    const answer = parseProxyResponse(
      Buffer.from('HTTP/1.1 302 a\x1b[2Jb\r\nLocation: x\u202ey\x07\r\n\r\n<title>q\nr</title>'),
    );
    expect(JSON.stringify(answer)).not.toMatch(/\\u001b|\\u0007|\u202e/);
    expect(answer?.title).toBe('q r');
  });
});
