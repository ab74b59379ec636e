import { tentacleCommand } from '../product-commands.js';
import { CLIENT_AT, HOST, PORT, THUMBPRINT } from './captured-fields.js';
import { defineMessage } from './known-message.js';
import { diagnose, diagnoseServer } from './steps.js';
import { acceptClient, checkAddress } from './trust-steps.js';

/** Settings of trust, and of certificates for WebSockets, that cannot work. */
export const trustSettingMessages = [
  defineMessage({
    id: 'trust.rejecting-connection',
    patterns: ['rejecting connection: the client at ... provided a certificate with thumbprint'],
    captures: [CLIENT_AT, new RegExp(`certificate with thumbprint (?<thumbprint>${THUMBPRINT})`, 'i')],
    text: 'Rejecting connection: the client at ... provided a certificate with thumbprint ..., while the server trusts ...',
    means:
      'A Tentacle that the server does not know (or no longer knows) polled it. Octopus 2.x writes this; newer versions write "not in the list of thumbprints".',
    causes: [
      { text: 'a Tentacle that was removed or disabled in Octopus still polls' },
      {
        text: "a Tentacle's certificate was renewed without updating the server",
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: `Find the machine${seen.client === undefined ? '' : ` at ${seen.client}`} and compare its thumbprint with the one in Octopus.`,
        ...tentacleCommand('show-thumbprint'),
      },
      ...acceptClient({ ...seen, origin: { ...seen.origin, product: 'server', mode: 'polling' } }),
      {
        who: 'tentacle-admin',
        action: 'If that Tentacle is not needed any more, stop its service.',
        ...tentacleCommand('service --stop'),
      },
    ],
    decidedBy: 'both',
    example: `2014-03-11 15:16:47.6010  ERROR  Rejecting connection: the client at 10.1.2.3:51234 provided a certificate with thumbprint ${'E5'.repeat(20)}, while the server trusts ${'F6'.repeat(20)} for polling endpoints.`,
  }),
  defineMessage({
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
      'Two machines with the same certificate and subscription are a single Tentacle to the server. Each of its calls reaches one or the other.',
    causes: [{ text: 'a machine was cloned together with its Tentacle, certificate and subscription' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare the thumbprint and the subscription on both machines.',
        ...tentacleCommand('show-thumbprint', 'show-configuration'),
      },
      {
        who: 'tentacle-admin',
        action: 'Create a new certificate on the clone, and restart it. Octopus does not know that thumbprint yet.',
        ...tentacleCommand('new-certificate', 'service --restart'),
      },
      {
        who: 'tentacle-admin',
        action: 'Register the clone as a machine of its own.',
        ...tentacleCommand(
          'register-with --server https://OCTOPUS-SERVER --apiKey API-KEY --name NAME --environment ENVIRONMENT --role ROLE --comms-style TentacleActive --force',
        ),
      },
    ],
    decidedBy: 'both',
    example: 'Deployed to production instead of dev: cloned VM, same certificate',
  }),
  defineMessage({
    id: 'trust.nothing-trusted',
    patterns: ['the agent is not configured to trust any octopus servers'],
    text: 'The agent is not configured to trust any Octopus Servers.',
    means: 'This Tentacle rejects every client: it was never configured to trust an Octopus Server.',
    causes: [
      {
        text: 'it was installed but not yet configured, or its list was cleared (--reset-trust)',
        failure: 'trust.closed-after-identity',
      },
    ],
    next: (seen) => [
      {
        who: 'tentacle-admin',
        action: 'List the thumbprints that it trusts.',
        ...tentacleCommand('show-configuration'),
      },
      ...acceptClient({ ...seen, origin: { ...seen.origin, product: 'tentacle', mode: 'listening' } }),
    ],
    decidedBy: 'host',
    example: '2024-03-05 10:15:20.1234   4508      1  INFO  The agent is not configured to trust any Octopus Servers.',
  }),
  defineMessage({
    id: 'wss.no-thumbprint',
    patterns: [
      'could not determine thumbprint of the ssl certificate at',
      'unable to determine the thumbprint of the certificate presented by',
    ],
    captures: [
      new RegExp(`certificate (?:at|presented by) (?:wss|https)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i'),
    ],
    text: 'Could not determine thumbprint of the SSL Certificate at wss://...',
    means: 'The Tentacle connected to the WebSocket address to read its certificate, but received none.',
    causes: [
      { text: 'nothing is listening there', failure: 'tcp.refused' },
      { text: 'the service there does not speak TLS, or has no certificate bound to the port', failure: 'tls.not-tls' },
      { text: 'the TLS handshake fails', failure: 'tls.closed' },
    ],
    next: (seen) => [
      diagnoseServer({ ...seen, port: seen.port ?? '443' }, 'It reports the stage at which the connection fails.'),
      {
        who: 'server-admin',
        action: "Bind a certificate to the WebSocket listener's port.",
        windows: 'netsh http show sslcert',
      },
    ],
    decidedBy: 'network',
    example: 'Could not determine thumbprint of the SSL Certificate at wss://octopus.example:443/OctopusComms',
  }),
  defineMessage({
    id: 'wss.windows-only',
    patterns: [
      'websockets is only supported on windows server 2012 and later',
      'cannot act as the client in a websocket polling setup',
    ],
    text: 'Websockets is only supported on Windows Server 2012 and later',
    means: 'This system does not support WebSockets for Octopus. Nothing was sent.',
    causes: [{ text: 'a Windows version that is too old' }],
    next: () => [
      { who: 'server-admin', action: 'Use a polling Tentacle over TCP 10943 or 443, or a newer Windows version.' },
    ],
    decidedBy: 'host',
    example: 'Websockets is only supported on Windows Server 2012 and later',
  }),
  defineMessage({
    id: 'wss.address-prefix',
    patterns: [
      'the websocket address must start with wss://',
      'web socket listen prefixes must start with https://',
      'only wss:// endpoints are supported',
    ],
    text: 'The websocket address must start with wss:// / Web socket listen prefixes must start with https://',
    means: 'The format of the address is wrong. Nothing was sent.',
    causes: [{ text: 'the prefix is missing: a Tentacle requires wss://host:443/path, the server https://+:443/path' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Enter the address with its prefix.',
        ...tentacleCommand(
          'register-with --server https://OCTOPUS-SERVER --apiKey API-KEY --server-web-socket=wss://OCTOPUS-SERVER:443/OctopusComms --comms-style TentacleActive --environment ENVIRONMENT --role ROLE',
        ),
      },
    ],
    decidedBy: 'host',
    example: 'The websocket address must start with wss://',
  }),
  defineMessage({
    id: 'trust.no-server-certificate',
    patterns: ['the server did not provide an ssl certificate'],
    text: 'The server did not provide an SSL certificate',
    means: 'Discovery completed TLS but received no certificate. Octopus ends always present one.',
    causes: [{ text: 'another TLS service, or a device in between', failure: 'trust.unexpected-thumbprint' }],
    next: (seen) => [diagnose(seen, 'It identifies the service that replies.'), checkAddress(seen)],
    decidedBy: 'network',
    example: 'Halibut.HalibutClientException: The server did not provide an SSL certificate',
  }),
];
