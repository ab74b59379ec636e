import { hostAndPort, proxyUrl, rightProxy, byHand, theProxy, TheProxy, atTheProxy, answered } from '../proxy-sight.js';
import { peer, span } from '../row.js';
import { compareWithListen, serverHealth, type WordsFor } from './words.js';

/** The way to the server's port: this machine, the proxy, the name, TCP. */
export const wayWords = {
  'local.no-source-address': {
    server: {
      certainty: {
        kind: 'one-of',
        causes: ['no address of that family (IPv6 switched off)', 'all local ports towards that peer are in use'],
        test: "Poll the server's address of the other family (IPv4 or IPv6): if that works, it is the family; if not, count the connections.",
      },
    },
  },
  'proxy.dns-failed': {
    server: {
      means: ({ symptom, facts }) =>
        `The look-up of ${theProxy(facts)} failed after ${span(symptom.elapsedUs)} (${symptom.code}). That is the resolver, not the record, and neither the proxy nor the Octopus Server.`,
    },
  },
  'proxy.auth-required': {
    server: {
      next: (facts) => [
        {
          who: 'you',
          action:
            'Run again with the user in --proxy, and the password from TENTACLE_PROXY_PASSWORD or --proxy-password-file.',
          windows: `tentacle-pong --poll ${hostAndPort(facts)} --proxy ${proxyUrl(facts).replace('//', '//USER@')}`,
          linux: `tentacle-pong --poll ${hostAndPort(facts)} --proxy ${proxyUrl(facts).replace('//', '//USER@')}`,
        },
        {
          who: 'tentacle-admin',
          action: 'Give the Tentacle the user and password of the proxy.',
          windows: 'Tentacle polling-proxy --proxyEnable=True --proxyHost=HOST --proxyPort=PORT --proxyUsername=USER',
          linux: 'Tentacle polling-proxy --proxyEnable=True --proxyHost=HOST --proxyPort=PORT --proxyUsername=USER',
        },
        atTheProxy(
          `Or let this machine's CONNECT to ${hostAndPort(facts)} through without credentials (by its address).`,
        ),
      ],
    },
  },
  'proxy.denied': {
    server: {
      next: (facts) => [
        atTheProxy(
          `Allow CONNECT to ${facts.host}:${facts.port} from this machine (squid: SSL_ports and the http_access rules; tinyproxy: ConnectPort ${facts.port}).`,
        ),
        {
          who: 'server-admin',
          action:
            'If only port 443 can be had: let the Octopus Server be polled there, on an address or name apart from its web portal (Octopus Cloud has polling.NAME.octopus.app:443).',
        },
        byHand(facts),
      ],
    },
  },
  'proxy.target-refused': {
    server: {
      means: ({ facts }) =>
        `${TheProxy(facts)} is fine: it tried ${facts.host}:${facts.port} and was refused. Nothing accepts on that port, seen from the proxy. Its answer: ${answered(facts)}.`,
      next: (facts) => [
        {
          who: 'server-admin',
          action: `On the Octopus Server's machine, look whether something listens on port ${facts.port}.`,
          windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
          linux: `ss -ltnp 'sport = :${facts.port}'`,
        },
        atTheProxy(`If something does listen there, find the firewall that rejects TCP ${facts.port} from the proxy.`),
      ],
      certainty: {
        kind: 'one-of',
        causes: ['nothing listens on that port of the target', 'a firewall between proxy and target rejects'],
        test: "On the Octopus Server's machine, connect to the port locally: works there means a firewall.",
      },
    },
  },
  'proxy.silent': {
    server: {
      next: (facts) => [
        {
          who: 'you',
          action: 'Run again with --timeout 90s: an answer that comes late says what the proxy met.',
          windows: `tentacle-pong --poll ${hostAndPort(facts)} --proxy ${proxyUrl(facts)} --timeout 90s`,
          linux: `tentacle-pong --poll ${hostAndPort(facts)} --proxy ${proxyUrl(facts)} --timeout 90s`,
        },
        atTheProxy(
          `Look whether ${theProxy(facts)} is hung, and whether TCP ${facts.port} from it to ${facts.host} is open.`,
        ),
        rightProxy(facts),
      ],
    },
  },
  'tcp.refused': {
    server: {
      next: (facts) => [
        {
          who: 'server-admin',
          action: `On the Octopus Server's machine, look whether something listens on port ${facts.port}. If not: is the server started, is this the port on which it is polled (10943 unless changed), is this the right node?`,
          windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
          linux: `ss -ltnp 'sport = :${facts.port}'`,
        },
        {
          who: 'network-team',
          action: `If something does listen there, a firewall on the way or on the host rejects: find the rule that refuses TCP ${facts.port}.`,
        },
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'nothing listens on that port: the Octopus Server is stopped, or is polled on another port, or elsewhere',
          "a firewall rejects the connection in the host's name",
        ],
        test: "On the Octopus Server's machine, connect to the port locally: works there and is refused from here means a firewall.",
      },
    },
  },
  'tcp.timeout': {
    server: {
      next: (facts) => [
        {
          who: 'network-team',
          action: `Allow TCP ${facts.port} from this machine to ${facts.address ?? facts.host} in every firewall and cloud security group on the way, and the answers back. That the web portal (443) is reached says nothing about this port.`,
        },
        {
          who: 'server-admin',
          action: `Open TCP ${facts.port} in the Octopus Server's own firewall, check that the address is its own, and that it is not hung.`,
          windows: `netsh advfirewall firewall show rule name=all dir=in | findstr /c:"${facts.port}"`,
          linux: 'sudo nft list ruleset; sudo iptables -S; ip address',
        },
        compareWithListen,
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'a firewall or security group drops the packets, in either direction',
          'no machine has that address, behind a router that does not say so',
          'the server is hung and its queue of new connections is full',
        ],
        test: "Capture on the Octopus Server's machine while this runs: no SYN arrives: dropped before it; SYN and no answer: its firewall or a full queue; an answer that does not come back: the way back.",
      },
    },
  },
  'tcp.reset': {
    server: {
      means: ({ symptom, facts }) =>
        `The connection to ${peer(facts)} was accepted and reset after ${span(symptom.elapsedUs)}, before a byte was sent.`,
      next: (facts) => [
        {
          who: 'network-team',
          action: `Look for an inspecting device or a load balancer that accepts for ${peer(facts)} and then resets.`,
        },
        serverHealth,
        compareWithListen,
      ],
      certainty: {
        kind: 'one-of',
        causes: ['a device on the way cut the new connection', 'the process that listens closed it at once'],
        test: 'Run tentacle-ping --listen on that machine and port in the place of the server: if the reset stays, it is a device on the way.',
      },
    },
  },
} satisfies WordsFor;
