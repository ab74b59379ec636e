import { octopusServerCommand, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineMessage } from './known-message.js';
import { HOST, THUMBPRINT } from './captured-fields.js';
import { diagnoseServer } from './steps.js';

const THUMBPRINT_AND_HOST = [
  new RegExp(`--thumbprint="?(?<thumbprint>${THUMBPRINT})`, 'i'),
  new RegExp(`with the thumbprint '(?<thumbprint>${THUMBPRINT})'`, 'i'),
  new RegExp(`--host (?<host>${HOST})`, 'i'),
];

const listSettings: Step = {
  who: 'tentacle-admin',
  action: 'List which servers this Tentacle trusts, and which of them it polls.',
  ...tentacleCommand('show-configuration'),
};

/** Refusals by the commands of Tentacle: each names what is missing. None of them is a fault of the network. */
export const tentacleCommandMessages = [
  defineMessage({
    id: 'trust.command-server-not-trusted',
    patterns: [
      'the octopus server with the thumbprint ... is not yet trusted',
      'the octopus server with the thumbprint ... is not trusted yet',
      'before server communications can be modified, trust must be established with the configure command',
      'no trusted server was found with the supplied thumbprint',
      'more than one server is trusted; please provide the thumbprint',
    ],
    captures: THUMBPRINT_AND_HOST,
    text: "The Octopus Server with the thumbprint '...' is not yet trusted. / No trusted server was found with the supplied thumbprint",
    means:
      'The command (poll-server or server-comms) works only for a server that this Tentacle already trusts. It changed nothing. If it names a thumbprint, the server was reached and reported it.',
    causes: [
      { text: "this Tentacle was never registered with that server, or the server's certificate is new" },
      { text: 'another instance of Tentacle on this machine is the registered one (--instance)' },
      { text: "the thumbprint is mistyped, or it is the web server's instead of Octopus's" },
    ],
    next: (seen) => [
      listSettings,
      {
        who: 'tentacle-admin',
        action:
          "If the thumbprint is your Octopus Server's (Configuration, Thumbprint), trust it. Then run the first command again, and restart the Tentacle.",
        ...tentacleCommand(`configure --trust=${seen.thumbprint ?? 'THUMBPRINT'}`, 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example: `The Octopus Server with the thumbprint '${'A1'.repeat(20)}' is not yet trusted.`,
  }),
  defineMessage({
    id: 'trust.old-thumbprint-differs',
    patterns: ['ignoring ... - does not match old thumbprint'],
    captures: [new RegExp(`(?<thumbprint>${THUMBPRINT}) - does not match`, 'i')],
    text: 'Ignoring polling tentacle https://.../ ... - does not match old thumbprint',
    means:
      'The command update-trust left this registration as it was, because the thumbprint it trusts is not the one given as --oldThumbprint. Only registrations with that thumbprint are changed.',
    causes: [
      { text: 'the registration belongs to another Octopus Server, which did not change: harmless' },
      { text: 'the old thumbprint was mistyped, or the new one is trusted already: then nothing was changed' },
    ],
    next: ({ host }) => [
      {
        ...listSettings,
        action: `Compare the thumbprint of the registration${host === undefined ? '' : ` for ${host}`} with that of your Octopus Server (Configuration, Thumbprint). If they are equal, nothing has to be done.`,
      },
      {
        who: 'tentacle-admin',
        action: 'If they differ and that server changed its certificate: run the command with the thumbprint listed.',
        ...tentacleCommand('update-trust --oldThumbprint=OLD --newThumbprint=NEW', 'service --restart'),
      },
    ],
    decidedBy: 'host',
    example: `2024-03-05 10:15:20.1234   4508      1  INFO  Ignoring polling tentacle https://octopus.example:10943/ ${'A1'.repeat(20)} - does not match old thumbprint`,
  }),
  defineMessage({
    id: 'poll.command-not-polling',
    patterns: [
      'this tentacle has not been configured to connect to the specified octopus server as a polling tentacle',
      'reconfigure this tentacle to poll the server using either',
    ],
    captures: THUMBPRINT_AND_HOST,
    text: 'This Tentacle has not been configured to connect to the specified Octopus Server as a polling Tentacle.',
    means:
      'The command poll-server adds a further address to a Tentacle that already polls this server. This one listens for it. The server was reached and is trusted; nothing was changed.',
    causes: [
      { text: 'the Tentacle was registered as a listening one (TentaclePassive)' },
      { text: 'another instance of Tentacle on this machine is the polling one (--instance)' },
    ],
    next: (seen) => [
      listSettings,
      {
        who: 'tentacle-admin',
        action:
          'If it has to poll, change its style, then restart it. Octopus also has to know it as a polling target: register it again if its target there is a listening one.',
        ...tentacleCommand(
          `server-comms --thumbprint=${seen.thumbprint ?? 'THUMBPRINT'} --style=TentacleActive --host=${seen.host ?? 'OCTOPUS-SERVER'}`,
          'service --restart',
        ),
      },
      diagnoseServer({ ...(seen.host === undefined ? {} : { host: seen.host }) }),
    ],
    decidedBy: 'host',
    example: 'This Tentacle has not been configured to connect to the specified Octopus Server as a polling Tentacle.',
  }),
  defineMessage({
    id: 'local.registration-versions',
    patterns: [
      {
        oneOf: ['octopus tentacle with a'],
        regex: /you cannot register an? [\d.*]{3,8} octopus tentacle with an? /,
      },
      'unable to determine the octopus server version',
    ],
    captures: [/with an? (?<detail>\d[\d.*]{2,8}) octopus server/i],
    text: 'You cannot register a 7.* Octopus Tentacle with a 3.* Octopus Server.',
    means:
      'Tentacle read the version of the server at the web address and refuses to register with it. The web port was reached; the communications port is not the problem.',
    causes: [
      { text: 'the Octopus Server is too old for this Tentacle' },
      { text: 'the address leads to another Octopus Server than intended, or to a proxy that answers in its place' },
    ],
    next: () => [
      {
        who: 'you',
        action: 'Read the version that the address reports.',
        windows: 'Invoke-RestMethod https://OCTOPUS-SERVER/api | Select-Object Version',
        linux: 'curl https://OCTOPUS-SERVER/api',
      },
      {
        who: 'server-admin',
        action: 'If it is the right server, upgrade it, or install the Tentacle version that it offers.',
      },
    ],
    decidedBy: 'host',
    example: 'You cannot register a 7.* Octopus Tentacle with a 3.* Octopus Server.',
  }),
  defineMessage({
    id: 'trust.wrong-certificate',
    patterns: [
      'could not establish a trust relationship because the other party was using the wrong certificate',
      'is not in our list of trusted certificates',
      'given by the remote server is not what we expected',
    ],
    captures: [
      new RegExp(
        `(?:they provided was|identified as): (?<presentedThumbprint>${THUMBPRINT}) while we (?:would have accepted|expected): (?<expectedThumbprint>${THUMBPRINT})`,
        'i',
      ),
      new RegExp(`identified itself with the thumbprint: (?<thumbprint>${THUMBPRINT})`, 'i'),
    ],
    text: 'Could not establish a trust relationship because the other party was using the wrong certificate; the thumbprint of the certificate they provided was: ... while we would have accepted: ...',
    means:
      'TCP and TLS work. The other end presented a certificate whose thumbprint is not in the list of this end. The message contains both thumbprints, first the presented one.',
    causes: [
      { text: "the other end's certificate was renewed", failure: 'trust.unexpected-thumbprint' },
      { text: 'another server or Tentacle answers at that address', failure: 'trust.unexpected-thumbprint' },
      { text: 'a device in between presents its own certificate', failure: 'trust.intercepted' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: `Find out whose thumbprint was presented: ${seen.presentedThumbprint ?? seen.thumbprint ?? 'the first one in the message'} (server: Configuration, Thumbprint; Tentacle: the command).`,
        ...tentacleCommand('show-thumbprint'),
      },
      {
        who: 'tentacle-admin',
        action:
          "If it is your Octopus Server's, let this Tentacle trust it, then restart the Tentacle. If it belongs to neither end, a device in between terminates TLS: do not trust it.",
        ...tentacleCommand(
          `configure --trust=${seen.presentedThumbprint ?? seen.thumbprint ?? 'THUMBPRINT'}`,
          'service --restart',
        ),
      },
    ],
    decidedBy: 'both',
    example: `Could not establish a trust relationship because the other party was using the wrong certificate; the thumbprint of the certificate they provided was: ${'A1'.repeat(20)} while we would have accepted: ${'B2'.repeat(20)}`,
  }),
  defineMessage({
    id: 'local.no-certificate-yet',
    patterns: ['no certificate has been generated for this tentacle', 'this tentacle does not have a thumbprint'],
    text: 'No certificate has been generated for this Tentacle. Please run the new-certificate command first.',
    means: 'This instance of Tentacle has no certificate yet, so it cannot be registered. Nothing was sent.',
    causes: [
      { text: 'the installation script omits new-certificate, or it failed' },
      { text: 'the command runs for another instance than the configured one (--instance)' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'List the instances, and check which of them the command is for.',
        ...tentacleCommand('list-instances'),
      },
      {
        who: 'tentacle-admin',
        action: 'Create its certificate (--if-blank keeps an existing one), then register again.',
        ...tentacleCommand('new-certificate --if-blank'),
      },
    ],
    decidedBy: 'host',
    example: 'No certificate has been generated for this Tentacle. Please run the new-certificate command first.',
  }),
  defineMessage({
    id: 'local.no-such-instance',
    patterns: [
      {
        oneOf: ['has not been configured on this machine'],
        regex: /instance .{1,80} has not been configured on this machine/,
      },
      { oneOf: ['could not be found'], regex: /configuration file .{1,260}\.config could not be found/ },
      'unable to find default instance of',
      'the default instance of tentacle has not been created',
      { oneOf: ['tentacle has not been configured'], regex: /\btentacle has not been configured(?:\.|$)/ },
      'could not be matched to one of the existing instances',
      'please pass --instance=instancename when invoking this command',
      'there are no instances of octopus tentacle configured on this machine',
      'there are no instances of octopusserver configured on this machine',
    ],
    text: 'Instance ... of Tentacle has not been configured on this machine. / There is more than one instance of Tentacle configured on this machine. Please pass --instance=INSTANCENAME ...',
    means: 'The command does not know which instance is meant. It changed nothing.',
    causes: [
      { text: 'several instances exist, and --instance is missing' },
      { text: 'the name is mistyped, or the instance was created by another user or deleted' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'List the instances, then repeat the command with --instance=NAME.',
        ...tentacleCommand('list-instances'),
      },
    ],
    decidedBy: 'host',
    example: 'Instance Web of Tentacle has not been configured on this machine. Available instances: Tentacle.',
  }),
  defineMessage({
    id: 'local.service-not-started',
    patterns: [
      {
        oneOf: ['but no service with this name was found'],
        regex: /start requested for service .{1,100}, but no service with this name was found/,
      },
      'as no service was found with that name',
      'the service could not be restarted',
      'the service could not be stopped',
      'the service is not able to stop',
      'could not start the systemd service',
      'could not install the systemd service',
      'could not reconfigure the systemd service',
      'failed to start the windows service',
      'either the instance name of configuration path must be provided to configure a service',
      'unable to set username/password on service',
      'systemd is required to run tentacle as a service',
      { oneOf: ['could not be started'], regex: /service octopus.{1,100} could not be started/ },
    ],
    text: 'Start requested for service OctopusDeploy Tentacle, but no service with this name was found. / Could not start the systemd service: ...',
    means:
      'The service is not running, so it neither listens nor polls. Every connection to a listening Tentacle is refused until it starts.',
    causes: [
      { text: 'the service was never installed, or has the name of another instance', failure: 'tcp.refused' },
      { text: 'its account or password is wrong, or may not log on as a service', failure: 'tcp.refused' },
      { text: 'it starts and stops again: its log contains the reason (a port in use, a certificate without its key)' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check which services exist, and their state.',
        windows: "Get-Service 'OctopusDeploy*'",
        linux: "systemctl list-units --all '*entacle*'\nsudo journalctl -u Tentacle -n 50",
      },
      {
        who: 'tentacle-admin',
        action: 'If it is missing, install and start it (with --instance NAME where there are several).',
        ...tentacleCommand('service --install --start'),
      },
    ],
    decidedBy: 'host',
    example: 'Error: Start requested for service OctopusDeploy Tentacle, but no service with this name was found.',
  }),
  defineMessage({
    id: 'local.not-elevated',
    patterns: [
      'requires elevated privileges. please run command as sudo',
      'please re-run from an elevated shell',
      'please try re-running the command as an administrator from an elevated command prompt',
      'the octopus tentacle manager requires elevated privileges',
    ],
    text: 'Requires elevated privileges. Please run command as sudo. / ... Please re-run from an elevated shell ...',
    means: 'The command needs administrator rights. It changed nothing, and nothing was sent.',
    causes: [{ text: 'a prompt that is not elevated, or a user without administrator rights' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Repeat the command in an elevated prompt (Linux: with sudo).',
        windows: 'Start-Process powershell -Verb RunAs',
      },
    ],
    decidedBy: 'host',
    example: 'Requires elevated privileges. Please run command as sudo.',
  }),
  defineMessage({
    id: 'local.registration-name-taken',
    patterns: [
      'parameter if you intended to update the existing machine',
      'a machine with this name already exists',
      'no machine was found matching this tentacle',
      'no worker was found matching this tentacle',
      'the tentacle matches more than one machine on the server',
      'the tentacle matches more than one worker on the server',
    ],
    text: "A machine named '...' already exists in the environment. Use the 'force' parameter if you intended to update the existing machine. / The Tentacle matches more than one machine on the server.",
    means:
      'Octopus Server was reached and answered: its list of machines does not fit this command. The network, the proxy and TLS work.',
    causes: [
      { text: 'the machine was registered before (reinstalled, or a container that registers at each start)' },
      { text: 'a cloned machine has the same name, or the same certificate' },
    ],
    next: () => [
      {
        who: 'server-admin',
        action: 'Find the machines with this name or thumbprint in Octopus (Infrastructure), and compare.',
        ...tentacleCommand('show-thumbprint'),
      },
      {
        who: 'tentacle-admin',
        action:
          'If it is the same machine, register it again with --force added to the command. If it is a clone, give it its own certificate and name first.',
      },
    ],
    decidedBy: 'both',
    example:
      "A machine named 'web01' already exists in the environment. Use the 'force' parameter if you intended to update the existing machine.",
  }),
  defineMessage({
    id: 'local.registration-not-found',
    patterns: [
      {
        oneOf: ['could not find the ', 'unable to find the '],
        regex:
          /(?:could not|unable to) find the (?:environment|tenant|tenant tag|worker pool|machine policy|space|proxy|role)s? named/,
      },
      { oneOf: ['on the octopus server. ensure'], regex: /could not find .{1,300} on the octopus server\. ensure/ },
    ],
    captures: [/find the (?<detail>[a-z ]{1,30}) named/i],
    text: 'Could not find the environment named ... on the Octopus Server. Ensure the environment exists and you have permission to access it.',
    means:
      'Octopus Server was reached and answered: a name in this command does not exist there, or its user may not see it. The network, the proxy and TLS work.',
    causes: [
      { text: 'the name is misspelled, or belongs to another space (--space)' },
      { text: 'the user of the API key has no permission to see it' },
    ],
    next: ({ detail }) => [
      {
        who: 'server-admin',
        action: `Check the name${detail === undefined ? '' : ` of the ${detail}`} in the space of the command, and the permissions of the user of the API key.`,
      },
      {
        who: 'tentacle-admin',
        action: 'Correct the name, or add --space with the name of its space, and run the command again.',
        ...tentacleCommand('help register-with'),
      },
    ],
    decidedBy: 'host',
    example:
      'Could not find the environment named Staging on the Octopus Server. Ensure the environment exists and you have permission to access it.',
  }),
  defineMessage({
    id: 'local.command-options',
    patterns: [
      'please specify a --server-web-socket, or a --server-comms-address - not both',
      'please specify a valid communications style',
      'please provide either the server hostname or websocket address',
      'the hostname and websocket options cannot be used together',
      'the serversubscriptionid must start with poll://',
      'you must specify either a websocketaddress or a servercommsaddress',
      'please specify a thumbprint to replace',
      'please specify a new thumbprint to trust',
      'a valid thumbprint must be supplied',
      'please specify an octopus server',
      'please specify a bearer token, api key or username and password',
      {
        oneOf: ['the polling connection count'],
        regex: /the polling connection count .{0,40}(?:is not a valid|must be greater)/,
      },
      'please specify the number of polling connections',
      'please specify an environment name',
      'please specify a role name',
      'please specify a worker pool name',
      'invalid command: --if-blank and',
      'invalid command: --export-file and',
      'unrecognized command line arguments',
      {
        oneOf: [' is not supported'],
        regex:
          /\bcommand '(?:set-polling-connection-count|update-trust|show-configuration|clear-trusted-servers|livez)' is not supported/,
      },
    ],
    captures: [/command '(?<detail>[a-z-]{1,40})' is not supported/i],
    text: 'Please specify a --server-web-socket, or a --server-comms-address - not both. / Unrecognized command line arguments: ... / Command ... is not supported',
    means: 'A command of Tentacle rejected its options. It changed nothing, and nothing was sent.',
    causes: [
      { text: 'an option is missing, misspelled, or excludes another one' },
      {
        text: 'the Tentacle is older than the command: set-polling-connection-count came with 9.2.4154, clear-trusted-servers with 8.1.1713, update-trust in 2018, show-configuration in 2017',
      },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Compare the command with the help of this version.',
        ...tentacleCommand('version', 'help register-with'),
      },
    ],
    decidedBy: 'host',
    example: 'Please specify a --server-web-socket, or a --server-comms-address - not both.',
  }),
  defineMessage({
    id: 'local.restart-required',
    patterns: ['these changes require a restart of the'],
    text: 'These changes require a restart of the Tentacle.',
    means:
      'A setting was changed. A running Tentacle or Octopus Server keeps its old settings (trust, port, proxy, certificate) until it is restarted.',
    causes: [{ text: 'normal after each command that changes a setting' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'If the service has not been restarted since, restart it.',
        ...tentacleCommand('service --restart'),
      },
    ],
    decidedBy: 'host',
    isUsual: true,
    example: '2024-03-05 10:15:20.1234   4508      1  WARN  These changes require a restart of the Tentacle.',
  }),
  defineMessage({
    id: 'local.bad-address',
    patterns: [
      'invalid uri: ',
      'unknown endpoint type: ',
      'please enter a valid octopus server url',
      'this is an api key, not an octopus server certificate thumbprint',
    ],
    text: 'Invalid URI: The hostname could not be parsed. / Invalid URI: Invalid port specified.',
    means: 'An address in a command or setting is not a URL. Nothing was sent.',
    causes: [
      {
        text: "the scheme is missing or doubled: a Tentacle's address is https://HOST:10933, a polling address https://HOST:10943",
      },
      { text: 'a space, a quote, an underscore or a placeholder is left in the name, or the port is not a number' },
    ],
    next: () => [
      listSettings,
      { who: 'server-admin', action: "Check the address in the target's settings in Octopus, or in the command." },
    ],
    decidedBy: 'host',
    example: 'System.UriFormatException: Invalid URI: The hostname could not be parsed.',
  }),
  defineMessage({
    id: 'local.agent-not-alive',
    patterns: [
      'liveness heartbeat file not found',
      { oneOf: ['is stale: last written'], regex: /liveness heartbeat at .{1,200} is stale: last written/ },
      'liveness probe failed',
    ],
    text: 'Liveness heartbeat file not found at ...; the Tentacle agent may not be running. / Liveness heartbeat at ... is stale ...',
    means:
      'The check of a Tentacle in a container found no sign of life: Kubernetes will restart the pod. The Tentacle does not poll while it is down.',
    causes: [
      { text: 'the Tentacle stopped or hangs; its log contains the reason' },
      { text: 'the home directory is full, read-only, or on a volume that hangs (NFS)' },
    ],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Read the log of the container before its restart, and the state of the pod.',
        linux:
          'kubectl logs -l app.kubernetes.io/name=octopus-agent -n NAMESPACE --previous --tail=100\nkubectl describe pods -l app.kubernetes.io/name=octopus-agent -n NAMESPACE',
        windows:
          'kubectl logs -l app.kubernetes.io/name=octopus-agent -n NAMESPACE --previous --tail=100\nkubectl describe pods -l app.kubernetes.io/name=octopus-agent -n NAMESPACE',
      },
    ],
    decidedBy: 'host',
    example: 'Liveness heartbeat file not found at /octopus/liveness; the Tentacle agent may not be running.',
  }),
  defineMessage({
    id: 'local.http-listener-denied',
    patterns: [
      'an access denied error was received trying to start the httplistener',
      'httplistenerexception...access is denied',
      'because it conflicts with an existing registration on the machine',
    ],
    captures: [/prefix '?https?:\/\/[^:/']{1,253}:(?<port>\d{1,5})/i],
    text: 'An Access Denied error was received trying to start the HttpListener.',
    means:
      'Octopus Server could not open its web or WebSocket address on this machine. The portal, the REST API or WebSocket Tentacles cannot reach it; the port for other polling Tentacles is not concerned.',
    causes: [
      { text: 'Windows: its account is not an administrator, and no URL reservation exists for it' },
      { text: 'Windows: the prefix is reserved for another account or in use by another service' },
      { text: 'Linux: a port below 1024 without root or CAP_NET_BIND_SERVICE' },
    ],
    next: (seen) => [
      {
        who: 'server-admin',
        action: 'List the reservations and the services that use the address.',
        windows: 'netsh http show urlacl\nnetsh http show servicestate',
        linux: `sudo ss -ltnp 'sport = :${seen.port ?? '443'}'`,
      },
      {
        who: 'server-admin',
        action: "Reserve the address for the service's account, then restart Octopus Server.",
        windows: `netsh http add urlacl url=https://+:${seen.port ?? '443'}/ user=DOMAIN\\ACCOUNT\n${octopusServerCommand('service --restart').windows ?? ''}`,
      },
    ],
    decidedBy: 'host',
    example: 'An Access Denied error was received trying to start the HttpListener.',
  }),
  defineMessage({
    id: 'rpc.tentacle-stopping',
    patterns: ['the tentacle service is shutting down and cannot process this request'],
    text: 'The Tentacle service is shutting down and cannot process this request.',
    means:
      'The call arrived, but the Tentacle was stopping at that moment. The network, TLS and trust are in order; the next attempt after its restart works.',
    causes: [{ text: 'the Tentacle was stopped, restarted or upgraded' }],
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Check that the Tentacle is running again.',
        windows: "Get-Service 'OctopusDeploy*'",
        linux: "systemctl list-units --all '*entacle*'",
      },
      { who: 'server-admin', action: 'Start the task again.' },
    ],
    decidedBy: 'both',
    example: 'Halibut.HalibutClientException: The Tentacle service is shutting down and cannot process this request.',
  }),
];
