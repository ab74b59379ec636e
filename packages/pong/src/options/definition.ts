import {
  checkDefinition,
  type CommandDefinition,
  flagOption,
  HTML_OPTIONS,
  IDENTITY_OPTIONS,
  OUTPUT_OPTION,
  type ProgramDefinition,
  PROXY_OPTIONS,
  RECORD_MAX_OPTION,
  TLS_OPTION,
  valueOption,
} from 'tentacle-protocol/program';
import { LIMIT_OPTIONS } from './limit-options.js';
import { METRICS_OPTIONS } from './metrics-options.js';
import { TRANSFER_LIMIT_OPTIONS } from './transfer-limit-options.js';

/** `tentacle-pong`, which listens unless `--poll` is used. */
const listen: CommandDefinition = {
  name: '',
  positionals: '',
  synopsis: '[options]',
  summary: 'listen, or poll a server with --poll',
  description:
    'Stand in for a Tentacle on its host, and show how every connection to it ended. Replies to tentacle-ping, to any Octopus Server and to a browser (https://HOST:10933/). With --poll it connects to the server, as a polling Tentacle does. It runs nothing and changes nothing.',
  examples: [
    ['tentacle-pong', 'on the port of a Tentacle'],
    ['tentacle-pong --port 10934', 'beside a running Tentacle'],
    ['tentacle-pong --trust 1F0C...', 'serve only this client'],
    ['tentacle-pong --pfx tentacle.pfx', 'as that Tentacle itself'],
    ['tentacle-pong --poll octopus01', 'as a polling Tentacle'],
    ['tentacle-pong --deadline 10m --json -o pong.json', 'ten minutes, for a ticket'],
  ],
  options: {
    port: valueOption('listening', 'PORT', 'TCP port; 0: any free port', {
      alias: 'p',
      common: true,
      defaultDescription: '10933',
    }),
    bind: valueOption('listening', 'ADDRESS', 'listen on this address only', {
      common: true,
      defaultDescription: 'all, IPv4 and IPv6',
    }),
    trust: valueOption(
      'listening',
      'X',
      'serve only clients with this thumbprint; can be repeated; without it, all clients are served',
      { array: true, common: true },
    ),
    poll: valueOption(
      'polling',
      'HOST[:PORT]',
      'poll this server, as a polling Tentacle does, in place of listening; PORT is its polling port (default: 10943)',
      { common: true },
    ),
    subscription: valueOption(
      'polling',
      'ID',
      'subscription to poll for, poll://ID/; without it, one derived from its thumbprint',
    ),
    connections: valueOption('polling', 'N', 'connections to keep open', { defaultDescription: '1' }),
    thumbprint: valueOption(
      'polling',
      'X',
      'accept only the server with this thumbprint; without it, any server is accepted',
      { alias: 't' },
    ),
    timeout: valueOption('polling', 'TIME', 'time limit for one connection, from name resolution to the identities', {
      alias: 'W',
      defaultDescription: '60s',
    }),
    ...LIMIT_OPTIONS,
    ...TRANSFER_LIMIT_OPTIONS,
    ...TLS_OPTION,
    ...PROXY_OPTIONS,
    ...IDENTITY_OPTIONS,
    deadline: valueOption('output', 'TIME', 'stop after this time; without it, at Ctrl+C', { common: true }),
    'log-level': valueOption(
      'output',
      'LEVEL',
      'lowest level of log lines: trace, debug, info, warn, error, fatal or silent',
      {
        defaultDescription: 'info',
        example: 'debug',
        values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      },
    ),
    'log-format': valueOption(
      'output',
      'FORMAT',
      'auto: text on a terminal, otherwise one line of JSON for each connection; text or json: always',
      { defaultDescription: 'auto', example: 'json', values: ['auto', 'text', 'json'] },
    ),
    verbose: flagOption('output', 'show all details of each connection on a terminal, and of the results'),
    record: valueOption(
      'output',
      'FILE',
      'append every connection to this file, one line of JSON each; tentacle-ping compare matches it with the file of tentacle-ping',
      { example: 'pong.ndjson' },
    ),
    ...RECORD_MAX_OPTION,
    ...METRICS_OPTIONS,
    json: flagOption('output', 'print two lines of JSON, at the start and at the end, in place of text', {
      common: true,
    }),
    html: { ...HTML_OPTIONS.html, common: false },
    redact: HTML_OPTIONS.redact,
    output: { ...OUTPUT_OPTION.output, common: false },
  },
  epilogue: [
    'Exit status: 0 stopped as requested (Ctrl+C, SIGTERM, --deadline); 1 the port could not be opened, or with --poll, a connection failed or none succeeded; 2 the arguments are invalid.',
    'Durations: 500ms, 10s, 2m; a plain number is seconds. The log is written to stderr: a line for each connection on a terminal, otherwise one line of JSON for each.',
  ],
};

/** `tentacle-pong check`, on the Tentacle's host. */
const check = checkDefinition({
  summary: 'test this host and every endpoint that it needs',
  description:
    'Check the host of a Tentacle: its configuration, its port and the process that holds it, addresses, firewall, folders, the Tentacle itself, and every endpoint that it needs. It changes nothing.',
  examples: [
    ['tentacle-pong check', 'everything, as configured'],
    ['tentacle-pong check --only port', 'only the port'],
    ['tentacle-pong check --server https://octopus.example', 'with the portal of the server'],
    ['tentacle-pong check --json -o check.json', 'for a ticket'],
  ],
});

/** A secret in an argument can be read by every account of the machine. */
const SECRET_FILE = (name: string, variable: string): string =>
  `other accounts can read arguments; use --${name}-file FILE, or set ${variable}`;

/** The whole program: help and docs/options.md are made from it. */
export const PONG: ProgramDefinition = {
  name: 'tentacle-pong',
  commands: [listen, check],
  topics: {
    listening: { title: 'Listening' },
    polling: { title: 'Polling' },
    limits: { title: 'Limits' },
    tls: { title: 'TLS and certificates' },
    proxy: { title: 'Proxy (with --poll, or check)' },
    check: { title: 'Checks of this host', command: 'check' },
    output: { title: 'Output' },
  },
  foreignOptions: {
    '--listen': 'tentacle-pong listens unless --poll is used; for another port, use --port 10934',
    '-l': 'tentacle-pong listens unless --poll is used; for another port, use --port 10934',
    '-v': 'for details of each connection, use --verbose; for the version --version',
    '--server': 'to poll a server, use --poll octopus01',
    '--host': 'to poll a server, use --poll octopus01; to listen on one address, use --bind 192.0.2.10',
    '--address': 'to listen on one address, use --bind 192.0.2.10',
    '--passphrase': SECRET_FILE('passphrase', 'TENTACLE_PASSPHRASE'),
    '--password': SECRET_FILE('passphrase', 'TENTACLE_PASSPHRASE'),
    '--proxy-password': SECRET_FILE('proxy-password', 'TENTACLE_PROXY_PASSWORD'),
  },
};
