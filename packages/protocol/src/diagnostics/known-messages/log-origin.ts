import { endsOf, type End, type Ends } from '../ends.js';
import { EXAMPLE_FACTS } from '../failure-definition.js';
import { translateSocketTexts } from './windows-socket-texts.js';

/**
 * The end that wrote a log line, as far as the text shows it. Of product, direction and mode two decide the third: a
 * Tentacle that accepts connections listens, one that opens them polls, and with the server it is the other way round.
 */
export interface LogOrigin {
  /** The product that wrote the line. */
  readonly product?: 'tentacle' | 'server';
  /** Whether the end that wrote the line opened the connection, or accepted it. */
  readonly direction?: 'outgoing' | 'incoming';
  /** Whether the Tentacle listens for the server, or polls it. */
  readonly mode?: 'listening' | 'polling';
  /** What the connection carries, if the text shows it; `script`: a connection of a script that a step runs. */
  readonly carries?: 'halibut' | 'rest' | 'grpc' | 'script';
  /** The Tentacle is the Kubernetes agent, or another Tentacle in a container. */
  readonly isContainer?: boolean;
  /** The level of a listener's line: the same line has another level in versions before and after April 2024. */
  readonly level?: 'info' | 'debug';
  /** The version that the Tentacle logged, as numbers. */
  readonly tentacleVersion?: readonly number[];
}

/** What a text shows about its origin: each sign sets what it proves. */
interface Sign {
  readonly regex: RegExp;
  readonly shows: LogOrigin;
}

/** Ports as the products use them by default; a customer's own port proves nothing. */
const MODE_BY_PORT: Readonly<Record<string, LogOrigin>> = {
  '10933': { mode: 'listening' },
  '10943': { mode: 'polling' },
  '8443': { carries: 'grpc' },
};

/** In the order of their strength: an earlier sign wins over a later one. All expressions run on lower-case text. */
const SIGNS: readonly Sign[] = [
  {
    regex:
      /halibut client exception|exception in the polling loop|halibut\.transport\.polling(?:web ?socket)?client|agent will (?:poll|connect)/,
    shows: { product: 'tentacle', mode: 'polling' },
  },
  {
    regex: /checking that server communications are open|the service listening on https?:/,
    shows: { product: 'tentacle', direction: 'outgoing', mode: 'polling' },
  },
  { regex: /agent listening on|tentacle will listen/, shows: { product: 'tentacle', mode: 'listening' } },
  {
    regex:
      /sent to a polling endpoint|polling client at|sending a request to ['"\u2018]?poll:|sendoutgoingpollingrequest/,
    shows: { product: 'server', mode: 'polling' },
  },
  {
    regex: /securelisteningclient|sendoutgoinghttpsrequest/,
    shows: { product: 'server', direction: 'outgoing', mode: 'listening' },
  },
  // Methods in stack traces: each of the two ends has its own side of the exchange.
  { regex: /assubscriber(?:async)?\b/, shows: { product: 'tentacle', direction: 'outgoing', mode: 'polling' } },
  { regex: /\bexchangeasclient(?:async)?\b/, shows: { product: 'server', direction: 'outgoing', mode: 'listening' } },
  {
    regex: /\bprocessclientrequests(?:async)?\b/,
    shows: { product: 'tentacle', direction: 'incoming', mode: 'listening' },
  },
  { regex: /\bprocesssubscriber(?:async)?\b/, shows: { product: 'server', direction: 'incoming', mode: 'polling' } },
  // The head of a task's log, and the server's own name spaces, files and programs.
  {
    regex:
      /^\s{0,8}\d\d:\d\d:\d\d\s{1,8}[a-z]{3,12}\s{0,8}\||octopus\.server\b|unhandled error on request: |octopus deploy: server version|listening for polling tentacles|octopusserver\.|octopus\.(?:core|data|worker)\./,
    shows: { product: 'server' },
  },
  {
    regex: /octopus\.tentacle\b|octopustentacle\.|octopus\.agent\b|tentacle\.exe|tentacle version \d/,
    shows: { product: 'tentacle' },
  },
  {
    regex: /\d \|\s{1,2}(?:trace|debug|info|warn|error|fatal)\s{1,2}\|/,
    shows: { product: 'tentacle', isContainer: true },
  },
  {
    regex:
      /listen:\/\/|https:\/\/\+:|accepted tcp client|a client at |(?:from|tcp|web socket) client: |client failed authentication|halibut\.transport\.secure(?:web ?socket)?listener|authenticateasserver|the client at |securetcp\.server\b|securetcpserver/,
    shows: { direction: 'incoming' },
  },
  {
    regex:
      /sending a request to ['"\u2018<]{0,3}https:|(?:host|server) (?:at )?https:|opening a new (?:tcp )?connection to|while connecting to|setting up connection to|error posting to|proxy destination|connection to proxy host|actively refused|initial connection within|securetcp\.client\b|securetcpclient/,
    shows: { direction: 'outgoing' },
  },
  // The library writes the address of the connection, and a thread number, before its message.
  {
    regex: /(?:^|\s)(?:https|wss):\/\/[^\s/'"<>]{1,255}\/\S{0,200}\s{2,30}\d{1,6}\s{2}/m,
    shows: { direction: 'outgoing', carries: 'halibut' },
  },
  {
    regex:
      /halibut|(?:listen|poll):\/\/|pipefish\.|sending a request to ['"\u2018<]{0,3}https:|the remote host at https:|presented an unexpected security certificate|polling endpoint|octopus\.tentacle\.|squid/,
    shows: { carries: 'halibut' },
  },
  // Programs in Go: gRPC is the Kubernetes monitor or the Argo CD gateway; a web request is the CLI, Terraform or helm.
  { regex: /rpc error: code = |desc = "transport: |statuscode=...unavailable/, shows: { carries: 'grpc' } },
  {
    regex: /\b(?:get|head|post|put|patch|delete) \\?"https?:\/\/[^"]{1,500}": /,
    shows: { carries: 'rest', direction: 'outgoing' },
  },
  {
    regex: /system\.net\.http(?:webrequest|client|\.)|octopus\.client\.|system\.net\.webexception/,
    shows: { carries: 'rest', direction: 'outgoing' },
  },
];

const LISTENER_PORT = /listen:\/\/\S{1,60}?:(\d{1,5})\//;
/** An address that the end connected to; not the links to Octopus's own pages of help. */
const SERVER_URL =
  /(?:https|wss):\/\/(?!g\.octopushq\.com|octopus\.com|oc\.to|octopusdeploy\.com)[^\s/'"<>]{1,255}?(?::(\d{1,5}))?(?=[/'"\s<>,;]|$)/;
/** `192.0.2.20:10943` at the end of a message of the operating system. */
const LAST_ADDRESS = /[\s([](?:[\d.]{7,15}|\[?[0-9a-f:.]{2,45}\]?|[a-z0-9._-]{1,253}):(\d{1,5})\)?['".]{0,3}(?:\s|$)/;
const LISTENER_LEVEL = /\b(info|debug)\s{1,4}listen:\/\//;
const TENTACLE_VERSION = /tentacle version (\d{1,5})\.(\d{1,5})\.(\d{1,6})/;

/** Returns what a text shows about the end that wrote it: a line, or several lines of one message. */
export function readOrigin(text: string): LogOrigin {
  const lowerCase = text
    .split('\n')
    .map((line) => translateSocketTexts(line).toLowerCase())
    .join('\n');
  let origin: LogOrigin = {};
  for (const { regex, shows } of SIGNS) if (regex.test(lowerCase)) origin = { ...shows, ...origin };
  const port =
    LISTENER_PORT.exec(lowerCase)?.[1] ??
    SERVER_URL.exec(lowerCase)?.[1] ??
    (origin.direction === 'outgoing' ? LAST_ADDRESS.exec(lowerCase)?.[1] : undefined);
  origin = { ...MODE_BY_PORT[port ?? ''], ...origin };
  if (isPollingOverWebPort(origin, port, lowerCase)) origin = { mode: 'polling', ...origin };
  const level = LISTENER_LEVEL.exec(lowerCase)?.[1];
  if (level === 'info' || level === 'debug') origin = { ...origin, level };
  const version = TENTACLE_VERSION.exec(lowerCase);
  if (version !== null) origin = { ...origin, tentacleVersion: version.slice(1).map(Number) };
  return completeOrigin(origin);
}

/** Over 443, Halibut connects only from a polling Tentacle: the server's polling port is there, or a proxy's rule. */
function isPollingOverWebPort({ carries, direction }: LogOrigin, port: string | undefined, lowerCase: string): boolean {
  const isWebPort = port === '443' || (port === undefined && SERVER_URL.test(lowerCase));
  return isWebPort && carries === 'halibut' && direction === 'outgoing';
}

/** Adds to an origin what other text about the same line shows, where the two do not contradict each other. */
export function mergeOrigins(first: LogOrigin, other: LogOrigin): LogOrigin {
  return completeOrigin({ ...other, ...first });
}

/** Derives the third of product, direction and mode from the other two. Web requests do not show how the two talk. */
function completeOrigin(origin: LogOrigin): LogOrigin {
  const { product, direction, mode, carries } = origin;
  if (carries === 'rest') return origin;
  if (product === undefined && direction !== undefined && mode !== undefined)
    return { ...origin, product: (direction === 'incoming') === (mode === 'listening') ? 'tentacle' : 'server' };
  if (mode === undefined && product !== undefined && direction !== undefined)
    return { ...origin, mode: (direction === 'incoming') === (product === 'tentacle') ? 'listening' : 'polling' };
  if (direction === undefined && product !== undefined && mode !== undefined)
    return { ...origin, direction: (product === 'tentacle') === (mode === 'listening') ? 'incoming' : 'outgoing' };
  return origin;
}

const SERVER_TO_TENTACLE = endsOf(EXAMPLE_FACTS);
const TENTACLE_TO_SERVER = endsOf({ ...EXAMPLE_FACTS, peerRole: 'server' });

/** A Tentacle in a container logs to the output of its container, too. */
const CONTAINER_LOG = {
  name: "the agent's log",
  rejection: 'Only a log at Debug level shows a rejected thumbprint.',
  windows: 'kubectl logs -n NAMESPACE -l app.kubernetes.io/name=octopus-agent --tail 100',
  linux: 'kubectl logs -n NAMESPACE -l app.kubernetes.io/name=octopus-agent --tail 100',
};

/** The two ends, `here` the one that wrote the line; undefined where the text does not show which one that is. */
export function endsOfOrigin({ product, mode, isContainer }: LogOrigin = {}): Ends | undefined {
  if (product === undefined || mode === undefined) return undefined;
  const { here: server, there: listener } = SERVER_TO_TENTACLE;
  const { here: poller, there: polled } = TENTACLE_TO_SERVER;
  const [tentacle, octopus]: [End, End] = mode === 'listening' ? [listener, server] : [poller, polled];
  const container: End = { ...tentacle, host: "a node of the agent's cluster", log: CONTAINER_LOG };
  const tentacleThere = isContainer === true ? container : tentacle;
  return product === 'tentacle' ? { here: tentacleThere, there: octopus } : { here: octopus, there: tentacleThere };
}
