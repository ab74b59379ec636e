import {
  checkDefinition,
  type CommandDefinition,
  flagOption,
  HTML_OPTIONS,
  IDENTITY_OPTIONS,
  type OptionDefinition,
  OUTPUT_OPTION,
  type ProgramDefinition,
  PROXY_OPTIONS,
  RECORD_MAX_OPTION,
  SERVER_CHECK_GROUPS,
  TLS_OPTION,
  valueOption,
} from 'tentacle-protocol/program';

/** How values are written, for the end of a command's help. */
const DURATIONS = 'Durations: 500ms, 10s, 2m; a plain number is seconds.';
const SIZES = 'Sizes: 512, 64KB (64,000 bytes), 64KiB or 64K (65,536 bytes), 10MB, 1GiB.';

const QUIET = (what: string): OptionDefinition => flagOption('output', what, { alias: 'q', common: true });
const VERBOSE = (what: string): OptionDefinition => flagOption('output', what, { common: true });
const JSON_OUTPUT = (what: string): OptionDefinition => flagOption('output', what, { common: true });

/** Options of the commands that connect: time limit, addresses, accepted peer, own identity, proxy. */
const CONNECTION_OPTIONS = {
  timeout: valueOption('load', 'TIME', 'time limit for one attempt; for data, the longest time without progress', {
    alias: 'W',
    defaultDescription: '10s',
  }),
  '4': flagOption('targets', 'use IPv4 addresses only'),
  '6': flagOption('targets', 'use IPv6 addresses only'),
  thumbprint: valueOption('tls', 'X', 'accept only the peer with this thumbprint', {
    alias: 't',
    common: true,
    defaultDescription: 'any',
  }),
  'pong-key': valueOption(
    'tls',
    'KEY',
    'require tentacle-pong to attest with this key (it prints the key); proves that no device in between terminates TLS',
    { example: '0123456789ABCDEF'.repeat(4) },
  ),
  servername: valueOption('tls', 'NAME', 'name to request in TLS (SNI) in place of HOST'),
  'no-sni': flagOption('tls', 'request no name in TLS'),
  ...TLS_OPTION,
  ...IDENTITY_OPTIONS,
  ...PROXY_OPTIONS,
} as const satisfies CommandDefinition['options'];

/** The last stage of an attempt, and the address. */
const LEVEL_OPTION = valueOption('load', 'LEVEL', 'last stage to measure: auto, tls, identity, capabilities or echo', {
  defaultDescription: 'auto, as far as the peer allows',
  example: 'tls',
  values: ['auto', 'tls', 'identity', 'capabilities', 'echo'],
});
const ADDRESS_OPTION = valueOption('targets', 'ADDRESS', 'connect to this address, under the name of HOST');

/** Searches for a limit of the path. */
const SEARCH_OPTIONS = {
  sizes: valueOption(
    'data',
    '[SIZE,...]',
    'find the size from which data is lost: try these sizes in both directions, then search between them',
    { requiresArg: false, defaultDescription: '1 B to 4 MB' },
  ),
  idle: valueOption(
    'idle',
    '[TIME]',
    'find how long an idle connection survives, up to this time or within a range (30s..5m)',
    { requiresArg: false, defaultDescription: '15m' },
  ),
} as const satisfies CommandDefinition['options'];

/** Options that a module of `tentacle-ping serve` can have: those of one attempt, or of a search. */
export const MODULE_OPTIONS = {
  level: LEVEL_OPTION,
  address: ADDRESS_OPTION,
  ...CONNECTION_OPTIONS,
  'thumbprints-file': valueOption('tls', 'FILE', 'file with one host:port and its thumbprint per line', {
    example: 'thumbprints.txt',
  }),
  ...SEARCH_OPTIONS,
} as const satisfies CommandDefinition['options'];

/** Options of the polling server, alone or in `tentacle-ping serve`. */
const POLLING_SERVER_OPTIONS = {
  bind: valueOption('polling', 'ADDRESS', 'listen on this address only', {
    defaultDescription: 'all, IPv4 and IPv6',
  }),
  trust: valueOption(
    'polling',
    'X',
    'serve only clients with this thumbprint; can be repeated; without it, all clients are served',
    { array: true },
  ),
  subscription: valueOption(
    'polling',
    'ID',
    'send calls to this subscription only (poll://ID/), from the start; without it, to every subscription from its first poll',
  ),
  interval: valueOption('polling', 'TIME', 'time from one call of a subscription to the next; 0: no pause', {
    alias: 'i',
    defaultDescription: '500ms',
  }),
  'collect-timeout': valueOption('polling', 'TIME', 'time limit for a call to be collected', {
    defaultDescription: '2m',
  }),
  timeout: valueOption('polling', 'TIME', 'time limit for a call once it is collected', {
    alias: 'W',
    defaultDescription: '10s',
  }),
  'keep-alive': valueOption('polling', 'TIME', 'time without work after which a client receives an empty response', {
    defaultDescription: '30s',
  }),
  'max-connections': valueOption(
    'polling',
    'N',
    'connections of one subscription at a time; any further one is closed without a reply, as Octopus does',
  ),
  ...IDENTITY_OPTIONS,
} as const satisfies CommandDefinition['options'];

/** Options that the section `polling` of a file for `tentacle-ping serve` can have. */
export const POLLING_OPTIONS = {
  port: valueOption('polling', 'PORT', 'port for polling Tentacles', { defaultDescription: '10943' }),
  ...POLLING_SERVER_OPTIONS,
} as const satisfies CommandDefinition['options'];

/** Limits of a run that decide its exit status. */
const THRESHOLD_OPTIONS = {
  'max-loss': valueOption('output', 'PERCENT', 'exit status 3 if more attempts fail, otherwise 0', {
    defaultDescription: '0%',
    example: '1%',
  }),
  'max-p50': valueOption('output', 'TIME', 'exit status 3 if the median of the total time is longer', {
    example: '20ms',
  }),
  'max-p99': valueOption('output', 'TIME', 'exit status 3 if the 99th percentile of the total time is longer', {
    example: '50ms',
  }),
} as const satisfies CommandDefinition['options'];

/** `tentacle-ping HOST`. */
const measure: CommandDefinition = {
  name: '',
  positionals: '[host..]',
  synopsis: 'HOST[:PORT]...',
  summary: 'measure round trips (default)',
  description: 'Find out why Octopus Server cannot reach a Tentacle. PORT is 10933 by default.',
  examples: [
    ['tentacle-ping web01 --count 100', '100 attempts, then a verdict'],
    ['tentacle-ping diagnose web01', 'test every step of the path'],
    ['tentacle-ping web01 --upload 100MB', 'how fast, and does every byte arrive?'],
    ['tentacle-ping explain OctopusServer.txt', 'what does this log mean?'],
  ],
  options: {
    count: valueOption('load', 'N', 'stop after N attempts; without it, at Ctrl+C', { alias: 'c', common: true }),
    interval: valueOption('load', 'TIME', 'time from start to start; 0: no pause', {
      alias: 'i',
      common: true,
      defaultDescription: '500ms',
    }),
    rate: valueOption(
      'load',
      'RATE',
      'start attempts at a fixed rate (10/s, 30/m); latency is measured from the scheduled time',
    ),
    concurrency: valueOption('load', 'N', 'attempts at a time; with several targets, targets at a time', {
      defaultDescription: '1; 32 targets',
    }),
    duration: valueOption('load', 'TIME', 'stop starting attempts after this time, and let the running ones finish'),
    deadline: valueOption('load', 'TIME', 'stop everything after this time', { alias: 'w' }),
    warmup: valueOption('load', 'N', 'number of warm-up attempts, excluded from the results'),
    reuse: flagOption('load', 'reuse one connection, as Octopus does, in place of a new one for each attempt', {
      common: true,
    }),
    level: LEVEL_OPTION,
    upload: valueOption('data', 'SIZE', 'send this much data to tentacle-pong, which checks every byte'),
    download: valueOption(
      'data',
      'SIZE',
      'receive this much data from tentacle-pong and check every byte; after the upload if both are used',
    ),
    ...SEARCH_OPTIONS,
    ...CONNECTION_OPTIONS,
    targets: valueOption(
      'targets',
      'FILE',
      'file with one host[:port] per line, optionally with a thumbprint; one attempt each',
      { example: 'targets.txt' },
    ),
    'all-addresses': flagOption('targets', 'measure every address of the name separately'),
    address: ADDRESS_OPTION,
    record: valueOption(
      'output',
      'FILE',
      'append every attempt to this file, one line of JSON each; tentacle-ping compare matches it with the file of tentacle-pong',
      { example: 'ping.ndjson' },
    ),
    ...RECORD_MAX_OPTION,
    ...THRESHOLD_OPTIONS,
    json: JSON_OUTPUT('print JSON (docs/report.schema.json), a line per target'),
    'metrics-file': valueOption(
      'output',
      'FILE',
      "also write the result as metrics for node_exporter's textfile collector (Prometheus); the file is replaced in one step",
      { example: 'tentacle.prom' },
    ),
    ...HTML_OPTIONS,
    csv: flagOption('output', 'print CSV: a row for each attempt; with several targets, for each target'),
    ...OUTPUT_OPTION,
    quiet: QUIET('print only the report, not every attempt'),
    verbose: flagOption('output', 'end with all details: certificate, TLS, both ends, every step', { alias: 'v' }),
    histogram: valueOption(
      'output',
      'STAGE',
      'stage of the histogram at the end: dns, tcp, proxy, tls, identity, rpc, data, other, total or none',
      {
        defaultDescription: 'rpc, else total',
        example: 'total',
        values: ['dns', 'tcp', 'proxy', 'tls', 'identity', 'rpc', 'data', 'other', 'total', 'none'],
      },
    ),
  },
  epilogue: [
    'Exit status: 0 all attempts succeeded; 1 none did; 2 the arguments are invalid; 3 some failed, or a threshold was not met.',
    'The status is also 1 if the path is not as required, as after an interception, and 0 if losses are within --max-loss. With several targets, it counts targets. With --idle: 0 if idle connections survived, or ended only at the known limit of the peer; with --sizes: 0 if all sizes passed; otherwise 1.',
    `${SIZES} Data needs tentacle-pong at the other end; one attempt, unless --count is used.`,
    `${DURATIONS} Attempts are printed on stdout, or on stderr with --json.`,
    'For a host with the name of a command, or nearly so, write -- before it: tentacle-ping -- listen.',
    'A real Tentacle receives only requests for its capabilities and its page, which change nothing. Each attempt leaves lines in its log.',
  ],
};

/** `tentacle-ping diagnose`. */
const diagnose: CommandDefinition = {
  name: 'diagnose',
  positionals: '[host]',
  synopsis: 'HOST[:PORT]',
  summary: 'test every step of the path, one by one',
  description:
    'Test every step from an Octopus Server to a Tentacle: name, addresses, TLS and what the peer accepts of it, certificate, page, identity, calls. Ends with a verdict, its evidence, the next steps, and who takes each. Changes nothing on the peer, and lists the lines that it leaves in the log of the peer.',
  examples: [
    ['tentacle-ping diagnose web01', 'the whole path'],
    ['tentacle-ping diagnose web01 --thumbprint 1F0C...', 'accept only that Tentacle'],
    ['tentacle-ping diagnose web01 --pfx server.pfx', 'as the Octopus Server itself'],
    ['tentacle-ping diagnose gw --servername web01', 'through a router that selects by name'],
    ['tentacle-ping diagnose web01 --json -o web01.json', 'all details, for a ticket'],
  ],
  options: {
    ...CONNECTION_OPTIONS,
    json: JSON_OUTPUT('print one JSON document (docs/diagnosis.schema.json) in place of text'),
    ...HTML_OPTIONS,
    verbose: VERBOSE('show what every step observed, and all next steps'),
    ...OUTPUT_OPTION,
    quiet: QUIET('print only the conclusion, not every step'),
  },
  epilogue: [
    'Exit status: 0 the path works; 1 it does not, or the diagnosis is inconclusive; 2 the arguments are invalid.',
    DURATIONS,
  ],
};

const SERVER_CHECK = checkDefinition(
  {
    summary: 'test this host and every endpoint that it needs',
    description:
      "Check the host of an Octopus Server: addresses, firewall, policy, and every endpoint that a Tentacle needs of it. For a Tentacle's host, run tentacle-pong check there. It changes nothing.",
    examples: [
      ['tentacle-ping check', 'everything that this host shows'],
      ['tentacle-ping check --server https://octopus.example', 'with the portal and the polling port'],
      ['tentacle-ping check --targets machines.json', 'with every listening Tentacle'],
      ['tentacle-ping check --json -o check.json', 'for a ticket'],
    ],
  },
  SERVER_CHECK_GROUPS,
);

/** `tentacle-ping check`, on the Octopus Server's host. */
const check: CommandDefinition = {
  ...SERVER_CHECK,
  options: {
    ...SERVER_CHECK.options,
    targets: valueOption(
      'check',
      'FILE',
      'listening Tentacles to test: one host[:port] per line, optionally with a thumbprint; or the JSON of /api/machines/all',
      { common: true, example: 'machines.json' },
    ),
  },
};

/** `tentacle-ping explain`. */
const explain: CommandDefinition = {
  name: 'explain',
  positionals: '[text..]',
  synopsis: '[TEXT|FILE|ID]',
  summary: 'explain a log line, a whole log, or an id',
  description:
    'Find known messages of Octopus Server, Tentacle, Halibut, Windows and OpenSSL in a line, a stack trace or a whole log, and explain what each means, its possible causes, and how to tell them apart. Reads standard input for "-" or without an argument. Connects to nothing.',
  examples: [
    ['tentacle-ping explain OctopusTentacle.txt', 'a whole log'],
    ['tentacle-ping explain "No such host is known"', 'one message, in quotes'],
    ['tentacle-ping explain tcp.refused', 'one id of a report'],
    ['tentacle-ping explain - <OctopusServer.txt', 'standard input'],
    ['tentacle-ping explain OctopusTentacle.txt --html log.html --redact', 'for a public ticket'],
  ],
  options: {
    verbose: VERBOSE('explain every known message of a log in full'),
    json: JSON_OUTPUT('print one JSON document (docs/explanation.schema.json) in place of text'),
    ...HTML_OPTIONS,
    ...OUTPUT_OPTION,
  },
  epilogue: [
    'Exit status: 0 a known message was found; 1 none was found; 2 the arguments are invalid or the file cannot be read.',
    'Write -- before a message that begins with a dash. UTF-8 and UTF-16 are read. Secrets in quoted lines are masked.',
  ],
};

/** `tentacle-ping compare`. */
const compare: CommandDefinition = {
  name: 'compare',
  positionals: '[file..]',
  synopsis: 'FILE FILE...',
  summary: 'compare reports: did anything change?',
  description:
    'Compare reports (tentacle-ping HOST --json --output FILE): the real Tentacle with tentacle-pong on its host, with a proxy and without, by name and by address, yesterday and today. Shows which stages take longer and which failures are more frequent than by chance, and what follows from it. The first file is the reference. A file of several targets contains several reports. Connects to nothing.',
  examples: [
    ['tentacle-ping compare pong.json tentacle.json', 'the network, or the Tentacle?'],
    ['tentacle-ping compare direct.json proxy.json', 'the cost of the proxy'],
    ['tentacle-ping compare mon.json tue.json wed.json', 'each with the first'],
    ['tentacle-ping compare ping.json pong.ndjson', 'the records of both ends'],
    ['tentacle-ping compare ping.json pong.json', 'the times and errors of both ends'],
  ],
  options: {
    json: JSON_OUTPUT('print one JSON document (docs/comparison.schema.json) in place of text'),
    verbose: VERBOSE('show every stage, interval and outcome, not only what carries the verdict'),
    ...HTML_OPTIONS,
    ...OUTPUT_OPTION,
  },
  epilogue: [
    'Exit status: 0 no significant difference; 1 a significant difference; 2 the arguments are invalid or a file cannot be used.',
    'docs/measuring.md describes the tests, and which differences count.',
  ],
};

/** `tentacle-ping listen`, also written `tentacle-ping --listen`. */
const listen: CommandDefinition = {
  name: 'listen',
  positionals: '[port]',
  synopsis: '[PORT]',
  summary: "accept polling Tentacles in the server's place",
  description:
    "Act as the server for polling: wait for polling Tentacles, or for tentacle-pong --poll, send them calls, and measure how soon they collect them and how long a round trip takes. Shows which clients poll, and which are rejected and why. PORT is 10943 by default. A real Tentacle receives only requests for its capabilities. 'tentacle-ping --listen [PORT]' is the same.",
  examples: [
    ['tentacle-ping listen', 'on the polling port of a server'],
    ['tentacle-ping listen 10944', 'beside a server that is running'],
    ['tentacle-ping listen --trust 1F0C...', 'serve only this Tentacle'],
    ['tentacle-ping listen --count 100 --json', '100 calls, with all measurements'],
  ],
  options: {
    bind: POLLING_SERVER_OPTIONS.bind,
    trust: POLLING_SERVER_OPTIONS.trust,
    subscription: POLLING_SERVER_OPTIONS.subscription,
    count: valueOption('polling', 'N', 'stop after N calls for each subscription; without it, at Ctrl+C', {
      alias: 'c',
    }),
    interval: POLLING_SERVER_OPTIONS.interval,
    deadline: valueOption('polling', 'TIME', 'stop everything after this time', { alias: 'w' }),
    'collect-timeout': POLLING_SERVER_OPTIONS['collect-timeout'],
    timeout: POLLING_SERVER_OPTIONS.timeout,
    'keep-alive': POLLING_SERVER_OPTIONS['keep-alive'],
    'max-connections': POLLING_SERVER_OPTIONS['max-connections'],
    ...IDENTITY_OPTIONS,
    json: JSON_OUTPUT('print one JSON document (docs/polling-report.schema.json) in place of text'),
    ...HTML_OPTIONS,
    verbose: VERBOSE('show certificates, and all next steps'),
    ...OUTPUT_OPTION,
    quiet: QUIET('print only the report, not every call and connection'),
  },
  epilogue: [
    'Exit status: 0 all calls were collected and answered, and no polling client has a problem; 1 otherwise, or if no client polled or the port could not be opened; 2 the arguments are invalid.',
    `${DURATIONS} Calls are printed on stdout, or on stderr with --json.`,
  ],
};

/** `tentacle-ping report`. */
const report: CommandDefinition = {
  name: 'report',
  positionals: '[file..]',
  synopsis: 'FILE...',
  summary: 'turn results into an HTML report',
  description:
    'Write one self-contained HTML file from results: the verdict, the next steps, the path, latency over time, distributions, certificates, and the meaning of every id. Takes files that --json or --record of either program wrote, and compares several runs. The page loads nothing and sends nothing. Connects to nothing.',
  examples: [
    ['tentacle-ping report run.json --html run.html', 'the page of one run'],
    ['tentacle-ping report mon.json tue.json --html week.html', 'several runs, compared'],
    ['tentacle-ping report ping.ndjson --html ping.html', 'the records of a run'],
    ['tentacle-ping report run.json --html run.html --redact', 'for a public ticket'],
  ],
  options: {
    html: valueOption('output', 'OUT', 'the file to write', { common: true, example: 'run.html' }),
    redact: flagOption(
      'output',
      'replace hosts, addresses, thumbprints, users and file paths by stable names, such as host-1',
      { common: true },
    ),
  },
  epilogue: [
    'Exit status: 0 the page was written; 1 it could not be written; 2 the arguments are invalid, or a file cannot be used.',
  ],
};

/** `tentacle-ping serve`. */
const serve: CommandDefinition = {
  name: 'serve',
  positionals: '[argument..]',
  synopsis: '',
  summary: 'probe targets for Prometheus',
  description:
    "Serve Prometheus: each scrape of /probe?target=HOST:PORT&module=NAME is one attempt, with its success, stages, failure and certificate as metrics. The first page lists recent probes, each with its report. docs/fleet.md has the metrics, the file of modules and Prometheus' configuration.",
  examples: [
    ['tentacle-ping serve', 'on port 9933 of this host only'],
    ['tentacle-ping serve --bind 0.0.0.0 --web-config web.yaml', 'for other hosts, with TLS and users'],
    ['tentacle-ping serve --config modules.yaml --check-config', 'check the file'],
  ],
  options: {
    port: valueOption('serving', 'PORT', 'port to listen on; 0: any free one', {
      common: true,
      defaultDescription: '9933',
    }),
    bind: valueOption('serving', 'ADDRESS', 'listen on this address only; 0.0.0.0: on all of IPv4, :: on all', {
      common: true,
      defaultDescription: '127.0.0.1',
    }),
    config: valueOption('serving', 'FILE', 'file of modules and allowed targets (YAML)', {
      common: true,
      defaultDescription: 'the module default, any target',
      example: 'modules.yaml',
    }),
    'check-config': flagOption('serving', 'check the files of --config and --web-config, and end', { common: true }),
    'web-config': valueOption(
      'serving',
      'FILE',
      "TLS and users of this port, as in Prometheus' --web.config.file (YAML)",
      { common: true, example: 'web.yaml' },
    ),
    'max-probes': valueOption('serving', 'N', 'probes at a time', { defaultDescription: '32' }),
    'max-waiting': valueOption('serving', 'N', 'probes that wait for a turn; any further one gets status 503', {
      defaultDescription: '320',
    }),
  },
  epilogue: [
    'Exit status: 0 it was stopped, or the files are correct; 1 the port could not be opened; 2 the arguments or a file are invalid.',
    'SIGHUP, or a POST to /-/reload, has it read its files again. A stop lets running probes finish, for 10 s at most.',
    'A probe ends half a second before the time-out of its scrape, which Prometheus sends. Each probe leaves lines in the log of the target.',
  ],
};

const PORT_BEHIND_HOST = 'write the port behind the host, as in tentacle-ping web01:10934';
const ANY_CERTIFICATE = 'any certificate is accepted, unless --thumbprint is used';

/** A secret in an argument can be read by every account of the machine. */
const SECRET_FILE = (name: string, variable: string): string =>
  `other accounts can read arguments; use --${name}-file FILE, or set ${variable}`;

/** The whole program: commands, help and docs/options.md are made from it. */
export const PING: ProgramDefinition = {
  name: 'tentacle-ping',
  commands: [measure, diagnose, check, explain, compare, listen, report, serve],
  topics: {
    load: { title: 'Load and timing' },
    data: { title: 'Data' },
    idle: { title: 'Idle connections' },
    targets: { title: 'Targets and addresses' },
    tls: { title: 'TLS and certificates' },
    proxy: { title: 'Proxy' },
    output: { title: 'Output' },
    polling: { title: 'Polling', command: 'listen' },
    check: { title: 'Checks of this host', command: 'check' },
    serving: { title: 'Serving Prometheus', command: 'serve' },
  },
  commandOptions: { '--listen': 'listen' },
  foreignOptions: {
    '-p': PORT_BEHIND_HOST,
    '--port': PORT_BEHIND_HOST,
    '-n': 'to stop after N attempts, use --count N (-c N)',
    '-k': ANY_CERTIFICATE,
    '--insecure': ANY_CERTIFICATE,
    '-x': 'to connect through a proxy, use --proxy http://user@host:port',
    '--out': 'write the results with --output FILE, or every attempt with --record FILE',
    '--host': 'write the host without an option, as in tentacle-ping web01',
    '--hostname': 'write the host without an option, as in tentacle-ping web01',
    '--tls': 'TLS is always used; for the oldest version, use --tls-min',
    '--trust': 'to accept only one peer, use --thumbprint X',
    '--passphrase': SECRET_FILE('passphrase', 'TENTACLE_PASSPHRASE'),
    '--password': SECRET_FILE('passphrase', 'TENTACLE_PASSPHRASE'),
    '--proxy-password': SECRET_FILE('proxy-password', 'TENTACLE_PROXY_PASSWORD'),
  },
};

/** The help of explain, which also appears when there is nothing to explain. */
export const explainCommand = explain;
