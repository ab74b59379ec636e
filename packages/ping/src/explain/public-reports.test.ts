import { describe, expect, it } from 'vitest';
import { explainStream } from './explain-stream.js';
import type { Explanation, Match } from './explanation.js';
import { HARMLESS_EXCERPTS } from './harmless-excerpts.test.support.js';

/*
 * Texts as people paste them into public reports, with documentation addresses. What each turned out to be is known
 * from its thread; the first match has to be about that.
 */
const explain = async (text: string, scope: 'all' | 'errors' = 'all'): Promise<Explanation> =>
  explainStream(
    (async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(text));
    })(),
    scope,
  );

const commandsOf = ({ next }: Match): string =>
  next.flatMap(({ windows, linux }) => [windows ?? '', linux ?? '']).join('\n');

const NO_REPLY =
  'A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond';

interface Report {
  readonly name: string;
  readonly text: string;
  readonly id: string;
  readonly loggedBy?: string;
  readonly mode?: string;
  /** Part of a command that the steps print. */
  readonly command?: string;
  /** Failures of the first two causes. */
  readonly failures?: readonly (string | undefined)[];
}

const REPORTS: readonly Report[] = [
  {
    name: 'a polling Tentacle, by a method in the stack trace',
    text: `System.IO.EndOfStreamException: Attempted to read past the end of the stream.
2023-12-06 15:20:57    at Halibut.Transport.Protocol.MessageSerializer.ReadMessageAsync[T](RewindableBufferStream stream, CancellationToken cancellationToken)
2023-12-06 15:20:57    at Halibut.Transport.Protocol.MessageExchangeProtocol.ReceiveAndProcessRequestAsSubscriberAsync(IMessageExchangeStream stream, CancellationToken cancellationToken)`,
    id: 'data.end-of-stream',
    loggedBy: 'tentacle',
    mode: 'polling',
    command: 'OCTOPUS-SERVER:10943',
  },
  {
    name: 'a listener whose client does not speak TLS',
    text: `2015-07-13 15:28:42.2341      7  INFO  listen://0.0.0.0:10933/           7  Accepted TCP client: 127.0.0.1:50280
2015-07-13 15:28:42.2401      4  INFO  listen://0.0.0.0:10933/           4  Unhandled error when handling request from client: 127.0.0.1:50280
System.IO.IOException: The handshake failed due to an unexpected packet format.
   at System.Net.Security.SslState.StartReadFrame(Byte[] buffer, Int32 readBytes, AsyncProtocolRequest asyncRequest)`,
    id: 'tls.not-tls-packets',
    loggedBy: 'tentacle',
    mode: 'listening',
    failures: [undefined, undefined],
  },
  {
    name: 'a listener of Octopus 2.x',
    text: `2013-12-30 16:01:58.0895  ERROR  Unhandled error when processing request from client
System.IO.IOException: The handshake failed due to an unexpected packet format.
   at System.Net.Security.SslState.ProcessAuthentication(LazyAsyncResult lazyResult)
   at Pipefish.Transport.SecureTcp.Server.SecureTcpServer.ExecuteRequest(TcpClient client) in c:\\work\\SecureTcpServer.cs:line 109`,
    id: 'tls.not-tls-packets',
    failures: [undefined, undefined],
  },
  {
    name: 'no reply while connecting, from the server',
    text: `'Not connected. The last attempt to exchange messages failed. The connection will wait 9 seconds before trying again.'. System.Net.Sockets.SocketException (0x80004005): ${NO_REPLY} 203.0.113.136:10933
at System.Net.Sockets.TcpClient.Connect(String hostname, Int32 port) at Pipefish.Transport.SecureTcp.Client.SecureTcpClient.Send(SecureTcpRequest request) in y:\\work\\SecureTcpClient.cs:line 39`,
    id: 'tcp.connect-timed-out',
    loggedBy: 'server',
    mode: 'listening',
    command: 'diagnose 203.0.113.136:10933',
    failures: ['tcp.timeout', 'tcp.timeout'],
  },
  {
    name: 'a connection that was idle, without the line of the listener',
    text: `System.IO.IOException: Unable to read data from the transport connection: ${NO_REPLY}. ---> System.Net.Sockets.SocketException: ${NO_REPLY}
   at System.Net.Sockets.NetworkStream.Read(Byte[] buffer, Int32 offset, Int32 size)
   at Halibut.Transport.Protocol.MessageExchangeStream.ExpectNextOrEnd()
   at Halibut.Transport.Protocol.MessageExchangeProtocol.ProcessClientRequests(Func\`2 incomingRequestProcessor)`,
    id: 'idle.normal-close',
    loggedBy: 'tentacle',
    mode: 'listening',
  },
  {
    name: 'TLS versions that are disabled on the machine itself',
    text: ` ERROR  Unhandled error when processing request from client
System.ComponentModel.Win32Exception (0x80004005): The client and server cannot communicate, because they do not possess a common algorithm
   at System.Net.SSPIWrapper.AcquireCredentialsHandle(SSPIInterface SecModule, String package, CredentialUse intent, SecureCredential scc)
   at System.Net.Security.SecureChannel.AcquireServerCredentials(Byte[]& thumbPrint)`,
    id: 'tls.no-version-enabled-here',
    command: 'SCHANNEL\\Protocols',
  },
  {
    name: 'a polling Tentacle, by the address at the start of its line',
    text: "2016-12-20 00:00:05.2131      4  INFO  https://octopus.example.com:10943/    4  The server presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint 'AAAA'. Instead, it presented a certificate with a thumbprint of 'BBBB'.",
    id: 'trust.unexpected-certificate',
    loggedBy: 'tentacle',
    mode: 'polling',
    command: 'diagnose octopus.example.com:10943',
  },
  {
    name: 'a WebSocket behind a load balancer for websites',
    text: `2022-01-27 06:45:26.5904   5144      8  INFO  wss://octo.corp.example/octopuscomms    8  Performing handshake
2022-01-27 06:45:26.6061   5144      8 ERROR  wss://octo.corp.example/octopuscomms    8  Unexpected exception executing transaction.
Halibut.Transport.Protocol.ProtocolException: Unable to receive the remote identity; the identity line was empty.`,
    id: 'identity.line-empty',
    loggedBy: 'tentacle',
    mode: 'polling',
    command: 'diagnose octo.corp.example:443',
  },
  {
    name: 'a link of Octopus 2.x that was replaced',
    text: 'The incoming request was on a communication link (subscription) that is no longer valid. Reset connectivity to perform a new handshake and reestablish communication.',
    id: 'rpc.legacy-link-invalid',
  },
  {
    name: "the server's own check for updates",
    text: `Failed checking for updates
System.Net.WebException: The request was aborted: Could not create SSL/TLS secure channel.
   at System.Net.WebClient.DownloadDataInternal(Uri address, WebRequest& request)
   at Octopus.Server.Schedules.CheckForOctopusUpgrades.CheckForUpdates() in Y:\\work\\CheckForOctopusUpgrades.cs:line 105`,
    id: 'rest.update-check',
    loggedBy: 'server',
    command: 'diagnose octopus.com:443',
  },
  {
    name: 'a command-line client that does not know the issuer of the web certificate',
    text: 'System.Exception: Unable to connect to the Octopus Deploy server. See the inner exception for details. ---> System.Net.Http.HttpRequestException: An error occurred while sending the request. ---> System.Net.Http.CurlException: Peer certificate cannot be authenticated with given CA certificates',
    id: 'tls.rest-certificate',
  },
  {
    name: 'a request that the server found wrong',
    text: `Registering the tentacle with the server at https://example.octopus.app/
===============================================================================
There was a problem with your request.

 - Worker Pools 'Default Worker Pool' do not support adding workers directly

Octopus.Client.Exceptions.OctopusValidationException
   at Octopus.Client.OctopusAsyncClient.DispatchRequest[TResponseResource](OctopusRequest request, Boolean readResponse)`,
    id: 'rest.request-invalid',
  },
  {
    name: 'a page in place of data',
    text: `Newtonsoft.Json.JsonReaderException: Unexpected character encountered while parsing value: <. Path '', line 0, position 0.
   at Newtonsoft.Json.JsonTextReader.ParseValue()
   at Octopus.Client.OctopusClient.DispatchRequest[TResponseResource](OctopusRequest request, Boolean readResponse)`,
    id: 'rest.page-instead-of-data',
    failures: ['identity.http', 'identity.http'],
  },
  {
    name: 'a package feed',
    text: "Unable to download package Acme.Web from NuGet feed 'https://nuget.example/v3/index.json'. The HTTP request to 'GET https://cdn.example/acme.web.1.0.0.nupkg' has timed out after 60000ms.",
    id: 'rest.package-feed',
    command: 'diagnose cdn.example:443',
  },
  {
    name: 'an SSH target that does not answer',
    text: `14:17:50   Verbose  |     Unable to connect. ${NO_REPLY}.
                    |     Octopus.Shared.ControlledFailureException: Unable to connect. ${NO_REPLY}.
                    |     ---> System.Net.Sockets.SocketException (10060): ${NO_REPLY}.
                    |     at Renci.SshNet.Abstractions.SocketAbstraction.ConnectCore(Socket socket, IPEndPoint remoteEndpoint)`,
    id: 'ssh.not-connected',
    loggedBy: 'server',
    command: 'diagnose SSH-HOST:22',
    failures: ['tcp.timeout'],
  },
  {
    name: 'an SSH target whose name is unknown: the message, then the exception with the same message',
    text: `Establishing SSH connection...
Unable to connect. Name or service not known
Unable to connect. Name or service not known Octopus.Shared.ControlledFailureException: Unable to connect. Name or service not known
 ---> System.Net.Internals.SocketExceptionFactory+ExtendedSocketException (00000005, 0xFFFDFFFF): Name or service not known
   at System.Net.Dns.InternalGetHostByName(String hostName)
   at Renci.SshNet.Connection.ConnectorBase.SocketConnect(String host, Int32 port, TimeSpan timeout)`,
    id: 'ssh.not-connected',
    failures: [undefined],
  },
  {
    name: 'the web port of the server in use',
    text: `2023-08-13 02:20:13.9510   4772     11 FATAL  Unhandled AppDomain exception occurred: "The process cannot access the file because it is being used by another process."
Microsoft.AspNetCore.Server.HttpSys.HttpSysException (32): The process cannot access the file because it is being used by another process.
   at Microsoft.AspNetCore.Server.HttpSys.UrlGroup.RegisterPrefix(String uriPrefix, Int32 contextId)`,
    id: 'local.web-port-in-use',
    command: 'netsh http show servicestate',
  },
  {
    name: 'an update of .NET that refuses the certificate',
    text: 'System.Security.Cryptography.CryptographicException : PKCS12 (PFX) without a supplied password has exceeded maximum allowed iterations.',
    id: 'local.certificate-import-limit',
  },
  {
    name: 'the Windows Installer',
    text: 'MSI (c) (50:A4) [09:29:11:797]: Failed to connect to server. Error: 0x800703FA',
    id: 'local.installer-failed',
  },
  {
    name: 'a service that may not be controlled',
    text: '[SC] OpenService FAILED 5:\n\nAccess is denied.',
    id: 'local.service-access-denied',
  },
  {
    name: 'a command without a console',
    text: `2017-11-01 11:32:42.9883   1524      1 ERROR  ===============================================================================
2017-11-01 11:32:43.0350   1524      1 FATAL  The handle is invalid.

System.IO.IOException
   at System.IO.__Error.WinIOError(Int32 errorCode, String maybeFullPath)
   at System.Console.GetBufferInfo(Boolean throwOnNoConsole, Boolean& succeeded)`,
    id: 'local.no-console',
  },
  {
    name: 'an instance that does not exist',
    text: '.\\Tentacle.exe new-certificate -e "C:\\Octopus\\cert.txt" --console\nThe default instance of Tentacle has not been created. Either pass --instance INSTANCENAME when invoking this command, or run the setup wizard.',
    id: 'local.no-such-instance',
  },
  {
    name: 'a task that waits for another script',
    text: `10:57:13   Wait     |       Waiting for the script in task [ServerTasks-35210](~/app#/tasks/ServerTasks-35210) to finish as this script requires that no other Octopus scripts are executing on this target at the same time.
11:08:49   Info     |       This task was canceled before it could start. Task (error - task not found) is still running.`,
    id: 'local.waiting-for-script',
    loggedBy: 'server',
  },
  {
    name: 'output of a script that a Tentacle cannot read',
    text: `2023-11-08 10:00:00.0000   4508     27 ERROR  Newtonsoft.Json.JsonReaderException: Unexpected character encountered while parsing number: :. Path '', line 1, position 894.
   at Newtonsoft.Json.JsonTextReader.ParseValue()
   at Octopus.Tentacle.Services.Scripts.ScriptLog.GetOutput(Int64 afterSequenceNumber, Int64& nextSequenceNumber)`,
    id: 'local.script-log-damaged',
    loggedBy: 'tentacle',
  },
  {
    name: 'a package of 2 GB',
    text: '12:00:41   Fatal    |     Stream was too long.',
    id: 'data.package-too-large',
    loggedBy: 'server',
  },
  {
    name: 'a service that Windows could not start',
    text: 'A timeout was reached (30000 milliseconds) while waiting for the OctopusDeploy Tentacle service to connect.',
    id: 'local.service-start-timeout',
    command: 'Start-Service',
  },
  {
    name: 'the account of a machine in its domain',
    text: 'The trust relationship between this workstation and the primary domain failed.',
    id: 'local.domain-trust',
  },
  {
    name: 'a step that uses WinRM',
    text: '10:15:20   Error    |       New-PSSession : [web02] Connecting to remote server web02 failed with the following error message : WinRM cannot complete the operation.',
    id: 'script.windows-remoting',
    loggedBy: 'script',
  },
  {
    name: 'a step that uses a file share',
    text: '10:15:20   Error    |       Copy-Item : The network path was not found',
    id: 'script.file-share',
    loggedBy: 'script',
  },
  {
    name: 'a name that a program in Go does not find',
    text: 'dial tcp: lookup octopus.corp.example on 10.0.0.10:53: no such host',
    id: 'dns.no-such-host',
    command: 'octopus.corp.example',
  },
  {
    name: 'a connection of a program in Go without a reply',
    text: 'dial tcp 203.0.113.9:8443: i/o timeout',
    id: 'tcp.connect-timed-out',
    command: 'diagnose 203.0.113.9:8443',
  },
];

describe('a report', () => {
  it.each(REPORTS)('of $name', async ({ text, id, loggedBy, mode, command, failures }) => {
    const { matches, unknownLines } = await explain(text);
    const [match] = matches;
    if (match === undefined) throw new Error('nothing was recognized');
    expect([match.id, match.loggedBy, match.tentacleMode]).toEqual([id, loggedBy, mode]);
    if (command !== undefined) expect(commandsOf(match)).toContain(command);
    if (failures !== undefined)
      expect(match.causes.slice(0, failures.length).map(({ failure }) => failure)).toEqual(failures);
    expect([matches.length, unknownLines]).toEqual([1, 0]);
  });

  it('that begins within a stack trace does not count the rest of it as a message', async () => {
    const { matches, unknownLines } = await explain(
      `   at Pipefish.Actor.OnReceivingTyped[TBody](Message message) in c:\\work\\Actor.cs:line 113\n15:07:35   Fatal    |  ${NO_REPLY} 198.51.100.201:10933\n`,
    );
    expect([matches.length, unknownLines]).toEqual([1, 0]);
  });

  it('lists messages that are usual after the others, however often they occur', async () => {
    const usual = '2024-08-14 06:01:24.0448 |  WARN | These changes require a restart of the Tentacle.\n';
    const { matches } = await explain(
      `${usual.repeat(3)}2024-08-14 06:01:25.0448 |  WARN | The following certificate errors were encountered when establishing the HTTPS connection to the server: RemoteCertificateChainErrors\n`,
    );
    expect(matches.map(({ id }) => id)).toEqual(['tls.rest-certificate', 'local.restart-required']);
  });

  it.each([
    ['-46', /stopped while the script ran/],
    ['127', /not found/],
    ['1', /above this line/],
  ])('of exit code %s', async (code, cause) => {
    const { matches } = await explain(`The remote script failed with exit code ${code}`);
    expect(matches[0]?.causes[0]?.text).toMatch(cause);
  });

  it('of a request that a web server rejected names what the status means', async () => {
    for (const status of ['400', '413', '429', '500', '503']) {
      const { matches } = await explain(`The remote server returned an error: (${status}) Something.`);
      expect(matches[0]?.causes.map(({ text }) => text.includes(status))).toEqual([true]);
    }
  });
});

describe('an excerpt of an end that works raises nothing', () => {
  it.each(HARMLESS_EXCERPTS.map((text) => [text.split('\n')[0] ?? '', text] as const))('%s', async (_, text) => {
    // With a line before it, because a single line is a message that was pasted to be explained.
    const { matches, unknownLines } = await explain(`first line\n${text}\n`, 'errors');
    expect([matches.map(({ id }) => id), unknownLines]).toEqual([[], 0]);
  });
});
