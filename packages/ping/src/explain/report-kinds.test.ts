import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Match } from './explanation.js';

/** Kinds of reports, each with texts of several products, tools, versions or languages that mean the same. */
async function firstMatch(text: string): Promise<Match> {
  const { matches } = await explainStream(
    (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(text));
    })(),
    'all',
  );
  const [match] = matches;
  if (match === undefined) throw new Error(`nothing was recognized in: ${text}`);
  return match;
}

const failuresOf = ({ causes }: Match): readonly (string | undefined)[] => causes.map(({ failure }) => failure);

const commandsOf = ({ next }: Match): string =>
  next.flatMap(({ windows, linux }) => [windows ?? '', linux ?? '']).join('\n');

const NO_REPLY =
  'A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond';

describe('an address behind "did not properly respond" shows a connection attempt', () => {
  it.each([
    `${NO_REPLY} 192.0.2.20:10933`,
    `${NO_REPLY}. [::ffff:192.0.2.20]:10933`,
    `${NO_REPLY}. (web07.example:10933)`,
    `dial tcp 192.0.2.20:443: connectex: ${NO_REPLY}.`,
    'Une tentative de connexion a échoué car le parti connecté n’a pas répondu convenablement au-delà d’une certaine durée ou une connexion établie a échoué car l’hôte de connexion n’a pas répondu 192.0.2.20:10933',
    'Ein Verbindungsversuch ist fehlgeschlagen, da die Gegenstelle nach einer bestimmten Zeitspanne nicht richtig reagiert hat, oder die hergestellte Verbindung war fehlerhaft, da der verbundene Host nicht reagiert hat 192.0.2.20:10933',
  ])('%s', async (text) => {
    const match = await firstMatch(text);
    expect(match.id).toBe('tcp.connect-timed-out');
  });

  it('and without one both cases stay open', async () => {
    expect((await firstMatch(NO_REPLY)).id).toBe('tcp.did-not-respond');
  });
});

describe('no reply while connecting, in the words of other programs', () => {
  it.each([
    'nc: connect to octo.example port 10943 (tcp) failed: Connection timed out',
    'java.net.ConnectException: Connection timed out: connect',
    'Caused by: java.net.SocketTimeoutException: connect timed out',
    'Error: connect ETIMEDOUT 192.0.2.30:443',
    'net::ERR_CONNECTION_TIMED_OUT',
  ])('%s', async (text) => {
    expect((await firstMatch(text)).id).toBe('tcp.connect-timed-out');
  });
});

describe('names that are not found, in the words of other programs', () => {
  it.each([
    ['java.net.UnknownHostException: octo.example', 'octo.example'],
    ["System.Net.WebException: Der Remotename konnte nicht aufgelöst werden: 'octo.example'", 'octo.example'],
    ["System.Net.WebException: Le nom distant n'a pas pu être résolu: 'octo.example'", 'octo.example'],
    ["System.Net.WebException: 未能解析此远程名称: 'octo.example'", 'octo.example'],
    ['net::ERR_NAME_NOT_RESOLVED', 'NAME'],
    ['DNS_PROBE_FINISHED_NXDOMAIN', 'NAME'],
  ])('%s', async (text, name) => {
    const match = await firstMatch(text);
    expect(match.id).toBe('dns.no-such-host');
    expect(commandsOf(match)).toContain(name);
  });
});

describe('a socket error of Windows in the connection of Halibut is not one of a file share', () => {
  it.each([
    [
      "An error occurred when sending a request to 'https://web07:10933/', after the request began: Unable to read data from the transport connection: The semaphore timeout period has expired.",
      'data.read-failed',
    ],
    [
      "An error occurred when sending a request to 'https://web07:10933/', after the request began: Unable to read data from the transport connection: The specified network name is no longer available.",
      'data.reset-in-call',
    ],
    [
      'System.IO.IOException: Unable to read data from the transport connection: The specified network name is no longer available.',
      'data.connection-reset',
    ],
    [
      '2019-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10933/    27  Socket IO exception: [::ffff:192.0.2.9]:51234\nSystem.Net.Sockets.SocketException (64): The specified network name is no longer available',
      'data.client-reset',
    ],
    ['10:15:20   Error    |       Copy-Item : The specified network name is no longer available', 'script.file-share'],
    ['10:15:20   Error    |       robocopy: The semaphore timeout period has expired.', 'script.file-share'],
  ])('%s', async (text, id) => {
    const match = await firstMatch(text);
    expect([match.id, match.loggedBy === 'script']).toEqual([id, id === 'script.file-share']);
  });
});

describe('a tool outside the log of a task', () => {
  const isCertain = ({ means }: Match): boolean => means.includes('That one works');

  it.each([
    ['curl: (35) schannel: next InitializeSecurityContext failed: SEC_E_ILLEGAL_MESSAGE (0x80090326)', undefined],
    ["wget: unable to resolve host address 'octo.example'", undefined],
    ['curl: (7) Failed to connect to web07 port 10933: Connection refused', undefined],
    ['10:15:20   Error    |       curl: (7) Failed to connect to web07 port 443: Connection refused', 'script'],
  ])('does not show that a step ran: %s', async (text, writer) => {
    const match = await firstMatch(text);
    expect([isCertain(match), match.loggedBy]).toEqual([writer === 'script', writer]);
  });

  it.each([
    ['6', ['dns.not-found']],
    ['7', ['tcp.refused', 'tcp.timeout']],
    ['28', ['tcp.timeout']],
    ['60', [undefined, undefined]],
  ])('is explained by its exit code: curl (%s)', async (code, failures) => {
    expect(failuresOf(await firstMatch(`curl: (${code}) words`))).toEqual(failures);
  });
});

describe("an administrator's own test of a port", () => {
  it.each([
    ['WARNING: TCP connect to (192.0.2.40 : 10933) failed', 'tcp.port-test-failed', 'diagnose 192.0.2.40:10933'],
    [
      'Connecting To web07...Could not open connection to the host, on port 10933: Connect failed',
      'tcp.port-test-failed',
      'diagnose web07:10933',
    ],
    ['RemotePort : 10933\nPingSucceeded : True\nTcpTestSucceeded : False', 'tcp.port-test-failed', 'diagnose'],
    ['NET::ERR_CERT_AUTHORITY_INVALID', 'tls.browser-certificate', 'diagnose'],
    ['verify error:num=18:self signed certificate', 'tls.browser-certificate', 'diagnose'],
    ['SSL_ERROR_RX_RECORD_TOO_LONG', 'tls.browser-handshake', 'diagnose'],
    ['no peer certificate available', 'tls.browser-handshake', 'diagnose'],
    ['This site refused to connect. ERR_CONNECTION_REFUSED', 'tcp.actively-refused', 'diagnose'],
    ['ERR_CONNECTION_RESET', 'data.connection-reset', 'diagnose'],
  ])('%s', async (text, id, command) => {
    const match = await firstMatch(text);
    expect(match.id).toBe(id);
    expect(commandsOf(match)).toContain(command);
  });

  it('leaves both causes of a port that cannot be opened', async () => {
    const match = await firstMatch('TcpTestSucceeded : False');
    expect(failuresOf(match)).toEqual(['tcp.timeout', 'tcp.refused']);
  });
});

describe('what fails before a Tentacle or agent runs is not its connection', () => {
  it.each([
    [
      'System.Exception: Error downloading from https://octopus.com/downloads/latest/OctopusTentacle64: Unable to connect to the remote server',
      'rest.installer-download',
    ],
    [
      "The remote file either doesn't exist, is unauthorized, or is forbidden for url 'https://download.octopusdeploy.com/octopus/Octopus.Tentacle.9.2.1-x64.msi'. The request was aborted: Could not create SSL/TLS secure channel.",
      'rest.installer-download',
    ],
    [
      'W: Failed to fetch https://apt.octopus.com/dists/stable/InRelease  Could not connect to apt.octopus.com:443',
      'rest.installer-download',
    ],
    [
      'Failed to pull image "octopusdeploy/tentacle:9.2.1": failed to do request: Head "https://registry-1.docker.io/v2/": dial tcp 192.0.2.50:443: i/o timeout',
      'local.pod-not-started',
    ],
    [
      'MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32 Output: mount.nfs: Failed to resolve server nfs.example: Name or service not known',
      'local.pod-not-started',
    ],
    ['    Last State:     Terminated\n      Reason:       OOMKilled', 'local.pod-not-started'],
    ['0/3 nodes are available: 3 Insufficient memory.', 'local.pod-not-started'],
  ])('%s', async (text, id) => {
    const match = await firstMatch(text);
    expect([match.id, match.tentacleMode]).toEqual([id, undefined]);
  });
});

describe('a program in Go', () => {
  const OCTO = 'Get "https://octo.example/api"';
  it.each([
    [
      `${OCTO}: dial tcp 192.0.2.60:443: connectex: No connection could be made because the target machine actively refused it.`,
      'tcp.actively-refused',
    ],
    [
      `${OCTO}: proxyconnect tcp: dial tcp 192.0.2.61:3128: connect: connection refused`,
      'proxy.host-connection-failed',
    ],
    [`${OCTO}: Proxy Authentication Required`, 'proxy.web-request-refused'],
    [`${OCTO}: net/http: TLS handshake timeout`, 'rest.timed-out'],
    [`${OCTO}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, 'rest.timed-out'],
    [`${OCTO}: EOF`, 'rest.closed'],
    ['Error: INSTALLATION FAILED: timed out waiting for the condition', 'local.helm-timed-out'],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });

  it('that cannot reach its proxy is tested through that proxy', async () => {
    const match = await firstMatch(`${OCTO}: proxyconnect tcp: dial tcp 192.0.2.61:3128: connect: connection refused`);
    expect(commandsOf(match)).toContain('--proxy http://192.0.2.61:3128');
  });

  it.each([
    [
      `${OCTO}: tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      'trust.web-unknown-issuer',
      false,
    ],
    [`${OCTO}: x509: certificate is valid for *.other.example, not octo.example`, 'trust.web-name', false],
    [`${OCTO}: x509: certificate relies on legacy Common Name field, use SANs instead`, 'trust.web-no-names', false],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: x509: certificate signed by unknown authority"',
      'trust.web-unknown-issuer',
      true,
    ],
  ])('that rejects a certificate, by its reason and its protocol: %s', async (text, failure, isGateway) => {
    const match = await firstMatch(text);
    expect([match.id, match.causes[0]?.failure]).toEqual(['tls.go-certificate', failure]);
    expect(commandsOf(match).includes('octopus-argocd-gateway')).toBe(isGateway);
  });
});

describe('the language of the system does not matter', () => {
  it.each([
    ['Die Verbindung mit dem Remoteserver kann nicht hergestellt werden.', 'rest.request-failed'],
    ['Impossible de se connecter au serveur distant', 'rest.request-failed'],
    ['No es posible conectar con el servidor remoto', 'rest.request-failed'],
    ['Невозможно соединиться с удаленным сервером', 'rest.request-failed'],
    ['无法连接到远程服务器', 'rest.request-failed'],
    ['Die Anfrage wurde abgebrochen: Es konnte kein geschützter SSL/TLS-Kanal erstellt werden.', 'rest.closed'],
    ['La richiesta è stata annullata: Impossibile creare un canale sicuro SSL/TLS.', 'rest.closed'],
    ['基础连接已经关闭: 发送时发生错误。', 'rest.closed'],
    ['Das Remotezertifikat ist laut Validierungsverfahren ungültig.', 'tls.rest-certificate'],
    ['El certificado remoto no es válido según el procedimiento de validación.', 'tls.rest-certificate'],
    ['Der Remoteserver hat einen Fehler zurückgegeben: (401) Nicht autorisiert.', 'rest.http-status'],
    ['Le serveur distant a retourné une erreur : (407) Authentification proxy requise.', 'proxy.web-request-refused'],
    ['Fehler bei SSPI-Aufruf, siehe interne Ausnahme.', 'tls.sspi-failed'],
    ['调用 SSPI 失败，请参见内部异常。', 'tls.sspi-failed'],
    ['由于远程方已关闭传输流，身份验证失败。', 'tls.unexpected-eof'],
    ['Une connexion établie a été abandonnée par un logiciel de votre ordinateur hôte', 'data.connection-reset'],
    [
      'Обычно разрешается только одно использование адреса сокета (протокол/сетевой адрес/порт)',
      'local.port-already-in-use',
    ],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });

  it.each(['bij', 'vid', 'в', '在', '場所', 'konum:'])(
    'also in a stack trace, whose lines begin with "%s"',
    async (at) => {
      const match = await firstMatch(
        `2020-03-05 10:15:20.1234   4508     27 ERROR  listen://[::]:10933/    27  Unhandled error when handling request from client: [::ffff:192.0.2.9]:51234\nSystem.IO.IOException: Connection reset by peer\n   ${at} System.Net.Sockets.NetworkStream.Read(Byte[] buffer)\n   ${at} System.Net.Security.SslState.ForceAuthentication(Boolean receiveFirst)`,
      );
      expect([match.id, match.count]).toEqual(['tls.reset-in-handshake', 1]);
    },
  );
});

describe('codes of Windows for TLS', () => {
  it.each([
    ['The Local Security Authority cannot be contacted', 'tls.sspi-failed'],
    ['The function requested is not supported', 'tls.sspi-failed'],
    ['The credentials supplied were not complete, and could not be verified.', 'tls.certificate-required'],
    ['The specified data could not be decrypted', 'tls.record-damaged'],
    ['The message or signature supplied for verification has been altered', 'tls.record-damaged'],
    // Octopus Server and Tentacle never judge names, issuers and dates.
    ['The target principal name is incorrect', 'tls.rest-certificate'],
    ['The certificate chain was issued by an authority that is not trusted', 'tls.rest-certificate'],
    ['The received certificate has expired', 'tls.rest-certificate'],
  ])('%s', async (words, id) => {
    expect((await firstMatch(`System.ComponentModel.Win32Exception (0x80004005): ${words}`)).id).toBe(id);
  });

  it('name only the problem of a certificate that they show', async () => {
    const problems = await Promise.all(
      ['The target principal name is incorrect', 'The received certificate has expired'].map(firstMatch),
    );
    expect(problems.map(({ causes }) => causes.map(({ text }) => text.split(':')[0]))).toEqual([
      ['names', 'an inspecting proxy presents its own certificate'],
      ['dates', 'an inspecting proxy presents its own certificate'],
    ]);
  });

  it('are those of SQL Server behind its provider', async () => {
    const match = await firstMatch(
      'A connection was successfully established with the server, but then an error occurred during the login process. (provider: SSL Provider, error: 0 - The certificate chain was issued by an authority that is not trusted.)',
    );
    expect([match.id, failuresOf(match)]).toEqual(['rest.database', ['tls.version']]);
  });
});

describe('the subject of an unexpected certificate', () => {
  const presented = (subject: string): string =>
    `The server at https://web07:10933/ presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${'A1'.repeat(20)}'. Instead, it presented a certificate with a thumbprint of '${'B2'.repeat(20)}' and subject '${subject}'.`;

  it('of Octopus excludes a device', async () => {
    const match = await firstMatch(presented('CN=Octopus Tentacle'));
    expect(failuresOf(match)).toEqual(['trust.unexpected-thumbprint']);
  });

  it.each(['CN=Firewall Decrypt CA', 'CN=*.example'])(
    'of another excludes a renewed certificate of Octopus: %s',
    async (subject) => {
      const match = await firstMatch(presented(subject));
      expect(match.causes[0]?.failure).toBe('trust.intercepted');
      expect(commandsOf(match)).not.toContain('--trust');
    },
  );
});

describe('a closed connection whose stack trace shows the exchange of identities', () => {
  it('is one of trust', async () => {
    const match = await firstMatch(
      'System.IO.EndOfStreamException: Attempted to read past the end of the stream.\n   at Halibut.Transport.Protocol.MessageExchangeStream.ReadRemoteIdentityAsync(CancellationToken cancellationToken)\n   at Halibut.Transport.Protocol.MessageExchangeProtocol.ExchangeAsSubscriberAsync(Uri subscriptionId)',
    );
    expect([match.id, match.loggedBy, match.tentacleMode]).toEqual([
      'trust.closed-before-request',
      'tentacle',
      'polling',
    ]);
  });
});

describe('the page that the library logs line by line', () => {
  it.each([
    '2021-09-26 12:13:33.0001   4508     12 ERROR  https://octo.example:10943/    12  HTTP/1.1 400 Bad Request',
    '2021-09-26 12:13:33 [Error] "https://octo.example/"             4  "HTTP/1.0 403 Forbidden"',
  ])('%s', async (text) => {
    expect((await firstMatch(text)).id).toBe('identity.following-line-not-empty');
  });
});

describe('failures of one machine, which the network does not cause', () => {
  it.each([
    ['No usable version of libssl was found', 'local.program-not-startable'],
    ["Process terminated. Couldn't find a valid ICU package installed on the system.", 'local.program-not-startable'],
    [
      "Tentacle: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by Tentacle)",
      'local.program-not-startable',
    ],
    ['Tentacle.service: Main process exited, code=exited, status=203/EXEC', 'local.program-not-startable'],
    ['You must install or update .NET to run this application.', 'local.program-not-startable'],
    [
      "The drive containing the directory '/data/Work/1' on machine 'web07' does not have enough free disk space available for this operation to proceed.",
      'local.disk-full',
    ],
    ['System.IO.IOException: There is not enough space on the disk.', 'local.disk-full'],
    ['tar: write error: No space left on device', 'local.disk-full'],
    [
      "System.UnauthorizedAccessException: Access to the path '/etc/octopus/machinekey' is denied.",
      'local.file-access-denied',
    ],
    ['Bootstrap.ps1 cannot be loaded because running scripts is disabled on this system.', 'local.file-access-denied'],
    ['System.Xml.XmlException: Root element is missing.', 'local.configuration-damaged'],
    [
      'type=AVC msg=audit(1.2:3): avc:  denied  { name_bind } for  pid=12 comm="Tentacle" src=10933',
      'local.access-forbidden',
    ],
    ['Transaction (Process ID 61) was deadlocked on lock resources with another process', 'rest.database'],
    ["Error while executing SQL command in transaction 'Cleaner': Execution Timeout Expired.", 'rest.database'],
    [
      "Type specified in JSON 'Octopus.Contracts.Ticket, Octopus.Contracts' was not resolved. Path 'Message.result.$type'.",
      'rpc.type-unknown',
    ],
    [
      "Cannot start service OctopusDeploy Tentacle on computer '.'. ---> The system cannot find the file specified",
      'local.service-start-timeout',
    ],
    [
      'The OctopusDeploy Tentacle service was unable to log on as CORP\\svc with the currently configured password',
      'local.service-start-timeout',
    ],
    [
      'Could not find the worker pool named Linux on the Octopus Server. Ensure the worker pool exists and you have permission to access it.',
      'local.registration-not-found',
    ],
    [
      'There was a problem communicating with the Octopus server: (500) Internal Server Error - A task was canceled.',
      'rest.http-status',
    ],
    ['error:0A00018A:SSL routines::dh key too small', 'tls.key-exchange-rejected'],
    ['error:0A000172:SSL routines::wrong signature type', 'tls.key-exchange-rejected'],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });

  it('are not raised for a deletion that is repeated', async () => {
    await expect(
      firstMatch(
        "15:25:59   Verbose  |       Retry #1 on delete file 'C:\\Octopus\\a.dll'. Exception: Access to the path 'C:\\Octopus\\a.dll' is denied.",
      ),
    ).rejects.toThrow('nothing was recognized');
  });

  it.each([
    ['at System.Net.Sockets.Socket.DoBind(EndPoint endPointSnapshot)', 'listening'],
    ['at System.Net.Sockets.Socket.DoConnect(EndPoint endPointSnapshot)', 'outgoing'],
  ])('have the cause that the stack trace shows: %s', async (method, direction) => {
    const address = direction === 'outgoing' ? ' 192.0.2.70:10933' : '';
    const match = await firstMatch(
      `System.Net.Sockets.SocketException (10013): An attempt was made to access a socket in a way forbidden by its access permissions${address}\n   ${method}`,
    );
    expect(match.causes.map(({ text }) => text.split(':')[0])).toEqual([direction]);
  });

  it.each([
    ['deadlocked on lock', 'Transaction (Process ID 61) was deadlocked on lock resources'],
    ['obtaining a connection', 'The timeout period elapsed prior to obtaining a connection from the pool.'],
  ])('name one cause where the text shows it: %s', async (_, text) => {
    expect((await firstMatch(text)).causes).toHaveLength(1);
  });

  it('name the logon of the service where Windows does', async () => {
    const match = await firstMatch(
      'The OctopusDeploy Tentacle service failed to start due to the following error: \nThe service did not start due to a logon failure.',
    );
    expect(match.causes).toHaveLength(1);
    expect(match.causes[0]?.text).toContain('password');
  });

  it.each([
    ['This implementation is not part of the Windows Platform FIPS validated cryptographic algorithms.', /FIPS/],
    ['Key exchange negotiation failed.', /algorithm/],
    ["The remote host's fingerprint aa:bb does not match the expected fingerprint cc:dd", /host key/],
  ])('of an SSH target name one cause: %s', async (reason, cause) => {
    const match = await firstMatch(`Could not connect to SSH endpoint: ${reason}`);
    expect([match.id, match.causes.length]).toEqual(['ssh.not-connected', 1]);
    expect(match.causes[0]?.text).toMatch(cause);
  });
});

describe('the port in a message names the service', () => {
  it.each([
    [
      'System.Net.Mail.SmtpException: Failure sending mail. ---> System.Net.Sockets.SocketException: No connection could be made because the target machine actively refused it 192.0.2.80:25',
      'SMTP',
    ],
    [
      'System.Net.Sockets.SocketException: No connection could be made because the target machine actively refused it 192.0.2.80:1433',
      'SQL Server',
    ],
    [`${NO_REPLY} 192.0.2.80:389`, 'LDAP'],
  ])('%s', async (text, service) => {
    const match = await firstMatch(text);
    expect(match.means).toContain(service);
    expect(commandsOf(match)).toMatch(/diagnose 192\.0\.2\.80:\d+/);
    expect(match.causes.map((cause) => cause.text).join(' ')).not.toMatch(/Tentacle|portal/);
  });

  it('also that of SQL Server in its own words, which are not those of a file share', async () => {
    const match = await firstMatch(
      'A transport-level error has occurred when receiving results from the server. (provider: TCP Provider, error: 0 - The semaphore timeout period has expired.)',
    );
    expect(match.id).toBe('rest.database');
  });
});

describe('an address that only one machine or network knows is a cause of its own', () => {
  const to = (host: string, reason: string): string =>
    `An error occurred when sending a request to 'https://${host}:10933/', before the request could begin: ${reason}`;

  it.each(['localhost', '127.0.0.1'])('%s', async (host) => {
    const [cause] = (await firstMatch(to(host, 'Connection refused'))).causes;
    expect(cause?.failure).toBe('dns.local-address');
  });

  it.each([
    ['3f2a9d1c77aa', /container/],
    ['web07.internal.cloudapp.net', /internal/],
    ['web07.corp.local', /internal/],
  ])('%s', async (host, cause) => {
    expect((await firstMatch(to(host, 'No such host is known.'))).causes[0]?.text).toMatch(cause);
  });

  it('and other names have no such cause', async () => {
    const names = await Promise.all(
      ['web07', 'web07.example'].map((host) => firstMatch(to(host, 'No such host is known.'))),
    );
    expect(names.map(({ causes }) => causes.length)).toEqual([2, 2]);
  });
});

describe('gRPC and the API of the cluster', () => {
  it.each([
    [
      'rpc error: code = Unavailable desc = unexpected HTTP status code received from server: 502 (Bad Gateway)',
      'grpc.page-instead-of-grpc',
    ],
    [
      'rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: http2: frame too large"',
      'grpc.page-instead-of-grpc',
    ],
    ['rpc error: code = Unauthenticated desc = invalid token', 'grpc.not-authorized'],
    ["Operation returned an invalid status code 'Forbidden'", 'local.kubernetes-api-refused'],
    [
      'pods is forbidden: User "system:serviceaccount:octopus:agent" cannot create resource "pods"',
      'local.kubernetes-api-refused',
    ],
    ['Failed to connect to Octopus', 'grpc.octopus-not-reached'],
    ['Failed to connect to Octopus server: Read timed out', 'rest.timed-out'],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });
});

describe('answers of the REST API, in the words of its clients', () => {
  it.each([
    ['Error from Octopus Server (HTTP 401 Unauthorized)', 'rest.not-authorized'],
    ['The bearer token you provided was not valid.', 'rest.not-authorized'],
    ['Error from Octopus Server (HTTP 500 InternalServerError)', 'rest.http-status'],
    ['HTTP Error 503. The service is unavailable.', 'rest.http-status'],
    ['Octopus.Client.Exceptions.OctopusResourceNotFoundException: Not Found', 'rest.http-status'],
    [
      'java.io.IOException: Unable to tunnel through proxy. Proxy returns "HTTP/1.1 407 authenticationrequired"',
      'proxy.web-request-refused',
    ],
    ['Client network socket disconnected before secure TLS connection was established', 'tls.unexpected-eof'],
    [
      'The revocation function was unable to check revocation because the revocation server was offline.',
      'tls.rest-certificate',
    ],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });
});

describe('a script or certificate that a machine cannot use', () => {
  it.each([
    [
      "System.ComponentModel.Win32Exception (2): An error occurred trying to start process '/bin/bash' with working directory '/work'.",
      'local.script-not-started',
    ],
    ['/etc/octopus/Tools/Calamari.linux-x64/1.0.0/Calamari: Permission denied', 'local.script-not-started'],
    ['error:0308010C:digital envelope routines::unsupported', 'local.certificate-format'],
    ['error:23076072:PKCS12 routines:PKCS12_parse:parse error', 'local.certificate-format'],
    ['See: http://g.octopushq.com/CryptoRequiresUserProfile', 'local.settings-key-unusable'],
    ['Server exception: System.OutOfMemoryException: Exception of type thrown.', 'rpc.service-failed'],
    ['Failed to bind to address http://[::]:8080: address already in use.', 'local.web-port-in-use'],
    ['failed to connect to git.example: Connection timed out', 'tcp.connect-timed-out'],
  ])('%s', async (text, id) => {
    expect((await firstMatch(text)).id).toBe(id);
  });

  it.each(['-1073741502', '-1073741819', '-532462766'])('has its own exit code: %s', async (code) => {
    const [cause] = (await firstMatch(`The remote script failed with exit code ${code}`)).causes;
    expect(cause?.text).toMatch(/0x[0-9A-F]{8}/);
  });
});

describe('the lines of a page below its status', () => {
  it('are part of the message', async () => {
    const head = '2021-01-05 07:10:12.1234   3912     21 ERROR  https://octo.example:10943/   21  ';
    const { matches, unknownLines } = await explainStream(
      (async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(
          Buffer.from(
            [
              "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
              'Response:',
              'HTTP/1.0 302 Found',
              'Server: BigIP',
              'Location: /my.policy',
              '<html>',
            ]
              .map((line) => `${head}${line}\n`)
              .join(''),
          ),
        );
      })(),
      'all',
    );
    expect(matches.every(({ id }) => id.startsWith('identity.'))).toBe(true);
    expect(unknownLines).toBe(0);
  });
});

describe('a paste that is quoted', () => {
  it('is read as if it were not', async () => {
    const match = await firstMatch(
      '> 2021-04-01 10:00:00.1000   1000     5 ERROR  https://octo.example:10943/   5  Exception in the polling loop. Retrying in 30 seconds.\n> System.Net.Sockets.SocketException (0x80004005): No such host is known\n>    at System.Net.Dns.InternalGetHostByName(String hostName)',
    );
    expect([match.id, match.loggedBy, match.tentacleMode]).toEqual(['dns.no-such-host', 'tentacle', 'polling']);
  });
});

describe('a paste that begins in the middle', () => {
  it.each(['nhandled error when handling', 'ed error when handling'])('of a word: %s', async (start) => {
    const match = await firstMatch(
      `${start} request from client: [::ffff:192.0.2.9]:64551\nSystem.IO.IOException: Unable to read data from the transport connection: ${NO_REPLY}. ---> System.Net.Sockets.SocketException: ${NO_REPLY}\n   at System.Net.Sockets.NetworkStream.Read(Byte[] buffer, Int32 offset, Int32 size)`,
    );
    expect(match.id).toBe('idle.normal-close');
  });
});

describe('an update of the trusted thumbprint that skips a registration', () => {
  it.each(['polling tentacle https://octo.example:10943/', 'listening tentacle '])('%s', async (registration) => {
    const match = await firstMatch(`Ignoring ${registration} ${'9E'.repeat(20)} - does not match old thumbprint`);
    expect(match.id).toBe('trust.old-thumbprint-differs');
    expect(match.causes[0]?.text).toMatch(/harmless/);
  });
});

describe('a web server in place of the WebSocket listener', () => {
  it.each([
    ["The server returned status code '404' when status code '101' was expected.", /listen prefix/],
    ["The server returned status code '502' when status code '101' was expected.", /gateway or load balancer/],
    ["The server returned status code '401' when status code '101' was expected.", /login/],
    [
      'System.Net.WebSockets.WebSocketException (0x80004005): Unable to connect to the remote server ---> System.Net.WebException: The remote server returned an error: (503) Server Unavailable.',
      /gateway or load balancer/,
    ],
  ])('%s', async (text, cause) => {
    const match = await firstMatch(text);
    expect(match.id).toBe('wss.not-upgraded');
    expect(match.causes[0]?.text).toMatch(cause);
  });
});

describe('a file that another program holds', () => {
  it.each([
    "The process cannot access the file 'D:\\Sites\\Shop\\bin\\shop.dll' because it is being used by another process.",
    "Error 1306. Another application has exclusive access to the file 'D:\\Sites\\shop.dll'.  Please shut down all other applications.",
  ])('%s', async (text) => {
    const match = await firstMatch(text);
    expect(match.id).toBe('local.file-in-use');
    expect(match.next[0]?.action).toContain('shop.dll');
  });
});

describe('a connection that is closed while it is written or read', () => {
  it.each(['write', 'read'])('%s', async (operation) => {
    const text = `System.NotSupportedException: The Async method cannot be called when another ${operation} operation is pending.`;
    expect((await firstMatch(text)).id).toBe('data.closed-here');
  });
});

describe('an end that speaks TLS 1.0 or 1.1 with OpenSSL 3', () => {
  it.each(['error:0A00014D:SSL routines::', '[SSL: LEGACY_SIGALG] '])('%s', async (prefix) => {
    const match = await firstMatch(
      `Interop+Crypto+OpenSslCryptographicException: ${prefix}legacy sigalg disallowed or unsupported`,
    );
    expect(match.id).toBe('tls.key-exchange-rejected');
    expect(match.causes[0]).toMatchObject({ failure: 'tls.version' });
  });
});

describe('the check of the communications port, without its log line', () => {
  it.each(['The operation has timed out', 'The operation has timed out.'])('%s', async (text) => {
    const match = await firstMatch(
      `System.Net.WebException: ${text}\n   at System.Net.HttpWebRequest.GetResponse()\n   at Octopus.Tentacle.Communications.OctopusServerChecker.<>c__DisplayClass3_0.<CheckServerCommunicationsIsOpen>b__1()`,
    );
    expect(match.id).toBe('tcp.registration-check-failed');
  });
});
