import { logLine } from './log-line.js';
import { ADDRESS, HOST, PORT, THUMBPRINT } from './seen.js';
import {
  diagnose,
  diagnoseServer,
  newCertificate,
  otherLog,
  passThrough,
  pong,
  showThumbprint,
  trustThumbprint,
} from './steps.js';

const CLIENT_AT = new RegExp(`client at (?<client>${ADDRESS})`, 'i');
const SERVER_AT = new RegExp(`(?:server|host|wss) (?:at )?(?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i');

/** Expected and presented, in the wording of Halibut and of its predecessor. */
const TWO_THUMBPRINTS = [
  new RegExp(
    `with the thumbprint '(?<expectedThumbprint>${THUMBPRINT})'.{0,80}thumbprint of '(?<presentedThumbprint>${THUMBPRINT})'(?: and subject '(?<subject>[^']{1,200})')?`,
    'i',
  ),
  new RegExp(
    `certificate with thumbprint: (?<expectedThumbprint>${THUMBPRINT}); instead the machine provided: (?<presentedThumbprint>${THUMBPRINT})`,
    'i',
  ),
  SERVER_AT,
];

const updateTrust = {
  who: 'server-admin',
  action:
    'If the presented thumbprint is the one that the host itself shows, its certificate was renewed: put the new thumbprint into Octopus, or (polling) into the Tentacle.',
  windows: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
  linux: 'Tentacle update-trust --oldThumbprint=OLD --newThumbprint=NEW',
} as const;

const notOctopus = {
  who: 'server-admin',
  action: 'Check host and port: is it the port on which the Tentacle (or the server) speaks Halibut?',
} as const;

export const trustIdentityLogLines = [
  logLine({
    id: 'wss.unexpected-certificate',
    patterns: ['wss://... presented an unexpected security certificate'],
    captures: TWO_THUMBPRINTS,
    text: 'The server at wss://... presented an unexpected security certificate. ...',
    means:
      'Over WebSocket the Tentacle sees the certificate that HTTP.sys, IIS or a gateway binds to the port, not the one of Octopus; and it was told to expect another.',
    causes: [
      { text: "the Tentacle was given Octopus's own thumbprint in place of the web server's" },
      { text: 'the certificate of the web server was renewed' },
      { text: 'a gateway in front has a certificate of its own' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'it shows the certificate that the port really presents'),
      {
        who: 'tentacle-admin',
        action: "Trust the web server's thumbprint: the one that netsh shows for the port on the Octopus Server.",
        windows: 'netsh http show sslcert',
      },
    ],
    tells: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  The server at wss://octopus.example:443/OctopusComms presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${'A1'.repeat(20)}'. Instead, it presented a certificate with a thumbprint of '${'B2'.repeat(20)}' and subject 'CN=octopus.example'.`,
  }),
  logLine({
    id: 'trust.unexpected-certificate',
    patterns: [
      'presented an unexpected security certificate',
      'we aborted the connection because the remote host was not authenticated',
    ],
    captures: TWO_THUMBPRINTS,
    text: "The server at ... presented an unexpected security certificate. We expected ... thumbprint '...'. Instead, it presented ... '...' and subject '...'. ...",
    means:
      'TCP and TLS work, and the certificate on the other side is another than the one that was expected. Nothing was sent to it.',
    causes: [
      {
        text: 'the certificate of that host was regenerated, or another instance or machine answers there',
        failure: 'trust.unexpected-thumbprint',
      },
      {
        text: "something on the way ends TLS and shows a certificate of its own (its subject is then no 'CN=Octopus ...')",
        failure: 'trust.intercepted',
      },
      {
        text: "over WebSocket: the expected thumbprint has to be the web server's, not Octopus's",
        failure: 'trust.unexpected-thumbprint',
      },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows the certificate that is presented, who issued it, and whether it is the same each time'),
      showThumbprint,
      updateTrust,
      passThrough,
    ],
    tells: 'network',
    example: `2024-03-05 10:15:20.1234   4508     27 ERROR  https://web01.example:10933/    27  The server at https://web01.example:10933/ presented an unexpected security certificate. We expected the server to present a certificate with the thumbprint '${'A1'.repeat(20)}'. Instead, it presented a certificate with a thumbprint of '${'B2'.repeat(20)}' and subject 'CN=Octopus Tentacle'. This usually happens when the client has been configured to expect the server to have the wrong certificate`,
  }),
  logLine({
    id: 'poll.server-closed-after-identity',
    patterns: [
      'halibut client exception:...attempted to read past the end of the stream',
      'exception in the polling loop...attempted to read past the end of the stream',
    ],
    text: 'Halibut client exception: ... Attempted to read past the end of the stream. Retrying in ... seconds',
    means:
      'The polling Tentacle reached the server, finished TLS, said who it is, and the server closed without a word. The words "after the request began" in it are about retrying only.',
    causes: [
      {
        text: "the server does not trust the Tentacle's thumbprint (not registered, disabled, or another space)",
        failure: 'trust.closed-after-identity',
      },
      { text: 'the server has reached its limit of connections for this subscription' },
      {
        text: 'something on the way ends TLS and passes on no client certificate',
        failure: 'trust.client-certificate-missing',
      },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action:
          'Search the log of the Octopus Server at the same second for "not in the list of thumbprints", "did not present a client certificate" or "maximum number of active connections": the words name the cause; no line at all means that it was cut on the way.',
      },
      diagnoseServer(seen, 'it shows the certificate that answers, and how the connection ends'),
      showThumbprint,
      passThrough,
    ],
    tells: 'both',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  https://octopus.example:10943/    27  Halibut client exception: An error occurred when sending a request to 'https://octopus.example:10943/', after the request began: Attempted to read past the end of the stream. Retrying in 5.0 seconds",
  }),
  logLine({
    id: 'trust.closed-before-request',
    patterns: ['before the request could begin:...attempted to read past the end of the stream'],
    text: "An error occurred when sending a request to 'https://.../', before the request could begin: Attempted to read past the end of the stream.",
    means:
      'TLS was finished, the identity was sent, and the other end closed without a word. That is how an Octopus end refuses a client that it does not trust.',
    causes: [
      { text: 'the Tentacle does not trust the thumbprint of this server', failure: 'trust.closed-after-identity' },
      {
        text: 'something on the way ends TLS and takes the client certificate off',
        failure: 'trust.client-certificate-missing',
      },
      {
        text: 'a certificate signed with SHA-1, which a hardened system does not take',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      otherLog,
      diagnose(seen, 'it says "closed after identity" when it is this, and shows the certificate that answers'),
      trustThumbprint({}),
      newCertificate,
      passThrough,
    ],
    tells: 'network',
    example:
      "2024-03-05 10:15:20.1234   4508     27 ERROR  An error occurred when sending a request to 'https://web01.example:10933/', before the request could begin: Attempted to read past the end of the stream.",
  }),
  logLine({
    id: 'trust.thumbprint-not-in-list',
    patterns: ['which is not in the list of thumbprints that we trust'],
    captures: [CLIENT_AT],
    text: "A client at ... connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '...' which is not in the list of thumbprints that we trust",
    means:
      'The other end of "Attempted to read past the end of the stream": somebody with this thumbprint came all the way and was refused.',
    causes: [
      {
        text: 'that thumbprint is your server (or Tentacle), and this end was never told to trust it',
        failure: 'trust.closed-after-identity',
      },
      { text: 'a Tentacle that was removed, disabled or registered anew still polls' },
      { text: 'a stranger: a tentacle-ping with its own certificate, or a scanner' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: `Look whose thumbprint that is: ${seen.thumbprint ?? 'the one in the line'} (server: Configuration, Thumbprint; Tentacle: show-thumbprint).`,
        windows: 'Tentacle show-thumbprint',
        linux: 'Tentacle show-thumbprint',
      },
      trustThumbprint(seen),
    ],
    tells: 'both',
    example: `2024-03-05 10:15:20.1234   4508     27  INFO  listen://[::]:10933/    27  A client at [::ffff:10.1.2.3]:51234 connected, and attempted a message exchange, but it presented a client certificate with the thumbprint '${'C3'.repeat(20)}' which is not in the list of thumbprints that we trust`,
  }),
  logLine({
    id: 'trust.no-client-certificate',
    patterns: ['but did not present a client certificate'],
    captures: [CLIENT_AT],
    text: 'A client at ... connected, and attempted a message exchange, but did not present a client certificate',
    means: 'Somebody came who speaks Halibut and showed no certificate. Octopus and Tentacle always show one.',
    causes: [
      {
        text: 'TLS is ended and made anew on the way, which loses the client certificate',
        failure: 'trust.client-certificate-missing',
      },
      { text: 'a test tool without a certificate' },
    ],
    next: (seen) => [
      {
        who: 'you',
        action:
          'From the other end, ping a tentacle-pong on this host: pong says which client certificate arrives, and ping whether the certificate that it sees is another.',
        windows: `tentacle-ping diagnose ${seen.host ?? 'TENTACLE'}:10934`,
        linux: `tentacle-ping diagnose ${seen.host ?? 'TENTACLE'}:10934`,
      },
      passThrough,
    ],
    tells: 'both',
    example:
      '2024-03-05 10:15:20.1234   4508     27  INFO  listen://[::]:10933/    27  A client at 10.1.2.3:51234 connected, and attempted a message exchange, but did not present a client certificate',
  }),
  logLine({
    id: 'trust.aborted-before-established',
    patterns: ['aborted the connection before it was fully established'],
    captures: [
      SERVER_AT,
      new RegExp(`we provided a certificate with a thumbprint of '(?<thumbprint>${THUMBPRINT})'`, 'i'),
    ],
    text: "The server ... aborted the connection before it was fully established. This usually means that the server rejected the certificate that we provided. We provided a certificate with a thumbprint of '...'.",
    means: 'The connection was reset. The message guesses at trust, but any reset gives it.',
    causes: [
      { text: 'the other end does not trust the thumbprint in the line', failure: 'trust.closed-after-identity' },
      {
        text: 'a firewall or inspecting device resets when TLS or the first bytes pass',
        failure: 'tls.reset',
      },
      { text: 'large packets vanish on the way (MTU): a reset about 15 s after the start', failure: 'tls.silent' },
      { text: 'the service was stopping', failure: 'rpc.reset' },
    ],
    next: (seen) => [
      diagnose(seen, 'the stage and the time of the reset tell trust from a device from packet size'),
      otherLog,
      trustThumbprint(seen),
    ],
    tells: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  The server https://web01.example:10933/ aborted the connection before it was fully established. This usually means that the server rejected the certificate that we provided. We provided a certificate with a thumbprint of '${'D4'.repeat(20)}'.`,
  }),
  logLine({
    id: 'trust.host-reset',
    patterns: ['this may mean that the expected listening service does not trust the thumbprint'],
    captures: [SERVER_AT, new RegExp(`does not trust the thumbprint (?<thumbprint>${THUMBPRINT})`, 'i')],
    text: 'The remote host at ... reset the connection. This may mean that the expected listening service does not trust the thumbprint ... or was shut down.',
    means:
      'The connection was reset while in use. Trust is one guess; a stop or a device on the way give the same line.',
    causes: [
      { text: 'the other end does not trust the thumbprint in the line', failure: 'trust.closed-after-identity' },
      { text: 'the service stopped or restarted', failure: 'rpc.reset' },
      { text: 'a firewall or inspecting device resets', failure: 'tls.reset' },
    ],
    next: (seen) => [
      diagnose(seen, 'the stage of the reset tells trust from a device'),
      otherLog,
      trustThumbprint(seen),
    ],
    tells: 'network',
    example: `2024-03-05 10:15:20.1234 ERROR  https://web01.example:10933/    27  The remote host at https://web01.example:10933/ reset the connection. This may mean that the expected listening service does not trust the thumbprint ${'D4'.repeat(20)} or was shut down.`,
  }),
  logLine({
    id: 'trust.remote-host-aborted',
    patterns: [
      'the remote host aborted the connection. this can happen when the remote server does not trust',
      'pipefishexception: the request failed: unauthorized',
    ],
    text: 'The remote host aborted the connection. This can happen when the remote server does not trust the certificate that we provided.',
    means: 'The wording of Octopus 2.x for a connection that the other end cut.',
    causes: [
      { text: 'the other end does not trust this thumbprint', failure: 'trust.closed-after-identity' },
      { text: 'the connection was reset on the way', failure: 'tls.reset' },
    ],
    next: (seen) => [otherLog, diagnose(seen), trustThumbprint(seen)],
    tells: 'both',
    example:
      'Pipefish.PipefishException: The remote host aborted the connection. This can happen when the remote server does not trust the certificate that we provided. ---> System.IO.IOException: Unable to read data from the transport connection',
  }),
  logLine({
    id: 'identity.following-line-not-empty',
    patterns: ['unable to receive the remote identity; the following line was not empty'],
    text: 'Unable to receive the remote identity; the following line was not empty.',
    means:
      'Behind TLS a web page with headers came where "MX-SERVER 1.0" was due. (Libraries from before the end of 2022 say "unknown identity type: \'HTTP/1.0\'" instead.)',
    causes: [
      { text: 'a proxy, gateway or web application firewall answered in place of Octopus', failure: 'identity.http' },
      { text: 'the port belongs to a web server', failure: 'identity.http' },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows status, title and Server header of what answers'),
      passThrough,
      notOctopus,
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Unable to receive the remote identity; the following line was not empty.',
  }),
  logLine({
    id: 'identity.unknown-type',
    patterns: ['unable to process remote identity; unknown identity type'],
    captures: [/unknown identity type: '?(?<detail>[^'\s]{1,60})/i],
    text: "Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
    means:
      'Behind TLS something came that is no identity of Halibut. \'HTTP/...\' is a web page, which the log holds after the word "Response:".',
    causes: [
      { text: 'a proxy, gateway or web application firewall answered in place of Octopus', failure: 'identity.http' },
      { text: 'the port belongs to another TLS service', failure: 'identity.unknown' },
    ],
    next: (seen) => [diagnose(seen, 'it names what answers, with its first bytes'), passThrough, notOctopus],
    tells: 'network',
    example:
      "2019-09-26 12:13:33 [Error] Halibut.Transport.Protocol.ProtocolException: Unable to process remote identity; unknown identity type: 'HTTP/1.0'",
  }),
  logLine({
    id: 'identity.line-empty',
    patterns: ['unable to receive the remote identity; the identity line was empty'],
    text: 'Unable to receive the remote identity; the identity line was empty.',
    means: 'Behind TLS the connection gave an empty line, or ended, where the identity was due.',
    causes: [
      { text: 'an old Tentacle with a weak certificate', failure: 'identity.empty' },
      { text: 'a load balancer that ends TLS, WebSocket included (not supported)', failure: 'identity.empty' },
    ],
    next: (seen) => [
      diagnose(seen, 'it shows key size and signature of the certificate, and whether it is the expected one'),
      newCertificate,
      passThrough,
    ],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Unable to receive the remote identity; the identity line was empty.',
  }),
  logLine({
    id: 'identity.not-a-server',
    patterns: [
      'expected the remote endpoint to identity as a server',
      'expected the remote endpoint to identify as a server',
    ],
    captures: [/it identified as: (?<detail>\w{1,40})/i],
    text: 'Expected the remote endpoint to identity as a server. Instead, it identified as: ...',
    means: 'Two ends of the same kind face each other: both say that they are the client.',
    causes: [{ text: 'the address leads to another caller, not to a listener', failure: 'identity.unexpected-role' }],
    next: (seen) => [diagnose(seen, 'it shows what the other end calls itself'), notOctopus],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Expected the remote endpoint to identity as a server. Instead, it identified as: Client',
  }),
  logLine({
    id: 'identity.no-subscription-id',
    patterns: ['identified as a subscriber, but did not supply a subscription id'],
    text: '... client identified as a subscriber, but did not supply a subscription ID.',
    means: 'Whoever polled broke the protocol: a poller has to name its subscription.',
    causes: [
      { text: 'the poller is no Tentacle', failure: 'identity.unknown' },
      { text: 'something inside TLS changes what passes', failure: 'rpc.garbled' },
    ],
    next: (seen) => [diagnoseServer(seen, 'it shows whether its TLS reaches the server unbroken'), passThrough],
    tells: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Unable to receive the remote identity; the client identified as a subscriber, but did not supply a subscription ID.',
  }),
  logLine({
    id: 'identity.bad-control-line',
    patterns: ["unexpected byte after '...' in control message", 'unexpected byte after ... in control message: 0x'],
    captures: [/in control message: (?<detail>0x[0-9a-f]{1,2})/i],
    text: "Unexpected byte after '\\r' in control message: 0x...",
    means: 'A line of the protocol was not ended as it must be.',
    causes: [
      { text: 'the other end is no Octopus end', failure: 'identity.unknown' },
      { text: 'something inside TLS changes what passes', failure: 'rpc.garbled' },
    ],
    next: (seen) => [diagnose(seen, 'it shows the bytes that come'), pong(seen), passThrough],
    tells: 'network',
    example: "2024-03-05 10:15:20.1234 ERROR  Unexpected byte after '\\r' in control message: 0x0D",
  }),
  logLine({
    id: 'trust.rejecting-connection',
    patterns: ['rejecting connection: the client at ... provided a certificate with thumbprint'],
    captures: [CLIENT_AT, new RegExp(`certificate with thumbprint (?<thumbprint>${THUMBPRINT})`, 'i')],
    text: 'Rejecting connection: the client at ... provided a certificate with thumbprint ..., while the server trusts ...',
    means: 'The server was polled by a Tentacle that it does not know (any more).',
    causes: [
      { text: 'a Tentacle that was removed or disabled in Octopus still polls' },
      {
        text: 'a Tentacle whose certificate was renewed without telling the server',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: `Find the machine${seen.client === undefined ? '' : ` at ${seen.client}`} and compare its thumbprint with the one in Octopus.`,
        windows: 'Tentacle show-thumbprint',
        linux: 'Tentacle show-thumbprint',
      },
      {
        who: 'tentacle-admin',
        action: 'Register it anew, or stop and remove the service when it is not needed.',
        windows: 'Tentacle service --stop --uninstall',
        linux: 'Tentacle service --stop --uninstall',
      },
    ],
    tells: 'both',
    example: `2014-03-11 15:16:47.6010  ERROR  Rejecting connection: the client at 10.1.2.3:51234 provided a certificate with thumbprint ${'E5'.repeat(20)}, while the server trusts ${'F6'.repeat(20)} for polling endpoints.`,
  }),
  logLine({
    id: 'trust.cloned-machine',
    patterns: [
      {
        oneOf: ['deployed to'],
        regex: /deployed to \w{1,30} instead of \w{1,30}/,
      },
      'cloned vm, same certificate',
      'cloned vm with the same certificate',
      'two machines with the same thumbprint',
    ],
    text: '(Deployed to production instead of dev: cloned VM, same certificate)',
    means:
      'Two machines with one certificate and one subscription are one Tentacle to the server: they share its work between them.',
    causes: [{ text: 'a machine was cloned with its Tentacle, certificate and subscription included' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare thumbprint and subscription on both machines.',
        windows: 'Tentacle show-thumbprint & Tentacle show-configuration',
        linux: 'Tentacle show-thumbprint; Tentacle show-configuration',
      },
      {
        who: 'tentacle-admin',
        action: 'On the clone make a new certificate and register it anew.',
        windows: 'Tentacle new-certificate & Tentacle register-with ...',
        linux: 'Tentacle new-certificate; Tentacle register-with ...',
      },
    ],
    tells: 'both',
    example: 'Deployed to production instead of dev: cloned VM, same certificate',
  }),
  logLine({
    id: 'trust.nothing-trusted',
    patterns: ['the agent is not configured to trust any octopus servers'],
    text: 'The agent is not configured to trust any Octopus Servers.',
    means: 'This Tentacle refuses everybody: no Octopus Server was ever made known to it.',
    causes: [
      {
        text: 'it was installed and not yet configured, or its list was emptied (--reset-trust)',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: 'See what it trusts.',
        windows: 'Tentacle show-configuration',
        linux: 'Tentacle show-configuration',
      },
      trustThumbprint(seen),
    ],
    tells: 'host',
    example: '2024-03-05 10:15:20.1234   4508      1  INFO  The agent is not configured to trust any Octopus Servers.',
  }),
  logLine({
    id: 'wss.no-thumbprint',
    patterns: [
      'could not determine thumbprint of the ssl certificate at',
      'unable to determine the thumbprint of the certificate presented by',
    ],
    captures: [
      new RegExp(`certificate (?:at|presented by) (?:wss|https)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i'),
    ],
    text: 'Could not determine thumbprint of the SSL Certificate at wss://...',
    means: 'The Tentacle connected to the WebSocket address to read its certificate, and got none.',
    causes: [
      { text: 'nothing answers there', failure: 'tcp.refused' },
      { text: 'what answers does not speak TLS, or has no certificate bound to the port', failure: 'tls.not-tls' },
      { text: 'TLS fails', failure: 'tls.closed' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'it says at which stage it ends'),
      {
        who: 'server-admin',
        action: 'Bind a certificate to the port of the WebSocket listener.',
        windows: 'netsh http show sslcert',
      },
    ],
    tells: 'network',
    example: 'Could not determine thumbprint of the SSL Certificate at wss://octopus.example:443/OctopusComms',
  }),
  logLine({
    id: 'wss.windows-only',
    patterns: ['websockets is only supported on windows server 2012 and later'],
    text: 'Websockets is only supported on Windows Server 2012 and later',
    means: 'This system cannot do WebSockets for Octopus; nothing was sent.',
    causes: [{ text: 'an older Windows' }],
    next: () => [{ who: 'server-admin', action: 'Use a polling Tentacle over TCP 10943 or 443, or a newer Windows.' }],
    tells: 'host',
    example: 'Websockets is only supported on Windows Server 2012 and later',
  }),
  logLine({
    id: 'wss.address-prefix',
    patterns: ['the websocket address must start with wss://', 'web socket listen prefixes must start with https://'],
    text: 'The websocket address must start with wss:// / Web socket listen prefixes must start with https://',
    means: 'The address is written the wrong way; nothing was sent.',
    causes: [{ text: 'the Tentacle wants wss://host:443/path, the server https://+:443/path' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Write the address with its prefix.',
        windows: 'Tentacle register-with --server-web-socket=wss://octopus.example:443/OctopusComms ...',
        linux: 'Tentacle register-with --server-web-socket=wss://octopus.example:443/OctopusComms ...',
      },
    ],
    tells: 'host',
    example: 'The websocket address must start with wss://',
  }),
  logLine({
    id: 'trust.no-server-certificate',
    patterns: ['the server did not provide an ssl certificate'],
    text: 'The server did not provide an SSL certificate',
    means: 'Discovery finished TLS and saw no certificate at all. Octopus ends always have one.',
    causes: [{ text: 'another TLS service, or a device in between', failure: 'trust.unexpected-thumbprint' }],
    next: (seen) => [diagnose(seen, 'it shows what answers'), notOctopus],
    tells: 'network',
    example: 'Halibut.HalibutClientException: The server did not provide an SSL certificate',
  }),
];
