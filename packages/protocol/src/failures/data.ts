import type { ConnectionFacts } from '../trace.js';
import { counted } from './wording.js';
import type { End } from './ends.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span, type Step, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';

const bytes = (count: number): string => counted(count, 'byte');

/** How much of the transfer had moved. */
function progress({ facts: { transfer } }: Sighting): string {
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
        'Find the size at which transfers begin to fail. The same size each time means a device that cuts or swallows connections; a different size each time means an unstable network.',
      windows: `tentacle-ping ${host}:${port} --sizes`,
      linux: `tentacle-ping ${host}:${port} --sizes`,
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
    windows: `ping -f -l ${fits} ${host} & ping -f -l 1472 ${host}`,
    linux: `ping -M do -s ${fits} ${host}; ping -M do -s 1472 ${host}; tracepath -n ${host}`,
  };
}

/** Lets large packets pass again, or keeps them from being sent. */
export const LET_NOTICES_PASS: Step = {
  who: 'network-team',
  action:
    'Allow ICMP "fragmentation needed" (type 3 code 4; IPv6: "packet too big", type 2) back to both ends. Alternatively, clamp the TCP MSS at the link or tunnel with the smaller MTU (VPN, GRE, PPPoE, a cloud interconnect, jumbo frames on one side only).',
};

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

/** Failures of data streams. */
export const dataRows = [
  row({
    id: 'data.differs',
    stage: 'data',
    shownAt: ['data'],
    when: ({ symptom }) => symptom.code === 'DATA_DIFFERS',
    title: 'Data corrupted in transfer',
    means: ({ facts }) => {
      const { direction = 'transfer', sizeBytes = 0, movedBytes = 0, differsAt } = facts.transfer ?? {};
      const difference =
        differsAt === undefined ? `${bytes(movedBytes)} arrived` : `the first wrong byte is at offset ${differsAt}`;
      return `In the ${direction} of ${bytes(sizeBytes)} with ${peer(facts)}, ${difference}. TLS does not let any byte change between its two ends, so it was changed at or behind one of them.`;
    },
    next: ({ peerCertificate }, { there }) => [
      {
        who: there.administrator,
        action: `Compare the thumbprint that ${there.standIn.name} printed when it started with the one seen here (${peerCertificate?.thumbprint ?? 'see the report'}). A different one means that a device terminates TLS in between.`,
      },
      {
        who: 'network-team',
        action: 'Exempt this connection from any device that terminates TLS and inspects or rewrites the content.',
      },
      { who: there.administrator, action: 'If the thumbprints are equal, test the memory of both machines.' },
    ],
    octopusSays: ['The file corrupted during transfer.'],
    retry: false,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: ['a device that terminates TLS changes the content', 'the memory of one of the two machines is faulty'],
      test: `Compare the thumbprint that ${there.standIn.name} printed when it started with the one seen here. If they are equal, no device terminates TLS.`,
    }),
    example: {
      symptom: exampleSymptom('data', 'DATA_DIFFERS'),
      facts: {
        ...EXAMPLE,
        transfer: { direction: 'upload', sizeBytes: 1_000_000, movedBytes: 1_000_000, differsAt: 65_536 },
      },
    },
  }),
  row({
    id: 'data.path-mtu',
    stage: 'data',
    shownAt: ['data'],
    when: ({ symptom, facts }) => GAVE_UP.includes(symptom.code) && facts.transfer?.passesInPieces === true,
    title: 'Large packets are lost in transit (path MTU)',
    means: ({ facts }) => {
      const { largestOkBytes = 0, smallestFailedBytes = 0, direction = 'transfer' } = facts.transfer ?? {};
      return `With ${peer(facts)}, each ${direction} of up to ${bytes(largestOkBytes)} succeeded, and one of ${bytes(smallestFailedBytes)} got no answer. More than that passed on one connection in small pieces, so the size of a packet matters. Packets over about ${packetBytes(largestOkBytes, facts, false)} to ${packetBytes(smallestFailedBytes, facts, true)} bytes, headers included, are lost without a notice to the sender.`;
    },
    next: (facts, { here, there }) => [
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
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a link has a smaller MTU, and a firewall filters the ICMP notices about it',
        'a tunnel or device drops packets over its size without sending a notice',
      ],
      test: 'Run ping with "do not fragment" and tracepath. An answer with a hop and its MTU shows the link; silence means that ICMP is filtered too.',
    },
    example: {
      symptom: exampleSymptom('data', 'READ_TIMEOUT', { elapsedUs: 10_000_000, awaiting: 'the response' }),
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
  row({
    id: 'data.stalled-after',
    stage: 'data',
    shownAt: ['data'],
    when: ({ symptom }) => GAVE_UP.includes(symptom.code),
    title: 'Transfer stalled',
    means: (sighting) =>
      `In a transfer with ${peer(sighting.facts)}, no data moved for ${span(sighting.facts.timeoutUs)}.${progress(sighting)}${limit(sighting.facts)}`,
    next: (facts, { there }) => [
      ...findLimit(facts),
      {
        who: 'network-team',
        action:
          'Check for an inspecting firewall, IDS or VPN that swallows a connection after a number of bytes. Exempt this connection. Then check for packets that are lost because of a smaller MTU.',
      },
      readStandInLog(there, ': how much data had arrived, and when it stopped'),
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection timed out.',
      'Attempted to read past the end of the stream.',
    ],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'a device in between swallows the connection after a number of bytes',
        'large packets are lost in transit (MTU)',
        'the network needs longer than the timeout for one piece (64 KB)',
        'the other machine hung or was disconnected',
      ],
      test: 'Run tentacle-ping --sizes, which finds the limit and tries small pieces. A longer --timeout lets a slow network finish.',
    },
    example: {
      symptom: exampleSymptom('data', 'WRITE_TIMEOUT', { elapsedUs: 12_000_000, awaiting: 'writing' }),
      facts: { ...EXAMPLE, transfer: { direction: 'upload', sizeBytes: 10_000_000, movedBytes: 1_114_112 } },
    },
  }),
  row({
    id: 'data.reset-after',
    stage: 'data',
    shownAt: ['data'],
    when: ({ symptom }) => GONE.includes(symptom.code),
    title: 'Connection cut in the middle of a transfer',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      const how = symptom.code === 'END_OF_STREAM' ? 'closed' : `reset (${symptom.code})`;
      return `The connection with ${peer(facts)} was ${how} ${span(symptom.elapsedUs)} into a transfer.${progress(sighting)}${limit(facts)}`;
    },
    next: (facts, { there }) => [
      ...findLimit(facts),
      {
        who: 'network-team',
        action:
          'Check for an inspecting firewall, IDS, proxy or load balancer that cuts a connection after a number of bytes or a period of time. Exempt this connection.',
      },
      readStandInLog(there, ', and whether it was stopped at that time'),
    ],
    octopusSays: [
      'Unable to write data to the transport connection: Connection reset by peer.',
      'Data stream reading failed',
      'An existing connection was forcibly closed by the remote host',
    ],
    retry: false,
    certainty: ({ there }) => ({
      kind: 'one-of',
      causes: [
        'a device in between cuts the connection after a number of bytes or a period of time',
        'the process at the other end was stopped',
      ],
      test: `Run tentacle-ping --sizes. The same size each time means a device; ${there.standIn.name} logs a stop.`,
    }),
    example: {
      symptom: exampleSymptom('data', 'ECONNRESET', { syscall: 'read', elapsedUs: 80_000 }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 10_000_000, movedBytes: 1_048_576 } },
    },
  }),
  row({
    id: 'data.other',
    stage: 'data',
    shownAt: ['data'],
    when: () => true,
    title: 'Transfer failed for an unknown reason',
    means: (sighting) =>
      `A transfer with ${peer(sighting.facts)} ended with ${sighting.symptom.code}. This tool does not know the cause.${progress(sighting)}`,
    next: (_facts, { there }) => [readStandInLog(there, ' at this time')],
    octopusSays: [],
    retry: false,
    certainty: UNKNOWN,
    example: {
      symptom: exampleSymptom('data', 'EHOSTUNREACH', { syscall: 'read' }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 10_000_000, movedBytes: 1_048_576 } },
    },
  }),
];
