import type { ConnectionFacts } from '../../trace.js';
import { sanitizeText } from '../../http/http-response.js';
import { counted } from '../wording.js';
import type { End } from '../ends.js';
import {
  conclusiveUnless,
  EXAMPLE_FACTS,
  exampleSignature,
  defineFailure,
  type Observation,
  UNKNOWN,
} from '../failure-definition.js';
import { hostAndPort, peerName, durationText } from '../wording.js';
import { sameCommand } from '../product-commands.js';
import { type Step } from '../step.js';
import { TIMED_OUT, CONNECTION_LOST } from './trust.js';

const bytes = (count: number): string => counted(count, 'byte');

/** How much of the transfer had moved. */
function progress({ facts: { transfer } }: Observation): string {
  if (transfer === undefined) return '';
  const { direction, sizeBytes, movedBytes } = transfer;
  return direction === 'upload'
    ? ` Of an upload of ${bytes(sizeBytes)}, ${bytes(movedBytes)} had been passed to this system, which may not have sent all of them.`
    : ` Of a download of ${bytes(sizeBytes)}, ${bytes(movedBytes)} had been received.`;
}

/** The limit, where a search has determined it. */
function limit({ transfer }: ConnectionFacts): string {
  const { direction, largestOkBytes, smallestFailedBytes } = transfer ?? {};
  if (direction === undefined || smallestFailedBytes === undefined) return '';
  return largestOkBytes === undefined
    ? ` No ${direction} succeeded, not even one of ${bytes(smallestFailedBytes)}.`
    : ` The largest successful ${direction} had ${bytes(largestOkBytes)}, the smallest failed one ${bytes(smallestFailedBytes)}.`;
}

/** Searches the limit: a single transfer only shows that there is one. */
function findLimit({ host, port, transfer }: ConnectionFacts): Step[] {
  if (transfer?.smallestFailedBytes !== undefined) return [];
  return [
    {
      who: 'you',
      action:
        'Find the size at which transfers begin to fail. The same size each time means a device that cuts or drops connections; a different size each time means an unstable network.',
      ...sameCommand(`tentacle-ping ${hostAndPort({ host, port })} --sizes`),
    },
  ];
}

/** Checks what the other end, which can only be a stand-in, logged. */
function readStandInLog({ administrator, standIn }: End, what: string): Step {
  return { who: administrator, action: `Check what ${standIn.name} logged about this connection${what}.` };
}

/**
 * Returns the size of the IP packet that a small transfer fits into: headers of IP (20, or 40 for IPv6) and TCP (20, with
 * time stamps 32), and a TLS record (22, in 1.2 29). @param timeStamps Linux sends them, Windows does not by default.
 */
function packetBytes(carriedBytes: number, { address = '', tlsVersion }: ConnectionFacts, timeStamps: boolean): number {
  return (
    carriedBytes + (address.includes(':') ? 40 : 20) + (timeStamps ? 32 : 20) + (tlsVersion === 'TLSv1.2' ? 29 : 22)
  );
}

/** Headers of IP and ICMP around the data of ping(8). */
const PING_BYTES = 28;

/** Shows a path MTU without this tool. @param okBytes the size of a packet that passes. */
export function showPathMtu({ host }: ConnectionFacts, who: Step['who'], okBytes: number): Step {
  const fits = okBytes - PING_BYTES;
  return {
    who,
    action:
      'Confirm it without this tool: ping with packets that must not be fragmented, just under the limit and of full size. The answer "needs to be fragmented" or "message too long" shows the smaller MTU. Silence for the large packet alone means that ICMP notices are filtered. A host that answers no ping at all proves nothing; tracepath then still shows the hop.',
    windows: `ping -f -l ${fits} ${host}\nping -f -l 1472 ${host}`,
    linux: `ping -M do -s ${fits} ${host}\nping -M do -s 1472 ${host}\ntracepath -n ${host}`,
  };
}

/** Lets large packets pass again, or keeps them from being sent. */
export const LET_NOTICES_PASS: Step = {
  who: 'network-team',
  action:
    'Allow ICMP "fragmentation needed" (type 3 code 4; IPv6: "packet too big", type 2) back to both ends. Alternatively, clamp the TCP MSS at the link or tunnel with the smaller MTU. Examples: VPN, GRE, PPPoE, a cloud interconnect, jumbo frames on one side only.',
};

/** A limit for one transfer that this one does not reach, with ten times the time that is usual. */
function raisedLimit(transfer: ConnectionFacts['transfer']): string {
  const gibibytes = Math.max(20, Math.ceil((2 * (transfer?.sizeBytes ?? 0)) / 1024 ** 3));
  return `${gibibytes}GiB,5h`;
}

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

/** Failures of data streams. */
export const dataFailures = [
  defineFailure({
    id: 'data.peer-limit',
    stage: 'data',
    wholeAddress: 'answered',
    shownAt: ['rpc', 'data'],
    matches: ({ signature }) => signature.code === 'PEER_LIMIT',
    title: 'Transfer refused or cut: a limit was reached',
    explanation: (observation, { there }) => {
      const { signature, facts } = observation;
      return `${peerName(facts)} answered "${sanitizeText(signature.serverError?.message ?? '')}".${progress(observation)} The network is not at fault: ${there.standIn.name} itself ended the transfer.`;
    },
    remediation: ({ port, ownThumbprint, transfer }, { there }) => [
      {
        who: 'you',
        action: 'Transfer less, or wait until there is room again.',
      },
      {
        who: there.administrator,
        action: `Alternatively, on ${there.host}, stop ${there.standIn.name} and start it again with higher limits, beside its other options.${ownThumbprint === undefined ? '' : ' With --trust it serves no other client.'}`,
        ...sameCommand(
          `tentacle-pong --port ${port}${ownThumbprint === undefined ? '' : ` --trust ${ownThumbprint}`} --transfer-limit ${raisedLimit(transfer)} --transfer-limit-per-address none --transfer-limit-total none`,
        ),
      },
    ],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: conclusiveUnless('a device that terminates TLS answers calls itself, or changes the answers'),
    example: {
      signature: exampleSignature('data', 'PEER_LIMIT', {
        serverError: {
          message: 'Transfer limit reached: --transfer-limit is 10GiB; this download has 20000000000 bytes',
          details: null,
        },
      }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 20_000_000_000, movedBytes: 0 } },
    },
  }),
  defineFailure({
    id: 'data.corrupted',
    stage: 'data',
    shownAt: ['data'],
    matches: ({ signature }) => signature.code === 'DATA_DIFFERS',
    title: 'Data corrupted in transfer',
    explanation: ({ facts }) => {
      const { direction = 'transfer', sizeBytes = 0, movedBytes = 0, differsAt } = facts.transfer ?? {};
      const difference =
        differsAt === undefined ? `${bytes(movedBytes)} arrived` : `the first wrong byte is at offset ${differsAt}`;
      return `In the ${direction} of ${bytes(sizeBytes)} with ${peerName(facts)}, ${difference}. TLS detects every change between its two ends, so the data was changed at or behind one of them.`;
    },
    remediation: ({ peerCertificate }, { there }) => [
      {
        who: there.administrator,
        action: `Compare the thumbprint that ${there.standIn.name} printed when it started with the presented one (${peerCertificate?.thumbprint ?? 'see the report'}). A different one means that a device terminates TLS in between.`,
      },
      {
        who: 'network-team',
        action: 'Exempt this connection from any device that terminates TLS and inspects or rewrites the content.',
      },
      { who: there.administrator, action: 'If the thumbprints are equal, test the memory of both machines.' },
    ],
    octopusLogMessages: ['The file corrupted during transfer.'],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: ['a device that terminates TLS changes the content', 'the memory of one of the two machines is faulty'],
      howToTell: `Compare the thumbprint that ${there.standIn.name} printed when it started with the presented one. If they are equal, no device terminates TLS.`,
    }),
    example: {
      signature: exampleSignature('data', 'DATA_DIFFERS'),
      facts: {
        ...EXAMPLE,
        transfer: { direction: 'upload', sizeBytes: 1_000_000, movedBytes: 1_000_000, differsAt: 65_536 },
      },
    },
  }),
  defineFailure({
    id: 'data.path-mtu',
    stage: 'data',
    shownAt: ['data'],
    matches: ({ signature, facts }) => TIMED_OUT.includes(signature.code) && facts.transfer?.passesInPieces === true,
    title: 'Large packets are lost in transit (path MTU)',
    explanation: ({ facts }) => {
      const { largestOkBytes = 0, smallestFailedBytes = 0, direction = 'transfer' } = facts.transfer ?? {};
      return `With ${peerName(facts)}, each ${direction} of up to ${bytes(largestOkBytes)} succeeded, and one of ${bytes(smallestFailedBytes)} got no answer. More than that passed on one connection in small pieces, so the packet size is decisive. Packets over about ${packetBytes(largestOkBytes, facts, false)} to ${packetBytes(smallestFailedBytes, facts, true)} bytes, headers included, are lost without a notice to the sender.`;
    },
    remediation: (facts, { here, there }) => [
      showPathMtu(
        facts,
        facts.transfer?.direction === 'download' ? there.administrator : here.administrator,
        packetBytes(facts.transfer?.largestOkBytes ?? 0, facts, false),
      ),
      LET_NOTICES_PASS,
      {
        who: here.administrator,
        action: 'Until then, avoid the problem with a smaller MTU on the interface of either machine.',
        windows: 'netsh interface ipv4 show subinterfaces',
        linux: 'ip link show',
      },
    ],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a link has a smaller MTU, and a firewall filters the ICMP notices about it',
        'a tunnel or device drops packets over its size without sending a notice',
      ],
      howToTell:
        'Run ping with "do not fragment" and tracepath. An answer with a hop and its MTU shows the link; silence means that ICMP is filtered too.',
    },
    example: {
      signature: exampleSignature('data', 'READ_TIMEOUT', { elapsedUs: 10_000_000, purpose: 'the response' }),
      facts: {
        ...EXAMPLE,
        transfer: {
          direction: 'upload',
          sizeBytes: 1500,
          movedBytes: 1500,
          largestOkBytes: 1216,
          smallestFailedBytes: 1232,
          passesInPieces: true,
        },
      },
    },
  }),
  defineFailure({
    id: 'data.stalled',
    stage: 'data',
    shownAt: ['data'],
    matches: ({ signature }) => TIMED_OUT.includes(signature.code),
    title: 'Transfer stalled',
    explanation: (observation) =>
      `In a transfer with ${peerName(observation.facts)}, no data moved for ${durationText(observation.facts.timeoutUs)}.${progress(observation)}${limit(observation.facts)}`,
    remediation: (facts, { there }) => [
      ...findLimit(facts),
      {
        who: 'network-team',
        action:
          'Check for an inspecting firewall, IDS or VPN that drops a connection after a number of bytes. Exempt this connection. Also check for a smaller MTU that drops large packets.',
      },
      readStandInLog(there, ': how much data had arrived, and when it stopped'),
    ],
    octopusLogMessages: [
      'Unable to read data from the transport connection: Connection timed out.',
      'Attempted to read past the end of the stream.',
    ],
    octopusRetries: false,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a device in between drops the connection after a number of bytes',
        'large packets are lost in transit (MTU)',
        'the network needs longer than the timeout for one piece (64 KB)',
        'the other machine hung or was disconnected',
      ],
      howToTell:
        'Run tentacle-ping --sizes, which finds the limit and tries small pieces. A longer --timeout lets a slow network finish.',
    },
    example: {
      signature: exampleSignature('data', 'WRITE_TIMEOUT', { elapsedUs: 12_000_000, purpose: 'writing' }),
      facts: { ...EXAMPLE, transfer: { direction: 'upload', sizeBytes: 10_000_000, movedBytes: 1_114_112 } },
    },
  }),
  defineFailure({
    id: 'data.reset',
    stage: 'data',
    shownAt: ['data'],
    matches: ({ signature }) => CONNECTION_LOST.includes(signature.code),
    title: 'Connection cut in the middle of a transfer',
    explanation: (observation) => {
      const { signature, facts } = observation;
      const how = signature.code === 'END_OF_STREAM' ? 'closed' : `reset (${signature.code})`;
      return `The connection with ${peerName(facts)} was ${how} ${durationText(signature.elapsedUs)} into a transfer.${progress(observation)}${limit(facts)}`;
    },
    remediation: (facts, { there }) => [
      ...findLimit(facts),
      {
        who: 'network-team',
        action:
          'Check for an inspecting firewall, IDS, proxy or load balancer that cuts a connection after a number of bytes or a period of time. Exempt this connection.',
      },
      readStandInLog(there, ', and whether it was stopped at that time'),
    ],
    octopusLogMessages: [
      'Unable to write data to the transport connection: Connection reset by peer.',
      'Data stream reading failed',
      'An existing connection was forcibly closed by the remote host',
    ],
    octopusRetries: false,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a device in between cuts the connection after a number of bytes or a period of time',
        'the process at the other end was stopped',
      ],
      howToTell: `Run tentacle-ping --sizes. The same size each time means a device; ${there.standIn.name} logs a stop.`,
    }),
    example: {
      signature: exampleSignature('data', 'ECONNRESET', { syscall: 'read', elapsedUs: 80_000 }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 10_000_000, movedBytes: 1_048_576 } },
    },
  }),
  defineFailure({
    id: 'data.other',
    stage: 'data',
    shownAt: ['data'],
    matches: () => true,
    title: 'Transfer failed for an unknown reason',
    explanation: (observation) =>
      `A transfer with ${peerName(observation.facts)} ended with ${observation.signature.code}. This tool does not know the cause.${progress(observation)}`,
    remediation: (_facts, { there }) => [readStandInLog(there, ' at this time')],
    octopusLogMessages: [],
    octopusRetries: false,
    diagnosis: UNKNOWN,
    example: {
      signature: exampleSignature('data', 'EHOSTUNREACH', { syscall: 'read' }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 10_000_000, movedBytes: 1_048_576 } },
    },
  }),
];
