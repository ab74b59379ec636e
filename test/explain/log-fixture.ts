/** A generated log of a busy Octopus Server, and its number of failures. The content depends only on the length. */
export interface LogFixture {
  /** The log in chunks of about 64 KiB, generated while they are read. */
  readonly chunks: () => Generator<Buffer>;
  /** Number of occurrences of each known message, by id; complete after the chunks were read. */
  readonly counts: ReadonlyMap<string, number>;
}

const CHUNK_CHARS = 64 * 1024;

/** Percentage of events that are failures: a day with severe problems. */
const FAILURE_PERCENT = 3;

export function createLogFixture(bytes: number): LogFixture {
  const counts = new Map<string, number>();
  return {
    counts,
    chunks: function* () {
      counts.clear();
      let length = 0;
      let text = '';
      for (let n = 0; length < bytes; n++) {
        const event = createEvent(n);
        if (event.id !== undefined) counts.set(event.id, (counts.get(event.id) ?? 0) + 1);
        text += event.text;
        if (text.length < CHUNK_CHARS) continue;
        const chunk = Buffer.from(text);
        length += chunk.length;
        text = '';
        yield chunk;
      }
    },
  };
}

function createEvent(n: number): { text: string; id?: string } {
  const at = new Date(Date.UTC(2024, 2, 5) + n * 40).toISOString().replace('T', ' ').replace('Z', '4');
  const head = (level: string): string => `${at}   4508     ${10 + (n % 80)} ${level.padStart(5)}  `;
  const host = `web${String(n % 400).padStart(3, '0')}.corp.example`;
  if (n % 100 < FAILURE_PERCENT) {
    const [id, lines] = FAILURES[Math.floor(n / 100) % FAILURES.length] ?? ['', []];
    return { id, text: `${head('ERROR')}${lines.join('\n').replaceAll('HOST', host)}\n` };
  }
  return { text: `${head('INFO')}${(ORDINARY[n % ORDINARY.length] ?? '').replaceAll('HOST', host)}\n` };
}

const TRACE = Array.from(
  { length: 14 },
  (_, i) =>
    `   at Halibut.Transport.SecureListeningClient.<>c__DisplayClass${i}_0.<ExecuteTransactionAsync>b__${i}(IMessageExchangeProtocol protocol, CancellationToken cancellationToken)`,
);

const ORDINARY = [
  'https://HOST:10933/             27  Opening a new connection to https://HOST:10933/',
  'https://HOST:10933/             27  Connection established to [::ffff:10.1.2.3]:10933 for https://HOST:10933/',
  'https://HOST:10933/             27  Performing TLS handshake',
  'https://HOST:10933/             27  Secure connection established. Server at [::ffff:10.1.2.3]:10933 identified by thumbprint: 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357, using protocol Tls12',
  'listen://[::]:10943/            31  Accepted TCP client: [::ffff:10.7.8.9]:51733',
  'Deploy Web to Production: the step "IIS" ran on HOST in 00:01:12',
  'HTTP GET /api/Spaces-1/tasks?skip=0&take=30 responded 200 in 34.2 ms',
  'poll://w9cs6zpq4d2k/            12  Request IScriptServiceV2::GetStatusAsync[77] was queued',
];

const FAILURES: readonly (readonly [id: string, lines: readonly string[]])[] = [
  [
    'tcp.actively-refused',
    [
      "An error occurred when sending a request to 'https://HOST:10933/', before the request could begin: Connection refused",
      'Halibut.HalibutClientException: An error occurred ...',
      ' ---> System.Net.Sockets.SocketException (111): Connection refused',
      ...TRACE,
      '   --- End of inner exception stack trace ---',
      ...TRACE,
    ],
  ],
  [
    'tls.handshake-failure-alert',
    [
      "An error occurred when sending a request to 'https://HOST:10933/', after the request began: Authentication failed, see inner exception.",
      'System.Security.Authentication.AuthenticationException: Authentication failed, see inner exception.',
      ' ---> Interop+OpenSsl+SslException: SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL.',
      ' ---> Interop+Crypto+OpenSslCryptographicException: error:0A000410:SSL routines::sslv3 alert handshake failure',
      '   --- End of inner exception stack trace ---',
      ...TRACE,
    ],
  ],
  [
    'poll.request-not-collected',
    [
      'A request was sent to a polling endpoint, but the polling endpoint did not collect the request within the allowed time (00:02:00), so the request timed out.',
    ],
  ],
];
