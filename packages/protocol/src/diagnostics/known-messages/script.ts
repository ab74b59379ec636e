import { HOST, PORT } from './captured-fields.js';
import { type Cause, defineMessage, type KnownMessage } from './known-message.js';
import { SCRIPT_CAUSES, scriptMeans, testFromThere } from './script-text.js';

/** Where the address of the script's own connection stands in messages of common tools. */
const ADDRESSES: readonly RegExp[] = [
  new RegExp(`failed to connect to (?<host>${HOST}) (?:\\([^)]{1,60}\\) )?port (?<port>${PORT})`, 'i'),
  new RegExp(`could not resolve (?:host|proxy): (?<host>${HOST})`, 'i'),
  new RegExp(`dial tcp (?<host>${HOST}):(?<port>${PORT})`, 'i'),
  new RegExp(`lookup (?<host>${HOST})(?: on [^\\s:]{1,60}:\\d{1,5})?: no such host`, 'i'),
  new RegExp(`httpsconnectionpool\\(host='(?<host>${HOST})', port=(?<port>${PORT})\\)`, 'i'),
  new RegExp(`connect (?:etimedout|econnrefused|ehostunreach) (?<host>${HOST}):(?<port>${PORT})`, 'i'),
  new RegExp(`getaddrinfo (?:enotfound|eai_again) (?<host>${HOST})`, 'i'),
  new RegExp(`remote computer \\("(?<host>${HOST})"\\)`, 'i'),
];

interface Tool<Id extends string> {
  readonly id: Id;
  readonly patterns: KnownMessage['patterns'];
  readonly captures?: readonly RegExp[];
  readonly text: string;
  /** A sentence about this tool. */
  readonly about?: string;
  /** Where its message shows more than that the connection failed. */
  readonly causes?: KnownMessage['causes'];
  readonly example: string;
}

function defineTool<const Id extends string>({
  id,
  patterns,
  captures = [],
  text,
  about,
  causes = SCRIPT_CAUSES,
  example,
}: Tool<Id>): KnownMessage<Id> {
  return defineMessage({
    id,
    patterns,
    captures: [...captures, ...ADDRESSES],
    text,
    means: (seen) => (about === undefined ? scriptMeans(seen) : `${scriptMeans(seen)} ${about}`),
    causes,
    next: testFromThere,
    decidedBy: 'network',
    example,
  });
}

/** What the exit code of curl means. */
const CURL_CAUSES: ReadonlyMap<string, readonly Cause[]> = new Map([
  ['5', [{ text: 'the name of the proxy does not resolve on that machine', failure: 'proxy.not-found' }]],
  ['6', [{ text: 'the name does not resolve on that machine', failure: 'dns.not-found' }]],
  [
    '7',
    [
      { text: 'nothing listens on that port, or a firewall rejects the connection', failure: 'tcp.refused' },
      { text: 'a firewall drops the packets: curl then waits for minutes', failure: 'tcp.timeout' },
    ],
  ],
  ['28', [{ text: 'no answer in time: a firewall drops the packets, or a proxy is required', failure: 'tcp.timeout' }]],
  [
    '35',
    [
      { text: 'no shared TLS version or cipher suite', failure: 'tls.version' },
      { text: 'the port does not speak TLS', failure: 'tls.not-tls' },
      { text: 'a device or the service closed the handshake', failure: 'tls.closed' },
    ],
  ],
  ['52', [{ text: 'the service closed the connection without an answer', failure: 'identity.closed' }]],
  ['56', [{ text: 'the connection was reset or closed in the middle', failure: 'tls.reset' }]],
  [
    '60',
    [
      {
        text: 'at a port of Octopus (10933, 10943) this is normal, and shows that the port works: its certificate is self-signed, and curl -k ignores that',
      },
      {
        text: 'at a web address: the certificate is self-signed, expired, or from a CA that this machine does not know',
      },
    ],
  ],
]);

/** A line that is not about Halibut: in its lines, the same words are about its own connection. */
const NOT_HALIBUT = '^(?!.{0,4000}(?:transport connection|sending a request to|halibut|listen:\\/\\/|poll:\\/\\/))';

/** Exit codes with a meaning of their own: of Tentacle (below -40), and of shells on Linux. */
const exitCodes: ReadonlyMap<string, Cause> = new Map(
  Object.entries({
    '-41': 'a fatal error of Tentacle or its script runner, above this line',
    '-42': 'PowerShell could not be started',
    '-43': 'the task was canceled',
    '-44': 'the script waited too long for another script on the same target',
    '-45': 'the Tentacle does not know this script: it was restarted or reinstalled since',
    '-46': 'the Tentacle stopped while the script ran (often because the script restarts it), so its result is unknown',
    '-47': 'PowerShell started but never ran the script, usually because of virus protection (Tentacle from 2026 on)',
    '-48': 'the script could not be canceled and was abandoned, usually because of virus protection',
    '126': 'a file of the script may not be executed: its rights, or a mount without exec',
    '127': 'a command or shell was not found on the target, for example /bin/bash',
    '137': 'the script was killed (SIGKILL), usually because memory ran out',
    '143': 'the script was ended (SIGTERM), for example because its service was restarted',
  }).map(([code, text]) => [code, { text }]),
);

/** Errors of scripts and tools that a step runs: in the log of a task they stand beside those of Octopus. */
export const scriptMessages = [
  defineTool({
    id: 'script.powershell-request',
    patterns: [
      { oneOf: ['invoke-webrequest', 'invoke-restmethod'], regex: /invoke-(?:webrequest|restmethod) ?[:|]/ },
      'start-bitstransfer :',
      'exception calling "downloadfile"',
      'exception calling "downloadstring"',
    ],
    text: 'Invoke-WebRequest : Unable to connect to the remote server / Invoke-RestMethod : ...',
    about: 'Windows PowerShell uses TLS 1.0 by default on old systems, which many servers reject.',
    example: '10:15:20   Error    |       Invoke-RestMethod : Unable to connect to the remote server',
  }),
  defineTool({
    id: 'script.curl',
    patterns: [
      { oneOf: ['curl: ('], regex: /curl: \(\d{1,3}\)/ },
      'wget: unable to resolve host',
      "wget: can't connect",
    ],
    captures: [/curl: \((?<detail>\d{1,3})\)/i],
    causes: ({ detail }) => CURL_CAUSES.get(detail ?? '') ?? SCRIPT_CAUSES,
    text: 'curl: (7) Failed to connect to ... port ...: Connection refused / curl: (35) ... / curl: (60) ...',
    about: 'The number is that of curl: 6 and 5 are names, 7 and 28 the connection, 35 and 60 TLS, 56 a reset.',
    example: '10:15:20   Error    |       curl: (35) error:0A00010B:SSL routines::wrong version number',
  }),
  defineTool({
    id: 'script.nuget',
    patterns: [
      'unable to load the service index for source',
      'failed to retrieve information about ... from remote source',
      'failed to fetch results from v2 feed',
      'unable to find package provider',
      'unable to resolve package source',
    ],
    text: 'Unable to load the service index for source https://.../index.json.',
    about: 'NuGet, dotnet or PowerShellGet asked a package feed for a package.',
    example:
      '10:15:20   Error    |       error NU1301: Unable to load the service index for source https://api.nuget.org/v3/index.json.',
  }),
  defineTool({
    id: 'script.web-deploy',
    patterns: [
      'web deployment task failed',
      'microsoft.web.deployment.',
      'could not complete the request to remote agent url',
      'error_destination_not_reachable',
      'error_could_not_connect_to_remotesvc',
      'error_user_unauthorized',
      'could not connect to the remote computer ("',
    ],
    text: 'Web deployment task failed. (Could not connect to the remote computer ("...") ...) ERROR_DESTINATION_NOT_REACHABLE',
    about:
      'Web Deploy (msdeploy) connects to its own service, on port 8172 unless changed, or to an Azure web app on 443.',
    example:
      '10:15:20   Error    |       Web deployment task failed. (Could not connect to the remote computer ("web02.example").  Learn more at: http://go.microsoft.com/fwlink/?LinkId=221672#ERROR_DESTINATION_NOT_REACHABLE.)',
  }),
  defineTool({
    id: 'script.windows-remoting',
    patterns: [
      'winrm cannot ',
      'the winrm client cannot',
      { oneOf: ['failed with the following error message'], regex: /connecting to remote server .{1,253} failed with/ },
    ],
    text: 'Connecting to remote server ... failed with the following error message : WinRM cannot complete the operation.',
    about: 'PowerShell connects to another machine through WinRM, on port 5985, or 5986 with TLS.',
    example:
      '10:15:20   Error    |       New-PSSession : [web02] Connecting to remote server web02 failed with the following error message : WinRM cannot complete the operation.',
  }),
  defineTool({
    id: 'script.file-share',
    patterns: [
      'the network path was not found',
      'the network name cannot be found',
      ...['the specified network name is no longer available', 'the semaphore timeout period has expired'].map(
        (words) => ({ oneOf: [words], regex: new RegExp(`${NOT_HALIBUT}.{0,8000}${words}`) }),
      ),
    ],
    text: 'The network path was not found. / The specified network name is no longer available.',
    about: 'A file share of Windows (SMB, port 445) was not reached, or its connection was lost.',
    example: '10:15:20   Error    |       Copy-Item : The network path was not found',
  }),
  defineTool({
    id: 'script.git',
    patterns: ['fatal: unable to access', 'fatal: could not read from remote repository', 'ssh: connect to host'],
    text: "fatal: unable to access 'https://.../': Could not resolve host: ...",
    about: 'git tried to read a repository.',
    example:
      "10:15:20   Error    |       fatal: unable to access 'https://git.example/app.git/': Could not resolve host: git.example",
  }),
  defineTool({
    id: 'script.docker',
    patterns: ['error response from daemon: ', 'cannot connect to the docker daemon'],
    text: 'Error response from daemon: Get "https://.../v2/": net/http: request canceled while waiting for connection',
    about: 'The Docker daemon of that machine connects to the registry, with its own proxy settings.',
    example:
      '10:15:20   Error    |       Error response from daemon: Get "https://registry.example/v2/": dial tcp 203.0.113.9:443: i/o timeout',
  }),
  defineTool({
    id: 'script.kubectl',
    patterns: [
      'unable to connect to the server: ',
      {
        oneOf: ['was refused - did you specify the right host or port'],
        regex: /the connection to the server .{1,200} was refused/,
      },
      'error: kubernetes cluster unreachable',
      "couldn't get current server api group list",
      'kubernetes server certificate does not include the certificate data',
    ],
    text: 'Unable to connect to the server: dial tcp ...:6443: i/o timeout',
    about: 'kubectl or helm connects to the API server of the cluster.',
    example: '10:15:20   Error    |       Unable to connect to the server: dial tcp 203.0.113.10:6443: i/o timeout',
  }),
  defineTool({
    id: 'script.cloud-tool',
    patterns: [
      { oneOf: ['max retries exceeded with url'], regex: /httpsconnectionpool\(host=/ },
      'could not connect to the endpoint url: "',
      'failed to establish a new connection:',
      "the term 'az' is not recognized",
    ],
    text: "HTTPSConnectionPool(host='...', port=443): Max retries exceeded with url: ...",
    about: 'The tools of Azure and AWS (and pip, other Python programs) print this.',
    example:
      "10:15:20   Error    |       HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded with url: /common (Caused by NewConnectionError)",
  }),
  defineTool({
    id: 'script.npm',
    patterns: [
      {
        oneOf: ['npm err', 'npm error'],
        regex: /npm err(?:!|or) .{0,40}(?:network|econn|etimedout|enotfound|eai_again|request to)/,
      },
      { oneOf: ['yarn'], regex: /error an unexpected error occurred: "https:/ },
    ],
    text: 'npm ERR! network request to https://registry.npmjs.org/... failed, reason: connect ETIMEDOUT ...',
    about: 'npm asked a registry for a package.',
    example:
      '10:15:20   Error    |       npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT 203.0.113.11:443',
  }),
  defineMessage({
    id: 'script.exit-code',
    patterns: ['the remote script failed with exit code', 'script returned exit code', 'script failed with exit code'],
    captures: [/exit code:? (?<detail>-?\d{1,11})/i],
    text: 'The remote script failed with exit code ...',
    means:
      'The script of the step ran and reported an error. The path from Octopus to the Tentacle works: it delivered the script and brought back its output and this code.',
    causes: ({ detail }) => [
      exitCodes.get(detail ?? '') ?? { text: 'the error that the script printed above this line' },
    ],
    next: () => [{ who: 'you', action: 'Read the lines above this one in the log of the task, and explain those.' }],
    decidedBy: 'host',
    example: '10:15:21   Fatal    |       The remote script failed with exit code 35',
  }),
];
