import { describe, expect, it } from 'vitest';
import {
  isLegacyPingRequest,
  isLegacyPongResponse,
  legacyPingRequest,
  legacyPongResponse,
} from './legacy-tentacle-ping.js';
import { identifyPage } from './landing-page.js';

/** The request up to and including its first empty line, as it is read, and whether more bytes follow. */
function read(request: string): [Buffer, boolean] {
  const end = /\r?\n\r?\n/.exec(request);
  const at = end === null ? request.length : end.index + end[0].length;
  return [Buffer.from(request.slice(0, at)), at < request.length];
}

describe('the legacy TentaclePing', () => {
  it.each([
    ['without data', 'GET / HTTP/1.1\r\nHost: web01\r\n\r\n\r\n'],
    ['from Linux', 'GET / HTTP/1.1\nHost: web01.example\n\n\n'],
    ['to an address', 'GET / HTTP/1.1\r\nHost: 192.0.2.10\r\n\r\n\r\n'],
    ['to an IPv6 address', 'GET / HTTP/1.1\r\nHost: 2001:db8::10\r\n\r\n\r\n'],
    ['with data', `GET / HTTP/1.1\r\nHost: web01\r\n${'A'.repeat(5000)}\r\n\r\n`],
    ['with more data than is kept', `GET / HTTP/1.1\r\nHost: web01\r\n${'A'.repeat(8192)}`],
    ['as this tool sends it', legacyPingRequest('web01').toString()],
  ])('is recognized %s', (_name, request) => {
    expect(isLegacyPingRequest(...read(request))).toBe(true);
  });

  it.each([
    ['a browser', 'GET / HTTP/1.1\r\nHost: web01:10933\r\nUser-Agent: Mozilla/5.0\r\nAccept: text/html\r\n\r\n'],
    ['a browser on port 443', 'GET / HTTP/1.1\r\nHost: web01\r\nUser-Agent: Mozilla/5.0\r\n\r\n'],
    ['a person who types', 'GET / HTTP/1.1\r\nHost: web01\r\n\r\n'],
    ['the page probe of tentacle-ping', 'GET / HTTP/1.1\r\nHost: web01:10933\r\n\r\n'],
    ['the same, and more after it', 'GET / HTTP/1.1\r\nHost: web01:10933\r\n\r\nGET'],
    ['another path', 'GET /x HTTP/1.1\r\nHost: web01\r\n\r\n\r\n'],
    ['discovery', 'HELLO\r\n\r\n'],
    ['nothing', ''],
    ['data that contains something else', `GET / HTTP/1.1\r\nHost: web01\r\n${'A'.repeat(50)}: b\r\n\r\n`],
  ])('is not %s', (_name, request) => {
    expect(isLegacyPingRequest(...read(request))).toBe(false);
  });
});

describe('the response of the legacy TentaclePong', () => {
  it('is 10 KiB of one letter, and is recognized', () => {
    const answer = legacyPongResponse();
    expect(answer.toString()).toBe(`HTTP/1.0 200 OK\r\nContent-Length: 10240\r\n\r\n${'A'.repeat(10_240)}\r\n`);
    expect(isLegacyPongResponse(answer)).toBe(true);
    expect(identifyPage(answer).author).toBe('legacy-pong');
  });

  it('is neither shorter nor a page', () => {
    const answer = legacyPongResponse();
    expect(isLegacyPongResponse(answer.subarray(0, answer.length - 3))).toBe(false);
    expect(isLegacyPongResponse(Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\nAAAA'))).toBe(false);
    expect(isLegacyPongResponse(Buffer.alloc(0))).toBe(false);
  });
});
