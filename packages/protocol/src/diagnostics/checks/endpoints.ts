import { sameCommand } from '../product-commands.js';
import type { Commands, Step } from '../step.js';
import { counted } from '../wording.js';
import { defineFinding } from './finding.js';

/** An endpoint, and where the connection came from: `` for a direct one, or ` through the proxy HOST:PORT`. */
export interface EndpointPlace {
  /** `octopus.example:10943`, `https://octopus.example/api` */
  readonly name: string;
  readonly through: string;
}

/** An endpoint, and the response that it sent. */
export interface AnsweringEndpoint extends EndpointPlace {
  /** In a few words: `HTTP 502 Bad Gateway (nginx)`, `nothing within 3 s`. */
  readonly answer: string;
}

const DIRECT = { through: '' };
const PORTAL = { name: 'https://octopus.example/api', ...DIRECT };
const POLLING = { name: 'octopus.example:10943', ...DIRECT };
const WEB_SOCKET = { name: 'wss://octopus.example/OctopusComms', ...DIRECT };
const GRPC = { name: 'grpc://octopus.example:8443', ...DIRECT };

const checkUrl: Step = {
  who: 'you',
  action: 'Check the URL: open it in a browser on this machine. Its address is the one that people use for Octopus.',
};

const passThrough = (what: string): Step => ({
  who: 'network-team',
  action: `Let ${what} pass this load balancer, proxy or gateway unchanged. Do not terminate TLS there.`,
});

/** Shows a response to a request for one URL. */
function requestCommand(url: string): Commands {
  return { windows: `curl.exe -sik ${url}`, linux: `curl -sik ${url}` };
}

/** What the tests of endpoints can find. Failures of their connections are in the catalogue of failures. */
export const endpointFindings = {
  portal: defineFinding({
    id: 'portal.ok',
    group: 'endpoints',
    status: 'ok',
    title: ({ name, through, version }: EndpointPlace & { readonly version: string }) =>
      `Octopus ${version} answers at ${name}${through}`,
    example: { ...PORTAL, version: '2026.1.2345' },
  }),
  notOctopus: defineFinding({
    id: 'portal.not-octopus',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `Not Octopus, but another web server answers ${name}${through}`,
    means: ({ answer }) =>
      `The response was ${answer}. An Octopus Server answers this request with its version. The URL leads to another website, or a proxy or portal in between answers in its place.`,
    next: ({ name }) => [
      checkUrl,
      { who: 'you', action: 'Look at the whole response: it often names the device.', ...requestCommand(name) },
      {
        who: 'network-team',
        action: 'If a captive portal or filter answers, exempt this host and the URL of Octopus from it.',
      },
    ],
    example: { ...PORTAL, answer: 'HTTP 200 "Welcome to nginx!" (nginx/1.22.1)' },
  }),
  wrongPort: defineFinding({
    id: 'portal.wrong-port',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through, answer }: AnsweringEndpoint) => `${answer} answers at ${name}${through}, not the portal`,
    means: () =>
      'Network and TLS work up to that port. It is one for deployments (Halibut): it has no web pages, and takes no requests for registration.',
    next: () => [
      checkUrl,
      {
        who: 'you',
        action: 'If you look for the polling port, test it as one.',
        ...sameCommand('tentacle-pong check --only endpoints --server polling://HOST:PORT'),
      },
    ],
    example: { name: 'https://octopus.example:10950/api', ...DIRECT, answer: 'The polling port of an Octopus Server' },
  }),
  signIn: defineFinding({
    id: 'portal.sign-in',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `A gateway asks for sign-in before ${name}${through}`,
    means: ({ answer }) =>
      `The response was ${answer}. Octopus answers this request without sign-in, so a gateway in front of it asks. Browsers pass it; registration and other clients of the REST API do not.`,
    next: ({ name }) => [
      {
        who: 'network-team',
        action:
          'Exempt the path /api and its subfolders from sign-in at the gateway, or give clients of the API another URL.',
      },
      { who: 'you', action: 'Look at the whole response: it often names the gateway.', ...requestCommand(name) },
    ],
    example: { ...PORTAL, answer: 'HTTP 302 to https://login.example/' },
  }),
  unavailable: defineFinding({
    id: 'portal.unavailable',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `The portal at ${name}${through} reports an error`,
    means: ({ answer }) =>
      `The response was ${answer}. Network and TLS work up to the web server. A load balancer without a healthy node answers like this, and so does an Octopus Server that starts or is in maintenance.`,
    next: ({ name }) => [
      {
        who: 'server-admin',
        action: 'Check that the Octopus Server service runs on each node, and look at its log.',
        windows: "Get-Service 'OctopusDeploy*'\nGet-Content -Tail 100 C:\\Octopus\\Logs\\OctopusServer.txt",
      },
      {
        who: 'network-team',
        action:
          "Check the health probe of the load balancer. Octopus's path for probes is /api/octopusservernodes/ping.",
        ...requestCommand(name.replace(/\/api$/, '/api/octopusservernodes/ping')),
      },
    ],
    example: { ...PORTAL, answer: 'HTTP 502 Bad Gateway (nginx)' },
  }),
  noResponse: defineFinding({
    id: 'portal.no-response',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `No response to the request for ${name}${through}`,
    means: ({ answer }) =>
      `TLS works, but the response to the request was ${answer}. The server behind it hangs or is not a web server, or a device in between drops the request.`,
    next: ({ name }) => [
      checkUrl,
      { who: 'you', action: 'Repeat the request with another client.', ...requestCommand(name) },
      { who: 'server-admin', action: 'If all clients wait, restart the Octopus Server service.' },
    ],
    example: { ...PORTAL, answer: 'nothing within 3 s' },
  }),
  polling: defineFinding({
    id: 'polling.ok',
    group: 'endpoints',
    status: 'ok',
    title: ({ name, through, answer }: AnsweringEndpoint) => `${answer} answers at ${name}${through}`,
    example: { ...POLLING, answer: 'The polling port of an Octopus Server' },
  }),
  noPage: defineFinding({
    id: 'polling.no-page',
    group: 'endpoints',
    status: 'unknown',
    title: ({ name, through }: AnsweringEndpoint) => `TLS works at ${name}${through}, but what answers is unknown`,
    means: ({ answer }) =>
      `The response to the request for its page was ${answer}. An Octopus Server shows a page there, unless an administrator changed it.`,
    next: ({ name }) => [
      {
        who: 'you',
        action: "Compare the presented thumbprint with the Octopus Server's own (Configuration > Thumbprint).",
      },
      { who: 'you', action: 'Poll it as a Tentacle does.', ...sameCommand(`tentacle-pong --poll ${name}`) },
    ],
    example: { ...POLLING, answer: 'nothing within 3 s' },
  }),
  sharedName: defineFinding({
    id: 'polling.shared-name',
    group: 'endpoints',
    status: 'warning',
    title: ({ name, nodes }: EndpointPlace & { readonly nodes: number }) =>
      `${name} has the name of ${counted(nodes, 'node')} behind a load balancer`,
    means: () =>
      'The portal under this name was answered by several nodes. If the polling port is balanced too, a Tentacle polls one node, and calls of the others wait until it polls them.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Let the Tentacle poll each node by an address or a port of its own.',
        windows:
          "& 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe' poll-server --server=URL --apiKey=KEY --server-comms-address=NODE\n& 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe' service --restart",
        linux:
          'sudo /opt/octopus/tentacle/Tentacle poll-server --server=URL --apiKey=KEY --server-comms-address=NODE\nsudo /opt/octopus/tentacle/Tentacle service --restart',
      },
    ],
    example: { ...POLLING, nodes: 2 },
  }),
  certificateIssued: defineFinding({
    id: 'polling.certificate-issued',
    group: 'endpoints',
    status: 'warning',
    title: ({ name, through }: EndpointPlace & { readonly issuer: string }) =>
      `The certificate at ${name}${through} is from an authority`,
    means: ({ issuer }) =>
      `Its issuer is ${issuer}. An Octopus Server creates its own certificate for polling, which is self-signed. A device in between may terminate TLS; then no Tentacle can poll.`,
    next: () => [
      {
        who: 'server-admin',
        action: "Compare the presented thumbprint with the Octopus Server's own (Configuration > Thumbprint).",
      },
      passThrough('this port'),
    ],
    example: { ...POLLING, issuer: 'CN=Example CA' },
  }),
  certificateByProxy: defineFinding({
    id: 'endpoint.certificate-by-proxy',
    group: 'endpoints',
    status: 'problem',
    title: ({ name }: EndpointPlace & { readonly direct: string; readonly byProxy: string }) =>
      `${name} has another certificate through the proxy`,
    means: ({ direct, byProxy }) =>
      `Directly it is ${direct}, and through the proxy ${byProxy}. The proxy terminates TLS, or connects to another server. Halibut accepts only the thumbprint that is configured.`,
    next: () => [
      passThrough('connections to Octopus'),
      { who: 'network-team', action: 'Check to which address the proxy resolves the name.' },
    ],
    example: { ...POLLING, direct: 'A'.repeat(40), byProxy: 'B'.repeat(40) },
  }),
  webSocket: defineFinding({
    id: 'websocket.ok',
    group: 'endpoints',
    status: 'ok',
    title: ({ name, through }: EndpointPlace) => `Polling over WebSockets is possible at ${name}${through}`,
    example: WEB_SOCKET,
  }),
  notUpgraded: defineFinding({
    id: 'websocket.not-upgraded',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `The connection to ${name}${through} is not upgraded`,
    means: ({ answer }) =>
      `The response to the upgrade request was ${answer}, in place of 101 Switching Protocols. Either Octopus does not listen for WebSockets at this path, or a device in between removes the upgrade.`,
    next: () => [
      {
        who: 'server-admin',
        action:
          'Check that the Octopus Server listens for WebSockets there, with the same host and path. The URL ends without a slash for Tentacles, and with one for the server.',
        windows:
          "& 'C:\\Program Files\\Octopus Deploy\\Octopus\\Octopus.Server.exe' show-configuration\nnetsh http show urlacl",
      },
      {
        who: 'network-team',
        action: 'Let the headers Upgrade and Connection pass, and do not terminate TLS in front of the server.',
      },
    ],
    example: { ...WEB_SOCKET, answer: 'HTTP 404 Not Found' },
  }),
  grpc: defineFinding({
    id: 'grpc.ok',
    group: 'endpoints',
    status: 'ok',
    title: ({ name, through }: EndpointPlace) => `HTTP/2 over TLS answers at ${name}${through}`,
    example: GRPC,
  }),
  noHttp2: defineFinding({
    id: 'grpc.no-h2',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through }: AnsweringEndpoint) => `No HTTP/2 at ${name}${through}, so no gRPC`,
    means: ({ answer }) =>
      `TLS works, and ${answer}. The Kubernetes monitor speaks gRPC, which needs HTTP/2 from end to end. A load balancer that speaks HTTP/1.1 here breaks it.`,
    next: () => [
      {
        who: 'network-team',
        action: 'Forward port 8443 as TCP, or let the load balancer speak HTTP/2 (gRPC) on both sides.',
      },
      {
        who: 'server-admin',
        action: 'If nothing is in between, check that port 8443 is the gRPC port of this Octopus Server.',
      },
    ],
    example: { ...GRPC, answer: 'the server did not choose h2' },
  }),
  grpcIdle: defineFinding({
    id: 'grpc.idle-closed',
    group: 'endpoints',
    status: 'problem',
    title: ({ name, through, seconds }: EndpointPlace & { readonly seconds: number }) =>
      `The idle connection to ${name}${through} was lost within ${seconds} s`,
    means: () =>
      'The Kubernetes monitor keeps one connection open, over which little is sent at times. A load balancer or firewall in between closes connections that are idle.',
    next: () => [
      {
        who: 'network-team',
        action: 'Raise the idle timeout of load balancer, proxy and firewall for this port to 5 minutes or more.',
      },
    ],
    example: { ...GRPC, seconds: 35 },
  }),
  target: defineFinding({
    id: 'target.ok',
    group: 'endpoints',
    status: 'ok',
    title: ({ name, through, answer }: AnsweringEndpoint) => `${answer} answers at ${name}${through}`,
    example: { name: 'web01.example:10933', ...DIRECT, answer: 'A Tentacle' },
  }),
  targetNoPage: defineFinding({
    id: 'target.no-page',
    group: 'endpoints',
    status: 'unknown',
    title: ({ name, through }: AnsweringEndpoint) => `TLS works at ${name}${through}, but what answers is unknown`,
    means: ({ answer }) => `The response to the request for its page was ${answer}. A Tentacle shows a page there.`,
    next: ({ name }) => [
      { who: 'you', action: 'Test every step of the path to it.', ...sameCommand(`tentacle-ping diagnose ${name}`) },
    ],
    example: { name: 'web01.example:10933', ...DIRECT, answer: 'nothing within 3 s' },
  }),
  targetsLeft: defineFinding({
    id: 'target.left-out',
    group: 'endpoints',
    status: 'skipped',
    title: ({ count, kind }: { readonly count: number; readonly kind: string }) =>
      `Not tested: ${counted(count, 'target')} of the list, ${kind}`,
    example: { count: 12, kind: 'polling' },
  }),
  noneNeeded: defineFinding({
    id: 'endpoint.none-needed',
    group: 'endpoints',
    status: 'skipped',
    title: ({ why }: { readonly why: 'listening' | 'not-configured' }) =>
      why === 'listening'
        ? 'A listening Tentacle needs no endpoint; for registration, add --server URL'
        : 'None is configured here; add --server URL to test those of a server',
    example: { why: 'listening' },
  }),
  invalidAddress: defineFinding({
    id: 'endpoint.address-invalid',
    group: 'endpoints',
    status: 'problem',
    title: ({ address }: { readonly address: string }) => `The configured server address ${address} is not valid`,
    means: () => 'The Tentacle cannot poll it: an address is written as https://octopus.example:10943/.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Register the Tentacle with that server again, with the right address.',
        windows:
          "& 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe' poll-server --server=URL --apiKey=KEY\n& 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe' service --restart",
        linux:
          'sudo /opt/octopus/tentacle/Tentacle poll-server --server=URL --apiKey=KEY\nsudo /opt/octopus/tentacle/Tentacle service --restart',
      },
    ],
    example: { address: 'octopus example' },
  }),
  proxyPassword: defineFinding({
    id: 'endpoint.proxy-password',
    group: 'endpoints',
    status: 'unknown',
    title: ({ proxy, user }: { readonly proxy: string; readonly user: string; readonly option: string }) =>
      `The proxy ${proxy} was not tested: it needs the password of ${user}`,
    means: () => 'The configuration contains the password, and this tool does not read passwords from there.',
    next: ({ option }) => [
      {
        who: 'tentacle-admin',
        action: 'Run this check again with the proxy as an option, and type its password when asked.',
        ...sameCommand(`tentacle-pong check --only endpoints --proxy ${option}`),
      },
    ],
    example: { proxy: 'proxy.example:3128', user: 'octopus', option: 'http://octopus@proxy.example:3128' },
  }),
  systemProxy: defineFinding({
    id: 'endpoint.system-proxy',
    group: 'endpoints',
    status: 'unknown',
    title: ({ settings }: { readonly settings: string }) =>
      `The system's proxy was not tested, although it is configured: ${settings}`,
    means: () =>
      'The Tentacle uses the proxy settings of the account of its service. Those of this account may differ from them.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Run this check again with that proxy as an option.',
        ...sameCommand('tentacle-pong check --only endpoints --proxy http://PROXY:PORT'),
      },
    ],
    example: { settings: 'proxy.example:3128' },
  }),
};
