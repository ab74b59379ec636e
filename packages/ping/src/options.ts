import { type CommandLine, IDENTITY_OPTIONS, PROXY_OPTIONS, TLS_OPTION } from 'tentacle-protocol/command-line';

/** Which name TLS asks for, which may decide what answers. */
const SERVER_NAME_OPTIONS = {
  servername: { type: 'string', requiresArg: true, describe: 'Name to ask for in TLS (SNI) in place of HOST' },
  'no-sni': { type: 'boolean', describe: 'Ask for no name in TLS' },
} as const;

/** What every command needs that connects: how long, how, to whom and as whom. */
const PATH_OPTIONS = {
  timeout: {
    alias: 'W',
    type: 'string',
    requiresArg: true,
    describe: 'The time that one attempt may take in all; while data moves: how long it may stand still',
    defaultDescription: '10s',
  },
  '4': { type: 'boolean', describe: 'Only IPv4 addresses' },
  '6': { type: 'boolean', describe: 'Only IPv6 addresses' },
  thumbprint: {
    alias: 't',
    type: 'string',
    requiresArg: true,
    describe: 'The thumbprint that the peer must have; without it, any is accepted and shown',
  },
  ...TLS_OPTION,
  'pong-key': {
    type: 'string',
    requiresArg: true,
    describe: 'The key that tentacle-pong prints: it must attest by that one that TLS is not ended on the way',
  },
  ...IDENTITY_OPTIONS,
} as const satisfies CommandLine['options'];

/** The face of `tentacle-ping HOST`: --help and docs/options.md are made from it. */
export function measureLine(version: string): CommandLine {
  return {
    name: 'tentacle-ping',
    version,
    usage: [
      'tentacle-ping HOST[:PORT] ...',
      '',
      'Measures the way from an Octopus Server to a Tentacle and says what is wrong with',
      'it. Speaks the protocol of Octopus to a real Tentacle, or to tentacle-pong in its',
      'place. PORT is 10933 unless given. Four more commands have a help of their own:',
      'tentacle-ping diagnose HOST, tentacle-ping explain MESSAGE,',
      'tentacle-ping compare FILE FILE, tentacle-ping --listen (for polling Tentacles).',
    ].join('\n'),
    examples: [
      ['tentacle-ping web01', 'a new connection each half second'],
      ['tentacle-ping web01:10933 --count 100', '100 of them, and a verdict'],
      ['tentacle-ping web01 --reuse -i 0', 'as fast as one connection goes'],
      ['tentacle-ping --targets tentacles.txt', 'a verdict on each of many'],
      ['tentacle-ping web01 --all-addresses', 'does every address of it work?'],
      ['tentacle-ping web01 --idle', 'how long do idle ones live?'],
      ['tentacle-ping web01 --upload 100MB', 'how fast, is every byte right?'],
      ['tentacle-ping web01 --sizes', 'from which size on is data lost?'],
      ['tentacle-ping web01 --thumbprint 1F0C...', 'accept only that Tentacle'],
      ['tentacle-ping web01 --pong-key 5A1F...', 'prove that TLS reaches that pong'],
      ['tentacle-ping web01 --pfx server.pfx', 'as the Octopus Server itself'],
      ['tentacle-ping web01 --proxy me@proxy:3128', 'through an HTTP proxy'],
      ['tentacle-ping web01 --count 9 --json >w.json', 'everything measured, for a ticket'],
      ['tentacle-ping diagnose web01', 'every step of the way, one by one'],
      ['tentacle-ping explain OctopusServer.txt', 'what the log means'],
    ],
    options: {
      count: {
        alias: 'c',
        type: 'string',
        requiresArg: true,
        describe: 'Stop after so many attempts; without it, at Ctrl+C',
      },
      interval: {
        alias: 'i',
        type: 'string',
        requiresArg: true,
        describe: 'From the start of one attempt to the next (0: one right after the other)',
        defaultDescription: '500ms',
      },
      rate: {
        type: 'string',
        requiresArg: true,
        describe:
          'So many attempts become due a second (10/s, 30/m), whatever becomes of them; latency counts from then',
      },
      concurrency: {
        type: 'string',
        requiresArg: true,
        describe: 'Attempts, or of many targets so many, at a time',
        defaultDescription: '1; 32 targets',
      },
      duration: {
        type: 'string',
        requiresArg: true,
        describe: 'Attempts become due for this time; those under way then may end',
      },
      warmup: { type: 'string', requiresArg: true, describe: 'So many attempts first, which count nowhere' },
      deadline: {
        alias: 'w',
        type: 'string',
        requiresArg: true,
        describe: 'Stop after this time, whatever is under way',
      },
      reuse: {
        type: 'boolean',
        describe: 'Keep one connection, as Octopus does, in place of a new one for each attempt',
      },
      idle: {
        type: 'string',
        requiresArg: false,
        describe:
          'How long does a connection survive that carries nothing? Looks up to this time, or between two (30s..5m)',
        defaultDescription: '15m',
      },
      upload: {
        type: 'string',
        requiresArg: true,
        describe: 'Send so much data (10MB, 1GiB) to a tentacle-pong, which compares every byte',
      },
      download: {
        type: 'string',
        requiresArg: true,
        describe: 'Have so much data sent from there, and compare every byte; after an upload where both are given',
      },
      sizes: {
        type: 'string',
        requiresArg: false,
        describe:
          'From which size on is data lost? Tries these (1,512,1400,64KB), both ways, and closes in on the place',
        defaultDescription: '1 B to 4 MB',
      },
      ...PATH_OPTIONS,
      ...PROXY_OPTIONS,
      targets: {
        type: 'string',
        requiresArg: true,
        describe: 'File with a host[:port] on each line, and if need be its thumbprint; one attempt each',
      },
      'all-addresses': { type: 'boolean', describe: 'Measure each address of the name on its own' },
      address: { type: 'string', requiresArg: true, describe: 'Connect to this address, under the name of HOST' },
      ...SERVER_NAME_OPTIONS,
      level: {
        type: 'string',
        requiresArg: true,
        describe: 'How far to go: auto, tls, identity, capabilities or echo. auto goes as far as the peer lets it',
        defaultDescription: 'auto',
      },
      record: {
        type: 'string',
        requiresArg: true,
        describe:
          'Add every attempt to this file, a line of JSON each, to join both ends later (tentacle-ping compare)',
      },
      json: {
        type: 'boolean',
        describe: 'Print JSON (docs/report.schema.json) in place of text: a document, of many targets one a line',
      },
      quiet: { alias: 'q', type: 'boolean', describe: 'No line for each attempt, only the report' },
    },
    epilogue: [
      'Exit status: 0 all attempts went through; 1 some or all failed, or none ended; 2 the arguments are wrong.',
      'With --idle: 0 idle connections survived, or ended only by the limit that the peer is known to have; else 1.',
      'Sizes: 512, 64KB (64,000), 64KiB or 64K (65,536), 10MB, 1GiB. Data goes to a tentacle-pong only, one attempt of it unless --count says more.',
      'Times: 500ms, 10s, 2m; a bare number is seconds. Lines for attempts go to stdout, or with --json to stderr.',
      'A real Tentacle is only ever asked for its capabilities and its page, which changes nothing; each attempt leaves lines in its log.',
    ].join('\n'),
  };
}

/** The face of `tentacle-ping diagnose`. */
export function diagnoseLine(version: string): CommandLine {
  return {
    name: 'tentacle-ping diagnose',
    version,
    usage: [
      'tentacle-ping diagnose HOST[:PORT]',
      '',
      'Takes every step of the way from an Octopus Server to a Tentacle, one after the',
      'other: the name, each address, TLS and what the peer takes of it, certificate,',
      'page, identity, calls. Ends with one verdict, its evidence, and who does what',
      'next. Changes nothing at the peer; says which lines it leaves in its log.',
    ].join('\n'),
    examples: [
      ['tentacle-ping diagnose web01', 'the whole way to it'],
      ['tentacle-ping diagnose web01 --thumbprint 1F0C...', 'and it must be that Tentacle'],
      ['tentacle-ping diagnose web01 --pfx server.pfx', 'as the Octopus Server itself'],
      ['tentacle-ping diagnose gw --servername web01', 'through a router by name'],
      ['tentacle-ping diagnose web01 --json >web01.json', 'all of it, for a ticket'],
    ],
    options: {
      ...PATH_OPTIONS,
      ...SERVER_NAME_OPTIONS,
      ...PROXY_OPTIONS,
      json: { type: 'boolean', describe: 'Print one JSON document (docs/diagnosis.schema.json) in place of text' },
      quiet: { alias: 'q', type: 'boolean', describe: 'No line for each step, only the conclusion' },
    },
    epilogue: 'Exit status: 0 the path works; 1 it does not, or nothing could be concluded; 2 the arguments are wrong.',
  };
}

/** The face of `tentacle-ping compare`. */
export function compareLine(version: string): CommandLine {
  return {
    name: 'tentacle-ping compare',
    version,
    usage: [
      'tentacle-ping compare FILE FILE [FILE ...]',
      '',
      'Sets reports (tentacle-ping HOST --json >FILE) side by side: the real Tentacle',
      'and pong on its host, with a proxy and without, by name and by address,',
      'yesterday and today. Says which stages take longer and what fails more often,',
      'by more than chance makes it, and what that comes to. The first file is the',
      'reference; a file of several targets has several reports.',
      'Connects to nothing.',
    ].join('\n'),
    examples: [
      ['tentacle-ping compare pong.json tentacle.json', 'the network, or the Tentacle?'],
      ['tentacle-ping compare direct.json proxy.json', 'what the proxy costs'],
      ['tentacle-ping compare mon.json tue.json wed.json', 'each with the first'],
      ['tentacle-ping compare ping.json pong.ndjson', 'what both ends recorded'],
    ],
    options: {
      json: { type: 'boolean', describe: 'Print one JSON document (docs/comparison.schema.json) in place of text' },
    },
    epilogue: [
      'Exit status: 0 no difference that can be shown; 1 there is one; 2 the arguments are wrong or a file is unusable.',
      'docs/measuring.md says how it is tested, and which differences count.',
    ].join('\n'),
  };
}

/** The face of `tentacle-ping explain`. */
export function explainLine(version: string): CommandLine {
  return {
    name: 'tentacle-ping explain',
    version,
    usage: [
      'tentacle-ping explain [ID | MESSAGE | FILE | -]',
      '',
      'Finds the known messages of Octopus Server, Tentacle, Halibut, Windows and',
      'OpenSSL in a line, a stack trace or a whole log (- or nothing: standard input)',
      'and says what each means, what may be behind it, and what tells that apart.',
      'Connects to nothing.',
    ].join('\n'),
    examples: [
      ['tentacle-ping explain OctopusTentacle.txt', 'a whole log'],
      ['tentacle-ping explain "No such host is known"', 'one message, in quotes'],
      ['tentacle-ping explain tcp.refused', 'one id of a report'],
      ['tentacle-ping explain - <OctopusServer.txt', 'what is piped in'],
    ],
    options: {
      json: { type: 'boolean', describe: 'Print one JSON document (docs/explanation.schema.json) in place of text' },
    },
    epilogue: [
      'Exit status: 0 something known was found; 1 nothing was; 2 the arguments are wrong or the file is unreadable.',
      'A message that begins with a dash comes after --. UTF-8 and UTF-16 are read. Secrets in quoted lines are masked.',
    ].join('\n'),
  };
}

/** The face of `tentacle-ping --listen`. */
export function serveLine(version: string): CommandLine {
  return {
    name: 'tentacle-ping --listen',
    version,
    usage: [
      'tentacle-ping --listen [PORT]',
      '',
      "Takes the server's part of polling: waits for polling Tentacles, or tentacle-pong",
      '--poll in their place, hands them calls, measures how soon they collect them and',
      'how long a round trip takes, and says who polls, who is refused and why. PORT is',
      '10943 unless given. A real Tentacle is only ever asked for its capabilities.',
    ].join('\n'),
    examples: [
      ['tentacle-ping --listen', 'on the polling port of a server'],
      ['tentacle-ping --listen 10944', 'beside a server that is running'],
      ['tentacle-ping --listen --trust 1F0C...', 'serve only this Tentacle'],
      ['tentacle-ping --listen --count 100 --json', '100 calls, everything measured'],
    ],
    options: {
      listen: { type: 'string', describe: 'TCP port to listen on (0: any free one)', defaultDescription: '10943' },
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
          'Thumbprint of a poller to serve, and refuse all others; may be given again. Without it, all are served',
      },
      subscription: {
        type: 'string',
        requiresArg: true,
        describe:
          'Queue calls for this one (poll://ID/), from the beginning; without it, for everybody from when he first polls',
      },
      count: {
        alias: 'c',
        type: 'string',
        requiresArg: true,
        describe: 'Stop after so many calls for each subscription; without it, at Ctrl+C',
      },
      interval: {
        alias: 'i',
        type: 'string',
        requiresArg: true,
        describe: 'From one call of a subscription to the next (0: one right after the other)',
        defaultDescription: '500ms',
      },
      deadline: {
        alias: 'w',
        type: 'string',
        requiresArg: true,
        describe: 'Stop after this time, whatever is under way',
      },
      'collect-timeout': {
        type: 'string',
        requiresArg: true,
        describe: 'How long a call may wait for a poller',
        defaultDescription: '2m',
      },
      timeout: {
        alias: 'W',
        type: 'string',
        requiresArg: true,
        describe: 'How long a call may take once it was collected',
        defaultDescription: '10s',
      },
      'keep-alive': {
        type: 'string',
        requiresArg: true,
        describe: 'After how long without work a poller is told so',
        defaultDescription: '30s',
      },
      'max-connections': {
        type: 'string',
        requiresArg: true,
        describe: 'Connections of one subscription at a time; one more is closed without a word, as by Octopus',
      },
      ...IDENTITY_OPTIONS,
      json: {
        type: 'boolean',
        describe: 'Print one JSON document (docs/polling-report.schema.json) in place of text',
      },
      quiet: { alias: 'q', type: 'boolean', describe: 'No line for each call and visitor, only the report' },
    },
    epilogue: [
      'Exit status: 0 all calls were collected and answered, and nothing is wrong with who polls; 1 else, or nobody came, or it could not listen; 2 the arguments are wrong.',
      'Times: 500ms, 10s, 2m; a bare number is seconds. Lines for calls go to stdout, or with --json to stderr.',
    ].join('\n'),
  };
}
