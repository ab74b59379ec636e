import fc from 'fast-check';
import { knownMessages } from 'tentacle-protocol/diagnostics';
import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Explanation } from './explanation.js';
import { HEALTHY_LOG } from './healthy.test.support.js';
import { NotTextError } from '../text-input/log-text.js';

async function* pieces(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(typeof part === 'string' ? Buffer.from(part) : part);
}

const explain = async (...parts: readonly (string | Uint8Array)[]): Promise<Explanation> =>
  explainStream(pieces(...parts), 'errors');

/** The matches in short: id, count, first line. */
const matchesOf = ({ matches }: Explanation): [string, number, number][] =>
  matches.map(({ id, count, line }) => [id, count, line]);

const utf16 = (text: string, mark = true): Buffer => Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');

const STAMP = '2024-03-05 10:15:20.1234   4508     27 ERROR  ';

describe('a healthy log', () => {
  it('has no match; its two warnings are counted as unknown', async () => {
    const explanation = await explain(HEALTHY_LOG);
    expect(matchesOf(explanation)).toEqual([]);
    expect(explanation.lines).toBeGreaterThan(95);
    expect(explanation.unknownLines).toBe(2);
    expect(explanation.unknownExamples.map(({ text }) => text)).toEqual([
      expect.stringContaining('Free disk space'),
      expect.stringContaining('unapproved verbs'),
    ]);
  });
});

describe('the examples of all rows', () => {
  const rows = knownMessages.map(({ id, example }) => ({ id, example }));

  it('are each found once, at their line, in one text', async () => {
    const explanation = await explain(rows.map(({ example }) => `${example}\n`).join(''));
    expect(matchesOf(explanation).toSorted()).toEqual(rows.map(({ id }, i) => [id, 1, i + 1]).toSorted());
    expect(explanation.unknownLines).toBe(0);
  });

  it('are each found within a log, with steps and causes', async () => {
    const log = rows.map(({ example }) => `${STAMP}${example}\n${STAMP.replace('ERROR', ' INFO')}ordinary\n`).join('');
    const { matches } = await explain(log);
    const isUsual = ({ id }: { id: string }): boolean =>
      knownMessages.some((row) => row.id === id && row.isUsual === true);
    // Messages that are usual in the log of an end that works are listed last.
    const expected = [...rows.filter((row) => !isUsual(row)), ...rows.filter(isUsual)];
    expect(matches.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    for (const { next, causes, firstAt } of matches) {
      expect(next.length * causes.length).toBeGreaterThan(0);
      expect(firstAt).toBe('2024-03-05 10:15:20.1234');
    }
  });
});

describe('an exception', () => {
  it('is one message with its inner exceptions; the most specific one counts', async () => {
    const explanation = await explain(
      `${STAMP}https://web01:10933/   27  An error occurred when sending a request to 'https://web01:10933/', after the request began: Authentication failed, see inner exception.
Halibut.HalibutClientException: An error occurred when sending a request to 'https://web01:10933/', after the request began: Authentication failed, see inner exception.
 ---> System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception.
 ---> Interop+OpenSsl+SslException: SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL.
 ---> Interop+Crypto+OpenSslCryptographicException: error:0A000410:SSL routines::sslv3 alert handshake failure
   --- End of inner exception stack trace ---
   at Interop.OpenSsl.DoSslHandshake(SafeSslHandle context, ReadOnlySpan\`1 input)
   at System.Net.Security.SslStreamPal.HandshakeInternal(SafeDeleteContext& context)
${STAMP.replace('ERROR', ' INFO')}the next one\n`,
    );
    expect(matchesOf(explanation)).toEqual([['tls.handshake-failure-alert', 1, 5]]);
    expect(explanation.matches[0]?.seen.host).toEqual(['web01']);
    expect(explanation.matches[0]?.next[0]?.linux).toBe('tentacle-ping diagnose web01:10933');
    expect(explanation.unknownLines).toBe(0);
  });

  it('without dates, below its message, is one message; the next one is another', async () => {
    const one = `An error occurred when sending a request to 'https://web01:10933/', before the request could begin: Connection refused
System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.AwaitableSocketAsyncEventArgs.ThrowException(SocketError error)
   at System.Net.Sockets.TcpClient.ConnectAsync(String host, Int32 port)
`;
    expect(matchesOf(await explain(one, one, one))).toEqual([['tcp.actively-refused', 3, 1]]);
  });

  it('with a date on each line from a log shipper is one message', async () => {
    const at = '2023-12-06 15:20:57 ';
    const explanation = await explain(
      `${at}ERROR  https://octopus:10943/    4  Exception in the polling loop. Retrying in 5.0 seconds.
${at} System.IO.EndOfStreamException: Attempted to read past the end of the stream.
${at}   at Halibut.Transport.Protocol.MessageSerializer.ReadMessageAsync[T](RewindableBufferStream stream)
${at}   at Halibut.Transport.Protocol.MessageExchangeStream.ReceiveAsync[T](CancellationToken cancellationToken)
`,
    );
    expect(matchesOf(explanation)).toEqual([['poll.server-closed-after-identity', 1, 2]]);
  });

  it.each([
    ['a journal', (n: number) => `Mar  5 10:15:2${n} web01 Tentacle[4508]: `],
    ['a container', (n: number) => `2024-03-05T10:15:2${n}.123456789Z `],
    ['a node of a cluster', (n: number) => `2024-03-05T10:15:2${n}.123456789Z stdout F `],
  ])('in %s is one message', async (_, before) => {
    const log = `2024-03-05 10:15:20.1234 |  WARN | ordinary
2024-03-05 10:15:20.1234 | ERROR | Unexpected exception executing transaction.
Halibut.HalibutClientException: The client was unable to establish the initial connection within 00:01:00
   at Halibut.Transport.TcpClientExtensions.ConnectWithTimeout(TcpClient client, String host, Int32 port)
 ---> System.TimeoutException: The client was unable to establish the initial connection within 00:01:00
   --- End of inner exception stack trace ---
INFO ordinary again`;
    const lines = log.split('\n').map((line, i) => `${before(i)}${line}\n`);
    const explanation = await explain(lines.join(''));
    expect(matchesOf(explanation)).toEqual([['tcp.initial-connection-time-out', 1, 3]]);
    expect(explanation.unknownLines).toBe(1);
    const undated = await explain(lines.join('').replaceAll('2024-03-05 10:15:20.1234 | ', ''));
    expect(matchesOf(undated)).toEqual(matchesOf(explanation));
    expect(undated.matches[0]?.firstAt).toMatch(/10:15:21/);
  });

  it("in a task's raw log is one message", async () => {
    const explanation = await explain(
      `                    |   Failed: Check tentacle health
10:15:20   Fatal    |     An error occurred when sending a request to 'https://web01:10933/', before the request could begin: Attempted to read past the end of the stream.
                    |       Halibut.HalibutClientException
                    |       at Halibut.Transport.SecureListeningClient.HandleError(Exception lastError, Boolean retryAllowed)
                    |       at Halibut.HalibutRuntime.SendOutgoingHttpsRequest(RequestMessage request)
                    |       --Inner Exception--
                    |       Attempted to read past the end of the stream.
                    |       System.IO.EndOfStreamException
                    |       at Halibut.Transport.Protocol.MessageExchangeStream.ReadLine()
10:15:21   Error    |     The health check failed.
`,
    );
    expect(matchesOf(explanation)).toEqual([['trust.closed-before-request', 1, 2]]);
    expect(explanation.unknownLines).toBe(1);
  });

  it('below a line of a listener matches one row together with it', async () => {
    const head =
      '2016-12-05 13:55:46.9991     27  INFO  listen://[::]:10933/             27  Unhandled error when handling request from client: [::ffff:10.1.2.3]:45564';
    const idle = `${head}
System.IO.IOException: Unable to read data from the transport connection: A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond. ---> System.Net.Sockets.SocketException: A connection attempt failed because the connected party did not properly respond after a period of time
   at System.Net.Sockets.NetworkStream.Read(Byte[] buffer, Int32 offset, Int32 size)
   --- End of inner exception stack trace ---
`;
    const probe = `${head}
System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream.
   at System.Net.Security.SslStream.<FillHandshakeBufferAsync>g__InternalFillHandshakeBufferAsync|187_0[TIOAdapter](TIOAdapter adap)
`;
    const explanation = await explain(idle, probe, idle);
    expect(matchesOf(explanation)).toEqual([
      ['idle.normal-close', 2, 2],
      ['tls.probe-noise', 1, 6],
    ]);
    expect(explanation.matches[0]?.seen.client).toEqual(['10.1.2.3:45564']);
  });

  it('in plain lines one below the other is one message per line', async () => {
    const grep = 'System.Net.Sockets.SocketException (111): Connection refused\n'.repeat(5);
    expect(matchesOf(await explain(grep))).toEqual([['tcp.actively-refused', 5, 1]]);
    const pasted = `${STAMP}something else\nno shared cipher\nConnection refused\nNo such host is known\n`;
    expect(matchesOf(await explain(pasted)).map(([id]) => id)).toEqual([
      'tls.no-shared-cipher',
      'tcp.actively-refused',
      'dns.no-such-host',
    ]);
  });
});

describe('unknown text', () => {
  it('of a log is counted if it looks like an error', async () => {
    const explanation = await explain(
      `${STAMP}Something of its own\n${STAMP.replace('ERROR', ' WARN')}and this\n${STAMP.replace('ERROR', ' INFO')}not this\n` +
        'Acme.StrangeException: what is this\n   at Acme.Strange.Thing(String x)\n[10:15:20 ERR] that too\n{"level":"Error","message":"and JSON"}\n',
    );
    expect(explanation).toMatchObject({ matches: [], unknownLines: 5, lines: 7 });
    // The exception without a date belongs to the previous line.
    expect(explanation.unknownExamples.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it('that was pasted is always counted', async () => {
    expect(await explainStream(pieces('hello\nworld\n\n'), 'all')).toMatchObject({ matches: [], unknownLines: 2 });
    expect(await explain('just one line')).toMatchObject({ unknownLines: 1 });
    expect(await explain('two\nlines')).toMatchObject({ unknownLines: 0 });
    expect(await explain('')).toMatchObject({ unknownLines: 0, lines: 0 });
    expect(await explain('\n \n')).toMatchObject({ unknownLines: 0, lines: 2 });
  });
});

describe('any encoding and chunk size', () => {
  const TEXT = `${HEALTHY_LOG}${STAMP}Verbindung zu h\u00f6st \u2713 \ud83d\ude80 abgelehnt: Connection refused\r\n  at end: \u00e9\r\n${STAMP}no shared cipher`;
  const encodings: readonly (readonly [string, Buffer])[] = [
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with byte order mark', Buffer.from(`\ufeff${TEXT}`)],
    ['UTF-16LE', utf16(TEXT)],
    ['UTF-16LE without byte order mark', utf16(TEXT, false)],
    ['UTF-16BE', utf16(TEXT).swap16()],
  ];

  it.each(encodings)('%s in chunks of any size has the same result as whole', async (_, bytes) => {
    const whole = await explain(bytes);
    expect(matchesOf(whole).map(([id]) => id)).toEqual(['tcp.actively-refused', 'tls.no-shared-cipher']);
    expect(whole.matches[0]?.text).toContain('h\u00f6st \u2713 \ud83d\ude80 abgelehnt');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        const parts: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          parts.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(await explain(...parts)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  it.each(encodings)('%s byte by byte has the same result as whole', async (_, bytes) => {
    const parts = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await explain(...parts)).toEqual(await explain(bytes));
  });

  it('accepts any text and any bytes, and quotes only a bounded part', async () => {
    const scraps = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...knownMessages.map(({ example }) => example)),
      fc.constantFrom(
        '\n',
        '\r\n',
        '\u001b[31m',
        '   at A.B(',
        ' ---> ',
        STAMP,
        'password=',
        '\u0000',
        '\u202e',
        "'",
        '"',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(scraps, { maxLength: 40 }),
        fc.constantFrom('all' as const, 'errors' as const),
        async (parts, scope) => {
          let explanation: Explanation;
          try {
            explanation = await explainStream(pieces(...parts), scope);
          } catch (error) {
            expect(error).toBeInstanceOf(NotTextError);
            return;
          }
          const text = JSON.stringify(explanation);
          expect(text).not.toMatch(/\\u00[01]|[\u007f-\u009f\u202e]/);
          for (const quote of [...explanation.matches, ...explanation.unknownExamples]) {
            expect(quote.text.length).toBeLessThanOrEqual(300);
          }
          expect(explanation.unknownExamples.length).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('can be stopped between chunks and during a wait, and returns the matches until then', async () => {
    const stop = new AbortController();
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(`${STAMP}Connection refused\n`.repeat(50)));
      stop.abort();
      await new Promise(() => undefined);
    };
    const explanation = await explainStream(chunks(), 'errors', { stop: stop.signal });
    expect(explanation.stopped).toBe(true);
    expect(matchesOf(explanation)).toEqual([['tcp.actively-refused', 50, 1]]);
    expect((await explainStream(pieces('x\n'), 'errors', { stop: stop.signal })).lines).toBe(0);
  });
});

describe('hostile input', () => {
  it('never reaches the output as control characters, secrets or very long lines', async () => {
    const { matches } = await explain(
      `${STAMP}\u001b[2J\u001b]0;owned\u0007Connection refused \u0085\u200b\u202e for user=me password=canary-1 apikey: "canary-2" API-CANARY3XXXXXXXXXXXX\u0000 https://u:canary-4@web01:10933/ ${'x'.repeat(5000)}\n`,
    );
    const text = matches[0]?.text ?? '';
    expect(text).toMatch(/^[\x20-\x7e]{1,300}$/);
    expect(text).toMatch(
      /Connection refused for user=me password=\*\*\* apikey: \*\*\* API-\*\*\* https:\/\/u:\*\*\*@web01/,
    );
    expect(JSON.stringify(matches)).not.toMatch(/canary|owned/i);
  });

  it('never puts a host into a command if a shell would interpret it', async () => {
    for (const host of ['$(reboot)', '`reboot`', 'a;reboot', 'a&b', '-rf', "a'b", 'a b', '%PATH%']) {
      const { matches } = await explain(
        `An error occurred when sending a request to 'https://${host}:10933/', before the request could begin: Connection refused`,
      );
      const commands = matches.flatMap(({ next }) => next.map(({ linux }) => linux ?? ''));
      for (const command of commands) expect(command).not.toMatch(/reboot|`|\$|&|%|-rf/);
      expect(commands.join()).toMatch(/tentacle-ping diagnose (?:TENTACLE:10933|OCTOPUS-SERVER:10943|HOST:PORT|a:443)/);
    }
  });

  it('reads only the beginning of a very long line, and counts it as cut', async () => {
    const long = 'y'.repeat(100_000);
    const explanation = await explain(`${STAMP}Connection refused ${long}\n${STAMP}${long} no shared cipher\n`);
    expect(matchesOf(explanation)).toEqual([['tcp.actively-refused', 1, 1]]);
    expect(explanation).toMatchObject({ cutLines: 2, lines: 2, unknownLines: 1 });
  });
});

describe('many occurrences', () => {
  it('are counted, with the first line, the times, and the first distinct values', async () => {
    const log = Array.from({ length: 40 }, (_, i) => {
      const at = `2024-03-05 10:${String(i).padStart(2, '0')}:00.0000`;
      return `${at}   4508     27 ERROR  An error occurred when sending a request to 'https://web${i}:10933/', before the request could begin: Connection refused\n`;
    }).join('');
    const { matches } = await explain('first\n', log, `${STAMP}no shared cipher\n`);
    expect(matches).toHaveLength(2);
    expect(matches[0]).toMatchObject({
      id: 'tcp.actively-refused',
      count: 40,
      line: 2,
      firstAt: '2024-03-05 10:00:00.0000',
      lastAt: '2024-03-05 10:39:00.0000',
      seen: { host: ['web0', 'web1', 'web2', 'web3', 'web4'], port: ['10933'] },
    });
  });
});
