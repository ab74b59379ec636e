import { defineMessage } from './known-message.js';
import { HOST, PORT } from './captured-fields.js';
import { diagnose, diagnoseThroughProxy, openPort, passThrough, pong, readOtherLog } from './steps.js';
import { replaceWeakCertificate } from './certificate-steps.js';

/** Messages of the library that only some of its versions log: renamed since, or replaced by a more exact one. */
export const oldWordingMessages = [
  defineMessage({
    id: 'rpc.null-reference',
    patterns: [
      'after the request began: object reference not set to an instance of an object',
      'object reference not set to an instance of an object...readbsonmessage',
    ],
    text: '..., after the request began: Object reference not set to an instance of an object.',
    means:
      'With ReadBsonMessage in the stack trace, this is the old wording of "messageEnvelope is null": an empty message arrived where a response was expected. Without it, a service of the other end failed; the network works then.',
    causes: [
      {
        text: 'ReadBsonMessage in the stack: a SHA-1 certificate that one of the two systems does not accept (seen with Windows Server 2012 R2)',
        failure: 'tls.no-common-parameters',
      },
      { text: 'ReadBsonMessage in the stack: a message lost inside TLS', failure: 'rpc.malformed-response' },
      { text: 'another stack: a fault in the service that was called' },
    ],
    next: (seen) => [
      readOtherLog(seen),
      diagnose(seen, "It reports the certificate's signature algorithm."),
      ...replaceWeakCertificate,
    ],
    decidedBy: 'both',
    example:
      "An error occurred when sending a request to 'https://web01.example:10933/', after the request began: Object reference not set to an instance of an object.",
  }),
  defineMessage({
    id: 'tcp.retried-after-time-out',
    patterns: [
      'timed out. there may be problems with the network. the connection will be retried',
      'timed out, there may be problems with the network, connection will be retried',
    ],
    captures: [new RegExp(`host at (?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?`, 'i')],
    text: 'The connection to the host at ... timed out. There may be problems with the network. The connection will be retried.',
    means:
      'An attempt got no reply, and the library tries again by itself. If no failed call follows, nothing else happened.',
    causes: [
      { text: 'packets are dropped, all of them (a firewall) or some', failure: 'tcp.timeout' },
      { text: 'the other process is hung or overloaded', failure: 'tls.silent' },
    ],
    next: (seen) => [diagnose(seen, 'It tries each address and stage, several times.'), openPort(seen), pong(seen)],
    decidedBy: 'network',
    example:
      '2019-09-26 12:13:33.1234   4508     27 ERROR  https://web01.example:10933/    27  The connection to the host at https://web01.example:10933/ timed out, there may be problems with the network, connection will be retried.',
  }),
  defineMessage({
    id: 'proxy.no-response-in-time',
    patterns: [
      {
        oneOf: ['to respond'],
        regex: /timeout while waiting for the proxy server at .{1,255} on port \d{1,5} to respond/,
      },
      'an error has occurred establishing proxy connection',
    ],
    captures: [new RegExp(`proxy server at (?<proxyHost>${HOST}) on port (?<proxyPort>${PORT})`, 'i')],
    text: 'A timeout while waiting for the proxy server at ... on port ... to respond.',
    means: 'The proxy accepted the TCP connection but did not reply to CONNECT in time.',
    causes: [
      { text: 'the proxy cannot reach the destination, and waits for it', failure: 'proxy.silent' },
      { text: 'the port is not that of an HTTP proxy', failure: 'proxy.silent' },
    ],
    next: (seen) => [
      diagnoseThroughProxy(seen, 'It reports whether the proxy replies, and after how long.'),
      {
        who: 'network-team',
        action: 'Connect to the destination from the proxy itself: look up the name, then try the port.',
      },
    ],
    decidedBy: 'network',
    example:
      'Halibut.Transport.Proxy.Exceptions.ProxyException: A timeout while waiting for the proxy server at 10.1.2.3 on port 3128 to respond.',
  }),
  defineMessage({
    id: 'rpc.client-only',
    patterns: [
      'on this machine, but this server has been configured to be a client only',
      {
        oneOf: ['is not allowed on the halibut message protocol'],
        regex: /the type .{1,200} is not allowed on the halibut message protocol/,
      },
    ],
    captures: [/call the service '(?<detail>[\w.]{1,100})'/i],
    text: "An attempt was made to call the service '...' on this machine, but this server has been configured to be a client only. / The type ... is not allowed on the Halibut message protocol.",
    means: 'A call arrived complete, and this end refuses what it asks for. The network, TLS and trust are in order.',
    causes: [
      { text: 'the two ends are of versions that do not fit' },
      { text: 'the address leads to the wrong end: a server is called as if it were a Tentacle' },
    ],
    next: (seen) => [
      diagnose(seen, 'It reports which kind of end answers, and its services.'),
      { who: 'server-admin', action: 'Check the address of the target, then upgrade the older end.' },
    ],
    decidedBy: 'both',
    example:
      "System.InvalidOperationException: An attempt was made to call the service 'IScriptService' on this machine, but this server has been configured to be a client only.",
  }),
  defineMessage({
    id: 'rpc.protocol-violated',
    patterns: [
      'expected a hello line, got',
      'it is not clear what should be done with this character',
      'unexpected remote identity: ',
      'unexpected stream!',
      'identified itself with an unknown identity type',
      'encountered an unexpected message type',
    ],
    captures: [/(?:got|identity|character|type):? (?:dec value )?(?<detail>[\w./-]{1,40})/i],
    text: 'Unexpected remote identity: ... / Encountered an unexpected message type ... / Expected a HELLO line, got: ...',
    means: 'TLS was complete, then data arrived that the protocol does not allow at this point.',
    causes: [
      { text: 'the other end is not an Octopus end, or of a very different version', failure: 'identity.unknown' },
      { text: 'a device inside TLS replies or changes the data', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [
      diagnose(seen, 'It identifies the other end, and reports whether a device in between terminates TLS.'),
      pong(seen),
      passThrough,
    ],
    decidedBy: 'network',
    example:
      '2024-03-05 10:15:20.1234 ERROR  Halibut.Transport.Protocol.ProtocolException: Unexpected remote identity: Unknown',
  }),
  defineMessage({
    id: 'data.stream-short',
    patterns: [
      'there was a problem receiving a file stream',
      {
        oneOf: ['was closed after only reading'],
        regex: /stream with length \d{1,19} was closed after only reading \d{1,19} bytes/,
      },
      'this stream has already been received once, and it cannot be read again',
    ],
    text: 'There was a problem receiving a file stream: the length of the file was expected to be: ... but less data was actually sent.',
    means:
      'A file arrived shorter than announced. The message itself says that the sender may have read its stream before; a cut connection has another message.',
    causes: [
      { text: 'the sending end used the same stream twice: a fault of an old version' },
      { text: 'the file changed while it was being sent' },
      { text: 'a device that terminates TLS lost bytes', failure: 'rpc.malformed-response' },
    ],
    next: (seen) => [
      readOtherLog(seen),
      diagnose(seen, 'It reports whether a device in between terminates TLS.'),
      passThrough,
    ],
    decidedBy: 'both',
    example:
      'Halibut.Transport.Protocol.ProtocolException: There was a problem receiving a file stream: the length of the file was expected to be: 3156 but less data was actually sent.',
  }),
];
