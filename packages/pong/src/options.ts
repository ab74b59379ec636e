import { type CommandLine, IDENTITY_OPTIONS, PROXY_OPTIONS, TLS_OPTION } from 'tentacle-protocol/command-line';

/** The whole face of the command: --help and docs/options.md are made from it. */
export function commandLine(version: string): CommandLine {
  return {
    name: 'tentacle-pong',
    version,
    usage: [
      'tentacle-pong',
      '',
      'Stands in for a Tentacle on its host and says how every connection to it ended.',
      'Answers tentacle-ping, any Octopus Server and a browser (https://HOST:10933/).',
      'With --poll it connects to the server, as a polling Tentacle does, and says what',
      'comes of that. It runs nothing and changes nothing.',
    ].join('\n'),
    examples: [
      ['tentacle-pong', 'on the port of a Tentacle'],
      ['tentacle-pong --port 10934', 'beside a Tentacle that is running'],
      ['tentacle-pong --trust 1F0C...', 'answer only this client'],
      ['tentacle-pong --pfx tentacle.pfx', 'as the Tentacle itself'],
      ['tentacle-pong --poll octopus01', 'as a polling Tentacle of that server'],
      ['tentacle-pong --for 10m --json >pong.json', 'ten minutes, counted for a ticket'],
    ],
    options: {
      port: {
        alias: 'p',
        type: 'string',
        requiresArg: true,
        describe: 'TCP port to listen on (0: any free one)',
        defaultDescription: '10933',
      },
      bind: {
        type: 'string',
        requiresArg: true,
        describe: 'Listen on this address of this host only; without it, on all of IPv4 and IPv6',
      },
      trust: {
        type: 'string',
        array: true,
        requiresArg: true,
        describe:
          'Thumbprint of a client to answer, and refuse all others; may be given again. Without it, all are answered',
      },
      poll: {
        type: 'string',
        requiresArg: true,
        describe:
          'Poll this server (HOST, or HOST:PORT with its polling port, 10943 unless given) as a polling Tentacle does, in place of listening',
      },
      subscription: {
        type: 'string',
        requiresArg: true,
        describe: 'With --poll: what to poll for, poll://ID/. Without it, one made of the own thumbprint',
      },
      connections: {
        type: 'string',
        requiresArg: true,
        describe: 'With --poll: how many connections to keep up',
        defaultDescription: '1',
      },
      thumbprint: {
        alias: 't',
        type: 'string',
        requiresArg: true,
        describe: 'With --poll: the thumbprint that the server must have; without it, any is accepted and shown',
      },
      timeout: {
        alias: 'W',
        type: 'string',
        requiresArg: true,
        describe: 'With --poll: the time that one connection may take, from the name to the identities',
        defaultDescription: '60s',
      },
      ...TLS_OPTION,
      ...PROXY_OPTIONS,
      ...IDENTITY_OPTIONS,
      for: { type: 'string', requiresArg: true, describe: 'Stop after this time; without it, at Ctrl+C' },
      'log-level': {
        type: 'string',
        requiresArg: true,
        describe: 'Least important log lines to write: trace, debug, info, warn, error, fatal or silent',
        defaultDescription: 'info',
      },
      record: {
        type: 'string',
        requiresArg: true,
        describe:
          'Add every connection to this file, a line of JSON each, so that both ends can be joined later (compare)',
      },
      json: { type: 'boolean', describe: 'Print two lines of JSON, at the start and at the end, in place of text' },
    },
    epilogue: [
      'Exit status: 0 ended as asked (Ctrl+C, SIGTERM, --for); 1 could not listen, or with --poll: a connection failed, or none came about; 2 the arguments are wrong.',
      'Times: 500ms, 10s, 2m; a bare number is seconds. The log goes to stderr, a line of JSON for each connection.',
    ].join('\n'),
  };
}
