import { sameCommand } from '../product-commands.js';
import { HOST, PORT } from './captured-fields.js';
import { type Cause, defineMessage, type MessageFacts } from './known-message.js';

const feedAddress = ({ host = 'FEED-HOST', port = '443' }: MessageFacts): string => `${host}:${port}`;

/** What the words of SQL Server or its client show. */
const DATABASE_CAUSES: readonly (readonly [words: RegExp, cause: Cause])[] = [
  [
    /deadlocked/i,
    { text: 'two transactions waited for each other, and SQL Server ended this one: a repetition works' },
  ],
  [
    /execution timeout/i,
    { text: 'the command took longer than its time limit: load, missing indexes or statistics, or a lock' },
  ],
  [/from the pool/i, { text: 'all connections to the database were in use: load, or slow commands' }],
  [
    /ssl provider|pre-login/i,
    {
      text: 'the certificate or the TLS version of SQL Server is rejected (newer clients encrypt by default and check the issuer)',
      failure: 'tls.version',
    },
  ],
];

const CONNECTION_TO_DATABASE: readonly Cause[] = [
  { text: 'SQL Server is stopped or overloaded, or all connections to it are in use' },
  { text: 'its name, port (1433, or another one of a named instance) or firewall', failure: 'tcp.timeout' },
  { text: 'the TLS versions or the certificate of SQL Server are rejected', failure: 'tls.version' },
];

/** Web requests that the Octopus Server sends itself, and those that it rejects: neither concerns a Tentacle. */
export const serverRequestMessages = [
  defineMessage({
    id: 'rest.update-check',
    patterns: [
      'failed checking for updates',
      'error when running scheduled task: checkforoctopusupgrades',
      'checkforoctopusupgrades.checkforupdates',
    ],
    text: 'Failed checking for updates / Error when running scheduled task: CheckForOctopusUpgrades',
    means:
      'Octopus Server could not ask octopus.com for a new version. Deployments and the connections to Tentacles do not depend on that.',
    causes: [
      { text: "the server's host has no access to the internet, or needs a web proxy for it" },
      {
        text: 'this version of the server, or its .NET Framework, does not offer the TLS version that octopus.com requires',
        failure: 'tls.version',
      },
      { text: 'octopus.com was unavailable at that time' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action:
          "If it recurs, run diagnose on the Octopus Server's host. If that works, a setting of the server (web proxy, TLS versions) is the cause.",
        ...sameCommand('tentacle-ping diagnose octopus.com:443'),
      },
      {
        who: 'server-admin',
        action: 'If the server must not reach the internet, switch the check off: Configuration > Features.',
      },
    ],
    decidedBy: 'network',
    example: 'Error when running scheduled task: CheckForOctopusUpgrades',
  }),
  defineMessage({
    id: 'rest.package-feed',
    patterns: [
      {
        oneOf: ['unable to download package', 'failed to download package'],
        regex: /(?:unable|failed) to download package .{1,300}(?:\bfeed\b|\bfrom '?https?:)/,
      },
      { oneOf: ['feed'], regex: /unable to (?:connect to|reach|access) (?:the )?.{0,60}\bfeed\b/ },
    ],
    captures: [new RegExp(`'get (?:https?)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i')],
    text: "Unable to download package ... from NuGet feed '...'. The HTTP request to 'GET https://...' has timed out after 60000ms.",
    means:
      'A package was not read from its feed. That is a web request of the Octopus Server, or of the target if the step downloads there. The path to the Tentacle is not involved.',
    causes: [
      { text: 'the feed is slow, overloaded or down, or the package is too large for the time limit' },
      {
        text: 'the machine that downloads cannot reach the feed: name, firewall, or a web proxy that it has to use',
        failure: 'tcp.timeout',
      },
      { text: 'the user name, password or token of the feed is wrong or expired' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action:
          "Run diagnose against the feed on the machine that downloads: by default the Octopus Server's host, or the target if the step says so.",
        ...sameCommand(`tentacle-ping diagnose ${feedAddress(seen)}`),
      },
      { who: 'server-admin', action: 'Test the feed in Octopus: Deploy > Manage > External feeds > Test.' },
    ],
    decidedBy: 'network',
    example:
      "Unable to download package Acme.Web from NuGet feed 'https://nuget.example/v3/index.json'. The HTTP request to 'GET https://nuget.example/acme.nupkg' has timed out after 60000ms.",
  }),
  defineMessage({
    id: 'rest.request-invalid',
    patterns: [
      'octopusvalidationexception',
      'there was a problem with your request',
      'unhandled error on request: http',
    ],
    text: 'There was a problem with your request. / Octopus.Client.Exceptions.OctopusValidationException / Unhandled error on request: ...',
    means:
      'Octopus Server received a request on its web address, and rejected what it asked for. Name, TCP, TLS and the API key work: no network fault.',
    causes: [
      { text: 'a value in the request is not allowed: the lines below the message name it' },
      { text: 'the command, tool or Terraform provider does not match the version of the server' },
    ],
    next: () => [
      {
        who: 'you',
        action:
          'Read the lines below the message: each names one value (a pool, environment, role, space or name). Correct that option of the command, and run it again.',
      },
      {
        who: 'server-admin',
        action:
          'If no value is named, read the log of Octopus Server for the same second (Configuration > Diagnostics).',
      },
    ],
    decidedBy: 'host',
    example: 'Octopus.Client.Exceptions.OctopusValidationException: There was a problem with your request.',
  }),
  defineMessage({
    id: 'rest.client-too-old',
    patterns: ['unable to process response from server: ', 'error from octopus server (http 200'],
    text: "Unable to process response from server: Requested value '...' was not found. / Error from Octopus Server (HTTP 200 OK)",
    means:
      'Octopus Server answered without an error, but this client (octo, a build plugin, a library) does not understand the answer. Name, TCP, TLS and the API key work.',
    causes: [
      { text: 'the client is older than the server, which uses a newer value or field' },
      { text: 'a gateway replaces the answer with another one', failure: 'identity.http' },
    ],
    next: () => [
      {
        who: 'you',
        action: 'Upgrade the client or plugin to a version for this server: the Octopus CLI (octopus) replaces octo.',
      },
    ],
    decidedBy: 'host',
    example: "Unable to process response from server: Requested value 'GitHub' was not found..",
  }),
  defineMessage({
    id: 'rest.database',
    patterns: [
      'a network-related or instance-specific error occurred while establishing a connection to sql server',
      'a transport-level error has occurred when',
      'the timeout period elapsed prior to obtaining a connection from the pool',
      'error while executing sql command',
      'error occurred during the login process',
      'error occurred during the pre-login handshake',
      { oneOf: ['deadlocked on'], regex: /transaction \(process id \d{1,9}\) was deadlocked/ },
      'data.sqlclient.sqlexception',
      { oneOf: ['data.sqlclient.'], regex: /\bat (?:system|microsoft)\.data\.sqlclient\./ },
    ],
    captures: [
      /(?<detail>was deadlocked|execution timeout expired|obtaining a connection from the pool|provider: ssl provider|pre-login handshake)/i,
      /provider: (?<detail>[a-z ]{3,40}), error: \d{1,5}/i,
    ],
    text: 'A network-related or instance-specific error occurred while establishing a connection to SQL Server. / ... at System.Data.SqlClient... / ... at Microsoft.Data.SqlClient...',
    means:
      'This is a connection to SQL Server: of Octopus Server to its own database, or of a script that a step runs. The protocol between Octopus Server and Tentacle is not involved.',
    causes: ({ detail = '' }) => {
      const shown = DATABASE_CAUSES.filter(([words]) => words.test(detail)).map(([, cause]) => cause);
      return shown.length > 0 ? shown : CONNECTION_TO_DATABASE;
    },
    next: ({ detail = '' }) => [
      ...(/deadlocked|execution timeout|from the pool/i.test(detail)
        ? [
            {
              who: 'server-admin' as const,
              action:
                'The connection works. Repeat the task; if it recurs, check the load of SQL Server, and rebuild its indexes and statistics.',
            },
          ]
        : []),
      {
        who: 'server-admin',
        action:
          'Test the port of SQL Server on the machine that logged this message: its name and TCP have to be ok. TLS is not expected there.',
        ...sameCommand('tentacle-ping diagnose SQL-SERVER:1433'),
      },
      {
        who: 'server-admin',
        action: 'If the port opens, read the error log of SQL Server for the same second.',
      },
    ],
    decidedBy: 'network',
    example:
      'System.Data.SqlClient.SqlException (0x80131904): A network-related or instance-specific error occurred while establishing a connection to SQL Server. The server was not found or was not accessible. (provider: TCP Provider, error: 0 - A connection attempt failed)',
  }),
  defineMessage({
    id: 'rest.page-instead-of-data',
    patterns: ['unexpected character encountered while parsing value: <'],
    text: "Newtonsoft.Json.JsonReaderException: Unexpected character encountered while parsing value: <. Path '', line 0, position 0.",
    means:
      'A web request expected data (JSON) and received a page (HTML): something other than the REST API of Octopus answered. The protocol between Octopus Server and Tentacle is not involved.',
    causes: [
      {
        text: 'a web proxy or captive portal answers with its own page: sign-in, block or error',
        failure: 'identity.http',
      },
      {
        text: 'the address is that of another website, or lacks the path of Octopus (virtual directory)',
        failure: 'identity.http',
      },
      { text: 'a gateway in front of Octopus asks for a sign-in first' },
    ],
    next: ({ host = 'OCTOPUS-SERVER', port = '443' }) => [
      {
        who: 'you',
        action:
          'Run diagnose against the web address on the machine that logged this message. It shows whose page answers and whose certificate is presented.',
        ...sameCommand(`tentacle-ping diagnose ${host}:${port}`),
      },
      {
        who: 'you',
        action: 'Request the start of the REST API there. Octopus answers with JSON that contains "Application".',
        windows: `Invoke-RestMethod https://${host}/api`,
        linux: `curl -i https://${host}/api`,
      },
    ],
    decidedBy: 'network',
    example:
      "Newtonsoft.Json.JsonReaderException: Unexpected character encountered while parsing value: <. Path '', line 0, position 0.",
  }),
];
