import { describe, expect, it } from 'vitest';
import { renderLandingPage, identifyPage } from './landing-page.js';

const page = (body: string, head = 'HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9') =>
  Buffer.from(`${head}\r\n\r\n${body}`);

describe('renderLandingPage', () => {
  it('equals what the real listener writes, byte for byte', () => {
    expect(renderLandingPage('<p>Grüße</p>', { 'X-Seen': '1' }).toString()).toBe(
      'HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 14\r\nX-Seen: 1\r\n\r\n<p>Grüße</p>\r\n\r\n',
    );
  });

  it('equals the capture browser-page, for the same text', () => {
    expect(renderLandingPage('<html><body><p>Hello!</p></body></html>').toString()).toBe(
      'HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 39\r\n\r\n<html><body><p>Hello!</p></body></html>\r\n\r\n',
    );
  });
});

describe('identifyPage', () => {
  it.each([
    ['pong', page('<p>This is tentacle-pong</p>')],
    ['tentacle', page('<html><body><p>Octopus Tentacle configured successfully</p></body></html>')],
    ['octopus-server', page('<p>Octopus Server</p>')],
    ['octopus-server', page('<p>Octopus Deploy Server is polled here</p>')],
    ['legacy-pong', page('A'.repeat(10 * 1024))],
    ['halibut', page('<p>Hello!</p>')],
    ['web-server', page('<p>Hello!</p>', 'HTTP/1.0 200 OK\r\nContent-Type: a\r\nContent-Length: 1\r\nServer: nginx')],
    ['web-server', page('<p>Octopus Tentacle</p>', 'HTTP/1.1 200 OK\r\nServer: nginx')],
    ['web-server', page('<p>tentacle-pong</p>', 'HTTP/1.0 403 Forbidden')],
    ['web-server', page('<p>Octopus Tentacle</p>', 'HTTP/1.0 502 Bad Gateway')],
    ['web-server', page('AAAA', 'HTTP/1.0 200 OK')],
    ['unknown', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['unknown', Buffer.alloc(0)],
  ])('identifies the page of %s', (author, bytes) => {
    const page = identifyPage(bytes);
    expect(page.author).toBe(author);
    expect(page.http === undefined).toBe(author === 'unknown');
  });
});
