import { askTheProxyToo } from '../proxy-sight.js';
import { peer } from '../row.js';
import { unknownName } from '../router-by-name.js';
import { whatAnswers } from '../what-answers.js';
import {
  compareWithListen,
  nameDecides,
  passThrough,
  rightServer,
  serverHealth,
  serverLog,
  type WordsFor,
} from './words.js';

/** TLS with the server that is polled. */
export const tlsWords = {
  'tls.not-tls': {
    server: {
      means: ({ facts }) => {
        const what = facts.firstBytes === undefined ? undefined : whatAnswers(facts.firstBytes);
        if (what === undefined || what.protocol === 'unknown')
          return `What answers at ${peer(facts)} is no TLS peer${what === undefined ? '' : ` and none that this tool knows: ${what.detail}`}.`;
        return `What answers at ${peer(facts)} speaks ${what.protocol}: ${what.detail}. It is not an Octopus Server's polling port, or something answers in its place.`;
      },
      next: (facts) => [
        rightServer,
        {
          who: 'server-admin',
          action: `Look which process listens on port ${facts.port}.`,
          windows: `netstat -a -n -o -b -p tcp | findstr :${facts.port}`,
          linux: `ss -ltnp 'sport = :${facts.port}'`,
        },
        {
          who: 'network-team',
          action:
            'If the Octopus Server does listen there, a proxy, portal or firewall answers in its place: exempt this connection from it.',
        },
      ],
    },
  },
  'tls.version': {
    server: {
      next: () => [
        {
          who: 'server-admin',
          action:
            'Enable TLS 1.2 at the Octopus Server (Windows: SCHANNEL\\Protocols in the registry), and look at the key size of its certificate: at least 2048 bits.',
          windows: 'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols" /s',
          linux: 'openssl version; cat /etc/ssl/openssl.cnf',
        },
        compareWithListen,
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'the peer allows only TLS versions below 1.2 (or only others than we offer)',
          'the peer cannot use its own certificate, as with RSA keys of 1024 bits under OpenSSL 3',
          'a load balancer in front of the server ends TLS with an old policy',
        ],
        test: 'The Octopus Server by itself, polled on its own machine (tentacle-pong --poll localhost): works there means a device in front of it.',
      },
    },
  },
  'tls.sni': {
    server: {
      means: ({ facts }) =>
        `${peer(facts)} ended the handshake with the alert "unrecognized name": what ends or routes TLS there ${unknownName(facts)}. An Octopus Server looks at no name, so it is not the server that answered, but a router in front of it.`,
      next: (facts) => [
        ...nameDecides(facts),
        {
          who: 'tentacle-admin',
          action: 'Poll the server under the name that the router in front of it knows.',
          windows: 'Tentacle show-configuration',
          linux: 'Tentacle show-configuration',
        },
        {
          who: 'network-team',
          action:
            'Find the router, balancer or filter that reads the name in TLS (SNI): add this name to it, give it a default that leads to the server, or exempt the port.',
        },
      ],
    },
  },
  'tls.internal-error': {
    server: {
      next: () => [
        {
          who: 'server-admin',
          action: "Look at the Octopus Server's certificate: key of at least 2048 bits, private key readable.",
        },
        {
          who: 'network-team',
          action:
            'If a load balancer or gateway ends TLS there: look whether it has a certificate for this port and name.',
        },
        compareWithListen,
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'the peer cannot use its certificate or private key',
          'a router or gateway that has no certificate or no target for this name or port',
          'any other error inside the peer',
        ],
        test: "The peer's own log at this time names it; tentacle-ping --listen on the server's machine, with a certificate of its own, shows whether it is the certificate.",
      },
    },
  },
  'tls.no-shared': {
    server: {
      next: () => [
        {
          who: 'server-admin',
          action:
            'Enable at the Octopus Server what Octopus requires: ECDHE-RSA-AES128-GCM-SHA256 or ECDHE-RSA-AES256-GCM-SHA384, the group secp256r1, signatures with SHA-256.',
          windows: 'powershell Get-TlsCipherSuite',
          linux: 'openssl ciphers -v; update-crypto-policies --show',
        },
        compareWithListen,
      ],
    },
  },
  'tls.client-certificate-refused': {
    server: {
      means: ({ symptom, facts }) =>
        `${peer(facts)} refused our certificate by a TLS alert (${symptom.code}). An Octopus Server's polling port never does that: it takes any certificate and decides afterwards. So something else ends TLS there.`,
      next: (facts) => [...nameDecides(facts), passThrough, compareWithListen],
    },
  },
  'tls.corrupted': {
    server: {
      next: () => [
        {
          who: 'network-team',
          action:
            'Find what rewrites the stream between the two: an inspecting firewall, a WAN optimiser, a VPN, or a faulty network card or its offloading; exempt this connection or replace it.',
        },
        {
          who: 'tentacle-admin',
          action:
            'Switch checksum and segmentation offloading off on the network cards of both machines, and try again.',
          windows: 'powershell Get-NetAdapterChecksumOffload; powershell Get-NetAdapterLso',
          linux: 'ethtool --show-offload eth0; ip -s link',
        },
        compareWithListen,
      ],
    },
  },
  'tls.closed': {
    server: {
      next: (facts) => [
        ...nameDecides(facts),
        {
          who: 'network-team',
          action:
            'Look for a load balancer without a healthy target, an allow-list, or a PROXY-protocol setting in front of the Octopus Server.',
        },
        serverLog,
        compareWithListen,
        ...askTheProxyToo(facts),
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'a load balancer or relay without a target to pass the connection to',
          'an allow-list or a filter that closes after accepting',
          'a router by name (SNI) that does not know this name',
          'a PROXY-protocol header expected or sent where it should not be',
          'the server itself: stopping, or unable to use its certificate',
          'a server of another protocol, which closes when TLS comes and says nothing',
        ],
        test: "The server's log: no trace of the connection means that it was closed in front of it. (Servers with a library of 2026 or later write no trace of connections that end before TLS: there, poll tentacle-ping --listen beside it.)",
      },
    },
  },
  'tls.reset': {
    server: {
      next: (facts) => [
        {
          who: 'network-team',
          action:
            'Look for an inspecting device that resets when it sees TLS or this name (SNI), and exempt this connection.',
        },
        serverHealth,
        compareWithListen,
        ...askTheProxyToo(facts),
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'an inspecting device or filter on the way',
          'a reset after about 15 s: large packets vanish on the way (MTU), and the keep-alive met a peer that had given up',
          'the process at the other end: stopping, expecting a PROXY-protocol header, or speaking another protocol',
          'a load balancer without a healthy target, which closes before it has read our first bytes',
        ],
        test: "Time and place: at once and only for TLS is a filter; about 15 s is packet size; poll tentacle-ping --listen on the server's machine to exclude the process.",
      },
    },
  },
  'tls.silent': {
    server: {
      next: (facts) => [
        serverHealth,
        {
          who: 'network-team',
          action:
            'Look for a device that accepts in the server\'s name, and for packets over a smaller MTU that vanish (allow ICMP "fragmentation needed", or clamp the MSS).',
        },
        compareWithListen,
        ...askTheProxyToo(facts),
      ],
      certainty: {
        kind: 'one-of',
        causes: [
          'the process behind the port is hung (the system accepts in its place)',
          'the answer is larger than what the way lets through (MTU black hole)',
          'a device accepts every connection and passes nothing on',
          'another protocol, whose server waits for the client to speak',
        ],
        test: "Poll tentacle-ping --listen on the server's machine: silent too means the way; fine means the process.",
      },
    },
  },
  'tls.stalled': {
    server: {
      next: (facts) => [
        {
          who: 'network-team',
          action: 'Look for loss, a very slow link, or packets over a smaller MTU that vanish between the two.',
        },
        compareWithListen,
        ...askTheProxyToo(facts),
      ],
    },
  },
  'tls.other': { server: { next: () => [compareWithListen, serverLog] } },
} satisfies WordsFor;
