import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureFields } from './captured-fields.js';
import { findKnownMessage, LINE_MAX_CHARS } from './find-known-message.js';
import { knownMessages } from './table.js';

const A = '1f0c9a3b5d7e2468ace013579bdf02468ace1357';
const B = '9E8D7C6B5A49382716059E8D7C6B5A4938271605';

describe('values captured from a message', () => {
  it.each([
    [
      "An error occurred when sending a request to 'https://web01.corp.example:10934/', before the request could begin: Connection refused",
      { host: 'web01.corp.example', port: '10934' },
    ],
    [
      "An error occurred when sending a request to 'https://[2001:db8::7]:10933/', before the request could begin: Connection refused",
      { host: '[2001:db8::7]', port: '10933' },
    ],
    [
      `The server at https://web01:10933/ presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${A}'. Instead, it presented a certificate with a thumbprint of '${B}' and subject 'CN=Proxy, O=Corp'.`,
      {
        host: 'web01',
        port: '10933',
        expectedThumbprint: A.toUpperCase(),
        presentedThumbprint: B,
        subject: 'CN=Proxy, O=Corp',
      },
    ],
    [
      `listen://[::]:10933/   27  A client at [::ffff:10.0.0.9]:49822 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${B}' which is not in the list of thumbprints that we trust`,
      { client: '10.0.0.9:49822', thumbprint: B, port: '10933' },
    ],
    [
      'Proxy destination ::ffff:10.9.8.7 on port 3128 responded with a 407 code - Proxy Authentication Required',
      { proxyHost: '10.9.8.7', proxyPort: '3128', detail: '407' },
    ],
    [
      'Connection to proxy host proxy.corp.example on port 8080 failed: No such host is known',
      { proxyHost: 'proxy.corp.example', proxyPort: '8080' },
    ],
    [
      'A polling client at [::ffff:10.0.0.9]:40001 has exceeded the maximum number of active connections (8) for subscription poll://w9cs6zpq4d/. New connections will be rejected',
      { client: '10.0.0.9:40001', subscription: 'w9cs6zpq4d' },
    ],
    [
      'Schannel 36887: A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 70.',
      { detail: '70' },
    ],
    ['Service not found: IScriptServiceV2', { detail: 'IScriptServiceV2' }],
    [
      "System.Net.WebException: The remote name could not be resolved: 'octo.corp.example'",
      { host: 'octo.corp.example' },
    ],
  ])('%s', (message, seen) => {
    expect(findKnownMessage(message)?.seen).toEqual(seen);
  });
});

describe('captures', () => {
  const WORDS = [
    'Unable',
    'to',
    'read',
    'data',
    'the',
    'connection',
    'Unspecified',
    'add',
    'cafe',
    'bad',
    'socket',
    'a',
  ];
  const STARTS = [
    'exception: ',
    'Socket IO exception: ',
    'from client: ',
    'TCP client: ',
    'A client at ',
    'polling client at ',
    'Rejected connection from ',
    'Client failed authentication: ',
    'reset by peer ',
    'refused it ',
  ];
  const allCaptures = knownMessages.flatMap(({ captures = [] }) => captures);

  it('never take a word of a sentence for an address', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STARTS),
        fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(' ', ': ', ', ', '. '),
        (start, words, separator) => {
          const { host, client, port } = captureFields(`${start}${words.join(separator)}.`, allCaptures);
          expect({ host, client, port }).toEqual({});
        },
      ),
    );
  });

  it.each([
    ['... actively refused it 192.0.2.20:10943', '192.0.2.20', '10943'],
    ['... actively refused it. [::ffff:192.0.2.20]:10933', '192.0.2.20', '10933'],
    ['... has failed to respond 198.51.100.47:443', '198.51.100.47', '443'],
    ['... has failed to respond. (octopus.example:10943)', 'octopus.example', '10943'],
    ['Connection refused [2001:db8::7]:10933', '[2001:db8::7]', '10933'],
    ['Connection refused (localhost:5234)', 'localhost', '5234'],
    ["request to 'https://octopus.example/': x", 'octopus.example', '443'],
  ])('of the address at the end: %s', (text, host, port) => {
    expect(captureFields(text)).toEqual({ host, port });
  });

  it('take neither help pages, source files nor clients for the other end', () => {
    for (const text of [
      'see https://g.octopushq.com/TentacleTroubleshooting',
      '   at A.B() in (Program.cs:12)',
      'listen://[::]:/  Socket IO exception: 10.0.0.9:40001',
      'Unhandled error when handling request from client: 10.0.0.9:40001',
    ])
      expect(captureFields(text).host).toBeUndefined();
  });
});

describe('a message with other quotes, spaces or case', () => {
  it.each([
    ['The proxy\u2019s hostname cannot contain a protocol prefix', 'proxy.bad-setting'],
    [
      '{"m":"Unable to process remote identity; unknown identity type: \\u0027HTTP/1.0\\u0027"}',
      'identity.unknown-type',
    ],
    ['No  such\thost   is known', 'dns.no-such-host'],
    ['NO SUCH HOST IS KNOWN', 'dns.no-such-host'],
    [
      '<b>An error occurred when sending a request to &#39;https://x/&#39;, before the request could begin: Connection refused',
      'tcp.actively-refused',
    ],
  ])('%s', (line, id) => {
    expect(findKnownMessage(line)?.row.id).toBe(id);
  });
});

describe('the start of an event', () => {
  const start = 'Unhandled error when handling request from client: [::ffff:10.0.0.9]:45564';

  it('is matched together with a later line, which has to contain the end of the pattern', () => {
    expect(findKnownMessage('System.IO.IOException: Received an unexpected EOF or 0 bytes', start)?.row.id).toBe(
      'tls.probe-noise',
    );
    expect(
      findKnownMessage('System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream')?.row
        .id,
    ).toBe('tls.unexpected-eof');
    expect(findKnownMessage('   at Some.Where(String x)', start)).toBeUndefined();
  });
});

it('examines only the beginning of a line', () => {
  expect(findKnownMessage(`${'x'.repeat(LINE_MAX_CHARS)} no shared cipher`)).toBeUndefined();
});
