import { describe, expect, it } from 'vitest';
import type { Actor } from '../step.js';
import { findKnownMessage } from './find-known-message.js';
import { describeMessage } from './describe-message.js';
import { readOrigin } from './log-origin.js';
import type { KnownMessageId } from './table.js';

const A = '1F0C9A3B5D7E2468ACE013579BDF02468ACE1357';
const B = '9E8D7C6B5A49382716059E8D7C6B5A4938271605';
const RESET =
  'Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.';
const CHECK = 'Checking that server communications are open failed with message';

/** Text, row, actor of the first step, and what the commands of the steps have to contain. */
type Family = readonly (readonly [message: string, id: KnownMessageId, firstActor: Actor, ...commands: string[]])[];

const CANCELLED: Family = [
  ['The operation was canceled.', 'rpc.canceled', 'server-admin'],
  ['System.Threading.Tasks.TaskCanceledException: A task was canceled.', 'rpc.canceled', 'server-admin'],
  ['System.OperationCanceledException: The operation was canceled.', 'rpc.canceled', 'server-admin'],
  ['09:20:31   Fatal    |     The server task was canceled', 'rpc.canceled', 'server-admin'],
  [
    'Halibut.Exceptions.ConnectingRequestCancelledException: The Request was cancelled while Connecting.',
    'rpc.canceled',
    'server-admin',
  ],
  [
    'Request IScriptServiceV2::GetStatusAsync[7] / 63 was cancelled before it could be collected by the polling endpoint',
    'rpc.canceled',
    'server-admin',
  ],
  [
    'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
    'rest.timed-out',
    'you',
    'diagnose OCTOPUS-SERVER:443',
  ],
  [
    'System.Threading.Tasks.TaskCanceledException: A task was canceled. at System.Net.Http.HttpClient.<FinishSendAsyncBuffered>d__58.MoveNext()',
    'rest.timed-out',
    'you',
    'diagnose OCTOPUS-SERVER:443',
  ],
  ['System.Net.WebException: The operation has timed out', 'rest.timed-out', 'you', 'diagnose OCTOPUS-SERVER:443'],
];

const OWN_CERTIFICATE: Family = [
  ...[
    'System.Security.Cryptography.CryptographicException: Keyset does not exist',
    'The X509 certificate provided does not have a private key, and so it cannot be used for listening.',
    'The X509 certificate CN=Octopus Tentacle was loaded but the private key was not loaded.',
    'System.Security.Cryptography.CryptographicException: Access denied.',
    'System.Security.Cryptography.CryptographicException: Object was not found.',
    'Object was not found.',
    'System.ComponentModel.Win32Exception (0x8009030D): The credentials supplied to the package were not recognized',
    'No credentials are available in the security package',
    'The server mode SSL must use a certificate with the associated private key.',
    'No certificate was provided.',
    'System.Security.Cryptography.CryptographicException: Invalid provider type specified.',
    "Access to the path '/home/octopus/.dotnet/corefx/cryptography/x509stores/my' is denied.",
    'Internal.Cryptography.CryptoThrowHelper+WindowsCryptographicException: Object was not found',
  ].map(
    (message) =>
      [message, 'local.certificate-key-unusable', 'tentacle-admin', 'show-thumbprint', 'MachineKeys'] as const,
  ),
  ...[
    'System.Security.Cryptography.CryptographicException: The specified network password is not correct.',
    'Cannot find the requested object.',
    'System.Security.Cryptography.CryptographicException: Bad Data.',
    'The certificate data cannot be read with the provided password, the password may be incorrect.',
    'Unable to load X509 Certificate. The provided certificate or password may be invalid.',
    'The PFX file (C:\\Temp\\a.pfx) does not contain any certificates.',
    "Certificate 'C:\\Temp\\a.pfx' was not found.",
  ].map(
    (message) =>
      [
        message,
        'local.certificate-password',
        'tentacle-admin',
        'certutil -dump',
        'import-certificate',
        'service --restart',
      ] as const,
  ),
  ...[
    'System.Security.Cryptography.CryptographicException: Key not valid for use in specified state.',
    'Machine key file at `/etc/octopus/machinekey` is corrupt and cannot be loaded.',
    'Unable to locate machineId file at /etc/machine-id.',
    'The owner of the x509stores is not the current user, please change ownership of the x509stores directory or run with sudo.',
    'Padding is invalid and cannot be removed.',
    'Crypto functions require the Windows User Profile',
  ].map((message) => [message, 'local.settings-key-unusable', 'tentacle-admin', '/etc/octopus/machinekey'] as const),
  [
    'Falling back to SHA1 certificate, as SHA256 certificates are not supported on this 32 bit Windows 2008 install',
    'local.certificate-weak',
    'tentacle-admin',
    'new-certificate',
    'service --restart',
  ],
];

const COMMANDS: Family = [
  [
    `The Octopus Server with the thumbprint '${A}' is not yet trusted. Trust this Octopus Server using 'Tentacle.exe configure --trust="${A}"'`,
    'trust.command-server-not-trusted',
    'tentacle-admin',
    `configure --trust=${A}`,
    'service --restart',
  ],
  ['No trusted server was found with the supplied thumbprint', 'trust.command-server-not-trusted', 'tentacle-admin'],
  [
    'Before server communications can be modified, trust must be established with the configure command',
    'trust.command-server-not-trusted',
    'tentacle-admin',
    'configure --trust=THUMBPRINT',
  ],
  [
    `This Tentacle has not been configured to connect to the specified Octopus Server as a polling Tentacle. Reconfigure this Tentacle to poll the server using either: 'Tentacle.exe server-comms --thumbprint="${A}" --style=TentacleActive --host octo.corp.example' or`,
    'poll.command-not-polling',
    'tentacle-admin',
    `server-comms --thumbprint=${A} --style=TentacleActive --host=octo.corp.example`,
    'diagnose octo.corp.example:10943',
  ],
  ['You cannot register a 7.* Octopus Tentacle with a 3.* Octopus Server.', 'local.registration-versions', 'you'],
  [
    `Could not establish a trust relationship because the other party was using the wrong certificate; the thumbprint of the certificate they provided was: ${A} while we would have accepted: ${B}`,
    'trust.wrong-certificate',
    'server-admin',
    `configure --trust=${A}`,
    'service --restart',
  ],
  [
    'Error: Start requested for service OctopusDeploy Tentacle, but no service with this name was found.',
    'local.service-not-started',
    'tentacle-admin',
    'service --install --start',
  ],
  ['Could not start the systemd service: Tentacle', 'local.service-not-started', 'tentacle-admin'],
  [
    'Instance Web of Tentacle has not been configured on this machine. Available instances: Tentacle.',
    'local.no-such-instance',
    'tentacle-admin',
    'list-instances',
  ],
  ['Requires elevated privileges. Please run command as sudo.', 'local.not-elevated', 'tentacle-admin'],
  [
    'No certificate has been generated for this Tentacle. Please run the new-certificate command first.',
    'local.no-certificate-yet',
    'tentacle-admin',
    'new-certificate --if-blank',
  ],
  [
    "A machine named 'web01' already exists in the environment. Use the \u2018force\u2019 parameter if you intended to update the existing machine.",
    'local.registration-name-taken',
    'server-admin',
  ],
  ["Command 'set-polling-connection-count' is not supported", 'local.command-options', 'tentacle-admin', 'version'],
  [
    'Please specify a --server-web-socket, or a --server-comms-address - not both.',
    'local.command-options',
    'tentacle-admin',
  ],
  ['The Tentacle service is shutting down and cannot process this request.', 'rpc.tentacle-stopping', 'tentacle-admin'],
  ['These changes require a restart of the Tentacle.', 'local.restart-required', 'tentacle-admin', 'service --restart'],
  ['System.UriFormatException: Invalid URI: The hostname could not be parsed.', 'local.bad-address', 'tentacle-admin'],
];

const LEGACY: Family = [
  [
    'Pipefish.PipefishException: The request failed: Unauthorized',
    'trust.legacy-unauthorized',
    'server-admin',
    'configure --trust=THUMBPRINT',
  ],
  ['Pipefish.PipefishException: The request failed: BadRequest', 'rpc.legacy-request-failed', 'tentacle-admin'],
  [
    'Pipefish.PipefishException: The request failed: InternalServerError',
    'rpc.legacy-request-failed',
    'tentacle-admin',
  ],
];

const REDIS: Family = [
  ...[
    'Request 63 failed since an error occured inserting the data into the queue',
    'Request 63 failed since an error occured when preparing request for queue',
    'Halibut.Queue.Redis.Exceptions.CouldNotGetDataLossTokenInTimeHalibutClientException: Unable to reconnect to redis to get data loss detection CT',
    'Redis connection failed - EndPoint: Unspecified/redis:6379, Failure: UnableToConnect, Exception: x',
    'StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis servers.',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'Error occured dequeuing from the queue',
    'Set response operation timed out after 2 minutes - Endpoint: poll://a/, ActivityId: 63, Error: x',
  ].map((message) => [message, 'poll.redis-unavailable', 'server-admin', '/api/serverstatus/redis'] as const),
  [
    'Request 63 was cancelled because we detected that redis lost all of its data.',
    'poll.redis-data-lost',
    'server-admin',
    'INFO memory',
  ],
  ['Redis data loss detected! Expected value a for key b, but got null.', 'poll.redis-data-lost', 'server-admin'],
  [
    'No response was received from the endpoint within the allowed time.',
    'poll.no-response',
    'tentacle-admin',
    'diagnose OCTOPUS-SERVER:10943',
  ],
  [
    'A request was sent to a polling endpoint, the polling endpoint collected it but did not respond in the allowed time (00:10:00), so the request timed out.',
    'poll.no-response',
    'tentacle-admin',
  ],
];

const OLD_WORDINGS: Family = [
  [
    "An error occurred when sending a request to 'https://web01.corp.example:10933/', after the request began: Object reference not set to an instance of an object.",
    'rpc.null-reference',
    'tentacle-admin',
    'diagnose web01.corp.example:10933',
    'certificate-global',
  ],
  [
    'The remote host at https://web02:10934/ refused the connection, this may mean that the expected listening service is not running.',
    'tcp.actively-refused',
    'you',
    'web02:10934',
  ],
  [
    'The connection to the host at https://web02:10934/ timed out, there may be problems with the network, connection will be retried.',
    'tcp.retried-after-time-out',
    'you',
    'diagnose web02:10934',
  ],
  [
    'A timeout while waiting for the proxy server at 10.9.8.7 on port 8080 to respond.',
    'proxy.no-response-in-time',
    'you',
    '--proxy http://10.9.8.7:8080',
  ],
  ['Socket communication error with connection to https://web02:10934/', 'tcp.socket-error-while-connecting', 'you'],
  ['Expected a HELLO line, got: MX-CLIENT 1.0', 'rpc.protocol-violated', 'you'],
  ['The service type IHealthService is not implemented on this server', 'rpc.no-such-service-or-method', 'you'],
];

const RESETS: Family = [
  [RESET, 'data.connection-reset', 'you', 'Get-TlsCipherSuite'],
  [
    `${RESET} at System.Net.Security.SslStream.AuthenticateAsServer(X509Certificate c)`,
    'tls.reset-in-handshake',
    'you',
    'Get-TlsCipherSuite',
  ],
  [`Client failed authentication: [::ffff:10.0.0.9]:50112 ${RESET}`, 'tls.reset-in-handshake', 'you'],
  [
    `System.Security.Authentication.AuthenticationException: A call to SSPI failed, see inner exception. ---> ${RESET}`,
    'tls.reset-in-handshake',
    'you',
  ],
  [
    `An error occurred when sending a request to 'https://web01:10933/', before the request could begin: ${RESET}`,
    'tls.reset-before-request',
    'you',
    'diagnose web01:10933',
  ],
  [
    `An error occurred when sending a request to 'https://web01:10933/', after the request began: ${RESET}`,
    'data.reset-in-call',
    'tentacle-admin',
    'diagnose web01:10933',
  ],
  [
    'Socket IO exception: [::ffff:10.0.0.9]:50112 System.Net.Sockets.SocketException (104): Connection reset by peer',
    'data.client-reset',
    'you',
    'diagnose',
  ],
];

const REGISTRATION: Family = [
  [
    `${CHECK} The remote server returned an error: (404) Not Found.. Retrying (1/5) in 00:00:00.7500.`,
    'page.registration-status',
    'you',
    'diagnose OCTOPUS-SERVER:10943',
  ],
  [
    `${CHECK} The remote server returned an error: (407) Proxy Authentication Required. after 5 retries.`,
    'proxy.registration-auth',
    'you',
    '--proxyHost=PROXY --proxyPort=3128 --proxyUsername=NAME',
  ],
  [
    `The certificate presented by wss://octo.corp.example:8444/OctopusComms could not be validated (RemoteCertificateChainErrors). Its thumbprint is ${A}.`,
    'wss.certificate-not-validated',
    'server-admin',
    'netsh http show sslcert',
    'diagnose octo.corp.example:8444',
  ],
  [
    `${CHECK} The SSL connection could not be established, see inner exception.. Retrying (2/5) in 00:00:01.1250.`,
    'tls.registration-handshake',
    'you',
    'new-certificate --export-pfx',
    'import-certificate',
  ],
  ['Unable to determine the thumbprint of the Octopus Server', 'trust.no-thumbprint-at-registration', 'you'],
];

const WEB: Family = [
  [
    'Error RemoteCertificateNameMismatch, RemoteCertificateChainErrors for https://octo.corp.example/',
    'tls.rest-certificate',
    'you',
    'diagnose octo.corp.example:443',
    'Cert:\\LocalMachine\\Root',
    'agent.serverCertificate',
  ],
  [
    'The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.',
    'tls.rest-certificate',
    'you',
  ],
  ['System.Net.WebException: The remote server returned an error: (401) Unauthorized.', 'rest.http-status', 'you'],
  ['System.Net.WebException: Unable to connect to the remote server', 'rest.request-failed', 'you'],
  ['The request was aborted: Could not create SSL/TLS secure channel.', 'rest.closed', 'you', 'SchUseStrongCrypto'],
  [
    "The proxy tunnel request to proxy 'http://proxy.corp.example:3128/' failed with status code '407'.",
    'proxy.web-request-refused',
    'you',
    '--proxy http://proxy.corp.example:3128',
  ],
  ['The API key you provided was not valid.', 'rest.not-authorized', 'server-admin', '/api/users/me'],
  [
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.1.2.3:9443: connect: connection refused"',
    'grpc.dial-failed',
    'you',
    '10.1.2.3 9443;',
    'diagnose 10.1.2.3:9443',
  ],
];

describe.each([
  ['canceled calls', CANCELLED],
  ['an unusable certificate of its own', OWN_CERTIFICATE],
  ['commands that refuse', COMMANDS],
  ['Octopus 2.x', LEGACY],
  ['the Redis queue', REDIS],
  ['old wordings', OLD_WORDINGS],
  ['resets', RESETS],
  ['registration', REGISTRATION],
  ['web requests', WEB],
])('messages of %s', (_, family) => {
  it.each(family)('%s', (message, id, firstActor, ...commands) => {
    const found = findKnownMessage(message);
    expect(found?.row.id).toBe(id);
    if (found === undefined) return;
    const { next } = describeMessage(found.row, { ...found.seen, origin: readOrigin(message) });
    expect(next[0]?.who).toBe(firstActor);
    const printed = next.map(({ windows, linux }) => `${windows ?? ''}\n${linux ?? ''}`).join('\n');
    for (const command of commands) expect(printed).toContain(command);
  });
});

describe('a certificate of a web address', () => {
  const causesOf = (problems: string): number => {
    const found = findKnownMessage(
      `certificate errors were encountered when establishing the HTTPS connection: ${problems}`,
    );
    return found === undefined ? 0 : describeMessage(found.row, found.seen).causes.length;
  };

  it('has only the causes that the message leaves open', () => {
    expect(causesOf('RemoteCertificateNameMismatch')).toBe(2);
    expect(causesOf('RemoteCertificateChainErrors')).toBe(3);
    expect(causesOf('RemoteCertificateNameMismatch, RemoteCertificateChainErrors')).toBe(4);
  });
});

describe('a number in a message', () => {
  const causesOf = (message: string): (string | undefined)[] => {
    const found = findKnownMessage(message);
    return found === undefined ? [] : describeMessage(found.row, found.seen).causes.map(({ failure }) => failure);
  };

  it('leaves the cause that it names: alerts and statuses', () => {
    const alert = (code: number): string =>
      `A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is ${code}.`;
    expect(causesOf(alert(40))).toEqual(['tls.no-common-parameters']);
    expect(causesOf(alert(70))).toEqual(['tls.version']);
    expect(causesOf(alert(48))).toEqual(['tls.client-certificate-refused']);
    expect(causesOf('Event ID 36887')).toHaveLength(5);
    expect(causesOf('The remote server returned an error: (404) Not Found.')).toEqual(['identity.http']);
    expect(causesOf('The remote server returned an error: (500) Internal Server Error.')).toEqual([undefined]);
    expect(causesOf('The remote server returned an error: (418) I am a teapot.').length).toBeGreaterThan(3);
  });
});

describe("a client's address", () => {
  it('is not that of the end to test', () => {
    const message = `listen://[::]:10943/  27  Client failed authentication: [::ffff:10.0.0.9]:50112 ${RESET}`;
    const { host, port, client } = findKnownMessage(message)?.seen ?? {};
    expect([host, port, client]).toEqual([undefined, '10943', '10.0.0.9:50112']);
    const bare = findKnownMessage(`Socket IO exception: 10.0.0.9:50112 ${RESET}`)?.seen ?? {};
    expect([bare.host, bare.port, bare.client]).toEqual([undefined, undefined, '10.0.0.9:50112']);
  });

  it('is never a word after "exception"', () => {
    expect(findKnownMessage(`System.IO.IOException: ${RESET}`)?.seen.client).toBeUndefined();
  });
});

/** Lines of healthy logs that contain words of known messages. */
const HARMLESS = [
  'INFO  Retention: 112 packages deleted, 36888 kept',
  'INFO  Events-36887 was archived',
  'INFO  Certificates: 3 certificates in the library, none expires soon',
  'INFO  Loading certificate with thumbprint: 1F0C9A3B5D7E2468ACE013579BDF02468ACE1357',
  'INFO  Certificate was found in store',
  'INFO  Importing the certificate stored in PFX file in C:\\Temp\\a.pfx using the provided password...',
  'INFO  The certificate CN=Octopus Portal was updated; old thumbprint = A, new thumbprint = B',
  'INFO  Adding 1 trusted Octopus Servers',
  'INFO  Checking connectivity on the server communications port 10943...',
  'INFO  Machine registered successfully',
  'INFO  Polling endpoint configured',
  'INFO  Proxy use is disabled',
  'INFO  Request 63 was queued',
  'INFO  Service stopped',
  'INFO  Service started',
  'INFO  Removing all trusted Octopus servers...',
  'INFO  Setting the polling connection count to 5',
  'INFO  Starting Redis data loss monitoring with key a',
  'INFO  Successfully removed request 63 from queue - request was never collected by a processing node',
  'INFO  HTTP GET to https://octopus.corp.example/api/tasks responded with status 200',
  'INFO  Beginning upload of a.nupkg to Tentacle',
  'INFO  Task ServerTasks-407 completed in 401 ms',
  'INFO  Received 503 bytes, 407 of them new',
  'Verbose  |       The object was not found in the cache, so it is downloaded',
  'Info     |     No bad data was found in 404 rows.',
  'Info     |     The script canceled 2 outdated subscriptions',
  'Info     |     Creating a new certificate for the web site',
  'Info     |     Instance i-0abc of the application has been configured on this machine',
];

describe('lines that are no known message', () => {
  it.each(HARMLESS)('%s', (line) => {
    expect(findKnownMessage(`2024-03-05 10:15:20.1234   4508     27 ${line}`)?.row.id).toBeUndefined();
  });
});
