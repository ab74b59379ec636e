import { octopusServerCommand, sameCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';
import { type CapturedFields, HOST, PORT } from './captured-fields.js';

const tryWebAddress = (seen: CapturedFields): Step => ({
  who: 'you',
  action:
    'Run diagnose against the web address on the machine or pod that logged this message. It reports the stage that fails, the certificate and the page.',
  ...sameCommand(`tentacle-ping diagnose ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? '443'}`),
});

/** What an error status of a web request means, by its number. */
const STATUS_CAUSES: readonly (readonly [statuses: readonly string[], cause: Cause])[] = [
  [
    ['400', '409', '415', '422'],
    { text: '400, 409, 422: a value in the request is wrong or not allowed; the lines around the message name it' },
  ],
  [
    ['401', '403'],
    { text: '401, 403: the API key, token or user is wrong or lacks permission, or a gateway forbids the request' },
  ],
  [
    ['404', '405'],
    { text: '404, 405: the address or path is wrong, or another web server answers', failure: 'identity.http' },
  ],
  [['413'], { text: '413: a gateway or the web server limits the size of requests' }],
  [['429'], { text: '429: too many requests; the client has to wait' }],
  [['500'], { text: '500: the web server failed; its log for the same second names the reason' }],
  [
    ['502', '503', '504'],
    { text: '502, 503, 504: a load balancer or proxy does not reach the web server behind it, or that is starting' },
  ],
];

/** The cause of a status; all of them for another one. */
function causesOfStatus(status = ''): readonly Cause[] {
  const causes = STATUS_CAUSES.filter(([statuses]) => statuses.includes(status));
  return (causes.length === 0 ? STATUS_CAUSES : causes).map(([, cause]) => cause);
}

/** The proxy for web requests, of the product that wrote the message. Without --proxyHost the stored host is erased. */
function setWebProxy(seen: MessageFacts): Step {
  const command = `proxy --proxyEnable=true --proxyHost=${seen.proxyHost ?? 'PROXY'} --proxyPort=${seen.proxyPort ?? '3128'} --proxyUsername=NAME --proxyPassword=PASSWORD`;
  if (seen.origin?.product === 'server')
    return {
      who: 'server-admin',
      action: 'Set the web proxy of Octopus Server, with all its values each time, then restart it.',
      ...octopusServerCommand(command, 'service --restart'),
    };
  return {
    who: 'tentacle-admin',
    action:
      'Set the web proxy of the Tentacle, with all its values each time, then restart it. (For a message of Octopus Server, its own program has the same command.)',
    ...tentacleCommand(command, 'service --restart'),
  };
}

/** Calls of Octopus's REST API (web port), by registration commands and scripts: not the protocol between the two ends. */
export const restApiMessages = [
  defineMessage({
    id: 'rest.timed-out',
    patterns: [
      'the request was canceled due to the configured httpclient.timeout',
      'webexception: the operation has timed out',
      'webexception: the request was aborted: the operation has timed out',
      'a connection could not be established within the configured connecttimeout',
      'httpclient.timeout',
      'client.timeout exceeded',
      'net/http: tls handshake timeout',
      'net/http: request canceled',
      'sockettimeoutexception: read timed out',
      // Before .NET 5, HttpClient words its time-out as a cancellation; the stack trace shows it.
      'a task was canceled...system.net.http.httpclient',
      'a task was canceled...octopusasyncclient',
    ],
    text: 'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing. / System.Net.WebException: The operation has timed out',
    means:
      "A web request got no answer in time. It is not a cancellation. It concerns a web address (Octopus's portal and REST API, or the address that a script called), not the protocol between Octopus Server and Tentacle.",
    causes: [
      { text: 'a firewall drops the packets to the web address, or a proxy is required there', failure: 'tcp.timeout' },
      { text: 'the web service is overloaded, or the request itself takes that long' },
    ],
    next: (seen) => [
      tryWebAddress(seen),
      {
        who: 'tentacle-admin',
        action:
          'Check the proxy for web requests of that machine: it is another setting than the polling proxy (Tentacle command "proxy").',
        windows: 'netsh winhttp show proxy',
        linux: 'env | grep -i proxy',
      },
    ],
    decidedBy: 'network',
    example:
      'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
  }),
  defineMessage({
    id: 'rest.not-authorized',
    patterns: [
      'octopussecurityexception',
      'you must be logged in to',
      'the api key you provided was not valid',
      'please provide a valid api key',
      'you do not have permission to perform this action',
      'a bearer token is required',
    ],
    text: 'Octopus.Client.Exceptions.OctopusSecurityException: You must be logged in to request this resource. / The API key you provided was not valid.',
    means:
      'Octopus Server answered on its web address and refuses this user. The network, TLS and the server work. The protocol between Octopus Server and Tentacle is not concerned.',
    causes: [
      {
        text: 'the API key or bearer token is wrong, expired or revoked (the token of an agent installation lasts one hour)',
      },
      { text: 'its user may not register machines in that space' },
      {
        text: 'signed in with a user name, and the cookie of the session is lost: a proxy, or http for a server that uses https',
      },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Try the key against the REST API. If it works, check the permissions of its user in that space.',
        windows: "Invoke-RestMethod https://OCTOPUS-SERVER/api/users/me -Headers @{ 'X-Octopus-ApiKey' = 'API-KEY' }",
        linux: "curl -H 'X-Octopus-ApiKey: API-KEY' https://OCTOPUS-SERVER/api/users/me",
      },
      { who: 'tentacle-admin', action: 'Create a new key or token, and run the registration command again.' },
    ],
    decidedBy: 'host',
    example:
      'Octopus.Client.Exceptions.OctopusSecurityException: You must be logged in to request this resource. Please provide a valid API key or log in again.',
  }),
  defineMessage({
    id: 'rest.closed',
    patterns: [
      'the underlying connection was closed: an unexpected error occurred on a',
      'the underlying connection was closed: the connection was closed unexpectedly',
      'the underlying connection was closed: a connection that was expected to be kept alive was closed',
      'could not create ssl/tls secure channel',
      { oneOf: [': eof'], regex: /\b(?:get|head|post|put|patch|delete) "https?:\/\/[^"]{1,500}": (?:unexpected )?eof/ },
    ],
    captures: [/(?<detail>eof)$/i],
    text: 'The underlying connection was closed: An unexpected error occurred on a send. / The request was aborted: Could not create SSL/TLS secure channel.',
    means:
      'A web request was cut, in the words of .NET Framework or of a program in Go (EOF). It concerns a web address, not the protocol between Octopus Server and Tentacle.',
    causes: ({ detail }) => [
      ...(detail === undefined
        ? ([
            {
              text: 'the web server requires TLS 1.2, which this .NET Framework does not offer by default',
              failure: 'tls.version',
            },
            { text: 'no shared cipher suite', failure: 'tls.no-common-parameters' },
          ] as const)
        : ([{ text: 'the web server stopped or restarted during the request', failure: 'rpc.closed' }] as const)),
      { text: 'a proxy, firewall or load balancer cuts the connection', failure: 'tls.reset' },
    ],
    next: (seen) => [
      tryWebAddress(seen),
      {
        who: 'tentacle-admin',
        action:
          'Check whether .NET Framework uses the TLS versions of the system on that machine (SchUseStrongCrypto and SystemDefaultTlsVersions: 1).',
        windows:
          'Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319 | Select-Object SchUseStrongCrypto, SystemDefaultTlsVersions',
      },
    ],
    decidedBy: 'network',
    example: 'System.Net.WebException: The underlying connection was closed: An unexpected error occurred on a send.',
  }),
  defineMessage({
    id: 'proxy.web-request-refused',
    patterns: [
      {
        oneOf: ['the proxy tunnel request to proxy'],
        regex: /the proxy tunnel request to proxy .{1,300} failed with status code/,
      },
      'the remote server returned an error: (407)',
      { oneOf: ['proxy authentication required'], regex: /"https?:\/\/[^"]{1,500}": proxy authentication required/ },
      { oneOf: ['407'], regex: /does not indicate success: 407\b/ },
    ],
    captures: [
      new RegExp(`request to proxy '?https?://(?<proxyHost>${HOST}):(?<proxyPort>${PORT})`, 'i'),
      /(?:status code '?|error: \(|success: )(?<detail>\d{3})/i,
    ],
    text: "The proxy tunnel request to proxy 'http://.../' failed with status code '407'. / The remote server returned an error: (407) Proxy Authentication Required.",
    means:
      'The proxy for web requests rejected one. That is another setting than the proxy between Octopus Server and Tentacle (polling-proxy, or Infrastructure, Proxies).',
    causes: [
      { text: '407: the web proxy requires a user name and password' },
      { text: '403: a rule of the proxy forbids this address' },
      { text: '502, 503, 504: the proxy cannot reach the address' },
    ],
    next: (seen) => [
      {
        ...tryWebAddress(seen),
        ...sameCommand(
          `tentacle-ping diagnose ${seen.host ?? 'OCTOPUS-SERVER'}:${seen.port ?? '443'} --proxy http://${seen.proxyHost ?? 'PROXY'}:${seen.proxyPort ?? '3128'}`,
        ),
      },
      setWebProxy(seen),
    ],
    decidedBy: 'network',
    example:
      "System.Net.Http.HttpRequestException: The proxy tunnel request to proxy 'http://proxy.example:3128/' failed with status code '407'.",
  }),
  defineMessage({
    id: 'rest.http-status',
    patterns: [
      { oneOf: ['the remote server returned an error: ('], regex: /the remote server returned an error: \([45]\d\d\)/ },
      {
        oneOf: ['response status code does not indicate success'],
        regex: /response status code does not indicate success: [45]\d\d\b/,
      },
      // The answer of the server, which ended its own work: not a cancellation by this end.
      { oneOf: ['was canceled', 'was cancelled'], regex: /\(5\d\d\) .{1,200}task was cancell?ed/ },
    ],
    captures: [/(?:error: \(|success: |server: \()(?<detail>\d{3})/i],
    text: 'The remote server returned an error: (401) Unauthorized. / Response status code does not indicate success: 503 (Service Unavailable).',
    means:
      "A web server, or a proxy in its place, answered a web request with an error status. Name, TCP and TLS work up to there. It concerns a web address (Octopus's REST API, a feed, a script), not the protocol between Octopus Server and Tentacle.",
    causes: ({ detail }) => causesOfStatus(detail),
    next: (seen) => [
      tryWebAddress(seen),
      {
        who: 'server-admin',
        action: 'If it is the REST API of Octopus, try the key against it.',
        windows: "Invoke-RestMethod https://OCTOPUS-SERVER/api/users/me -Headers @{ 'X-Octopus-ApiKey' = 'API-KEY' }",
        linux: "curl -H 'X-Octopus-ApiKey: API-KEY' https://OCTOPUS-SERVER/api/users/me",
      },
    ],
    decidedBy: 'both',
    example: 'System.Net.WebException: The remote server returned an error: (401) Unauthorized.',
  }),
];
