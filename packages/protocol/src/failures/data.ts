import type { ConnectionFacts } from '../trace.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span, type Step, UNKNOWN } from './row.js';
import { GAVE_UP, GONE } from './trust.js';

const bytes = (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'byte' : 'bytes'}`;

/** What was under way, and how far it came. */
function progress({ facts: { transfer } }: Sighting): string {
  if (transfer === undefined) return 'a transfer was under way';
  const { direction, sizeBytes, movedBytes } = transfer;
  return direction === 'upload'
    ? `of an upload of ${bytes(sizeBytes)}, ${bytes(movedBytes)} had been handed to this system, which may not have sent all of them`
    : `of a download of ${bytes(sizeBytes)}, ${bytes(movedBytes)} had come`;
}

/** What a ladder of sizes found, where there was one. */
function limit({ transfer }: ConnectionFacts): string {
  const { direction, largestOkBytes, smallestFailedBytes } = transfer ?? {};
  if (direction === undefined || smallestFailedBytes === undefined) return '';
  return largestOkBytes === undefined
    ? ` No ${direction} passed, not even one of ${bytes(smallestFailedBytes)}.`
    : ` The largest ${direction} that passes has ${bytes(largestOkBytes)}, the smallest that does not ${bytes(smallestFailedBytes)}.`;
}

/** A ladder gives the place; a single transfer only says that there is one. */
function findThePlace({ host, port, transfer }: ConnectionFacts): Step[] {
  if (transfer?.smallestFailedBytes !== undefined) return [];
  return [
    {
      who: 'you',
      action:
        'Find the size at which it begins: run the ladder of sizes. The same place each time is a device that cuts or swallows; another one each time is an unstable way.',
      windows: `tentacle-ping ${host}:${port} --sizes`,
      linux: `tentacle-ping ${host}:${port} --sizes`,
    },
  ];
}

/**
 * The IP packet around what a small transfer carries: headers of IP (20, or 40 for IPv6) and TCP (20, with time stamps
 * 32), and a record of TLS (22, in 1.2 29). @param timeStamps Linux sends them, Windows does not unless told.
 */
function packetBytes(carriedBytes: number, { address = '', tlsVersion }: ConnectionFacts, timeStamps: boolean): number {
  return (
    carriedBytes + (address.includes(':') ? 40 : 20) + (timeStamps ? 32 : 20) + (tlsVersion === 'TLSv1.2' ? 29 : 22)
  );
}

/** Headers of IP and ICMP around what ping(8) sends. */
const PING_BYTES = 28;

/** Steps that show a path MTU without this tool. @param okBytes a packet that passes. */
export function showPathMtu({ host }: ConnectionFacts, who: Step['who'], okBytes: number): Step {
  const fits = okBytes - PING_BYTES;
  return {
    who,
    action:
      'Show it without this tool, by packets that must not be split, just under the limit and of full size. An answer "needs to be fragmented" or "message too long" names the smaller MTU; silence for the large one alone means that the notices (ICMP) are filtered. A host that answers no ping at all proves nothing; tracepath then still names the hop.',
    windows: `ping -f -l ${fits} ${host} & ping -f -l 1472 ${host}`,
    linux: `ping -M do -s ${fits} ${host}; ping -M do -s 1472 ${host}; tracepath -n ${host}`,
  };
}

/** What lets large packets pass again, or keeps them from being sent. */
export const LET_NOTICES_PASS: Step = {
  who: 'network-team',
  action:
    'Let ICMP "fragmentation needed" (type 3 code 4; IPv6: "packet too big", type 2) pass back to both ends, or clamp the MSS of TCP at the link or tunnel with the smaller MTU (VPN, GRE, PPPoE, a cloud interconnect, jumbo frames on one side only).',
};

const EXAMPLE = { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3' };

/** What happens to data streams. */
export const dataRows = [
  row({
    id: 'data.differs',
    stage: 'data',
    shownAt: ['data'],
    when: ({ symptom }) => symptom.code === 'DATA_DIFFERS',
    title: 'The data arrived with other bytes than were sent',
    means: ({ facts }) => {
      const { direction = 'transfer', sizeBytes = 0, movedBytes = 0, differsAt } = facts.transfer ?? {};
      const where =
        differsAt === undefined
          ? `${bytes(movedBytes)} arrived`
          : `the first byte that is another one is at offset ${differsAt}`;
      return `Of the ${direction} of ${bytes(sizeBytes)} with ${peer(facts)}, ${where}. TLS lets no byte be changed between its two ends, so it was changed at or behind one of them.`;
    },
    next: (facts) => [
      {
        who: 'tentacle-admin',
        action: `Compare the thumbprint that tentacle-pong printed at its start with the one seen here (${facts.peerCertificate?.thumbprint ?? 'see the report'}): another one means that a device ends TLS on the way.`,
      },
      { who: 'network-team', action: 'Exempt this connection from any device that ends TLS and inspects or rewrites.' },
      { who: 'tentacle-admin', action: 'If the thumbprints are equal: test the memory of both machines.' },
    ],
    octopusSays: ['The file corrupted during transfer.'],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: ['a device that ends TLS on the way changes what passes', 'faulty memory in one of the two machines'],
      test: 'The thumbprint that tentacle-pong printed at its start: if it is the one seen here, no device ends TLS.',
    },
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
    title: 'Large packets vanish on the way (path MTU)',
    means: ({ facts }) => {
      const { largestOkBytes = 0, smallestFailedBytes = 0, direction = 'transfer' } = facts.transfer ?? {};
      return `With ${peer(facts)}, each ${direction} of up to ${bytes(largestOkBytes)} passes, one of ${bytes(smallestFailedBytes)} falls silent, and yet more than that passes on one connection in small pieces. So it is the size of a packet that counts: those over some ${packetBytes(largestOkBytes, facts, false)} to ${packetBytes(smallestFailedBytes, facts, true)} bytes, headers included, are lost, and the sender is not told.`;
    },
    next: (facts) => [
      showPathMtu(
        facts,
        facts.transfer?.direction === 'download' ? 'tentacle-admin' : 'server-admin',
        packetBytes(facts.transfer?.largestOkBytes ?? 0, facts, false),
      ),
      LET_NOTICES_PASS,
      {
        who: 'server-admin',
        action: 'Until then, a smaller MTU on the interface of either machine avoids it.',
        windows: 'netsh interface ipv4 show subinterfaces',
        linux: 'ip link show',
      },
    ],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a link with a smaller MTU, and a firewall that filters the ICMP messages which would say so',
        'a tunnel or device that drops packets over its size without saying so',
      ],
      test: 'ping with "do not fragment" and tracepath: where an answer names a hop and its MTU, that is the link; silence means that ICMP is filtered too.',
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
    title: 'The transfer began and then went silent',
    means: (sighting) =>
      `With ${peer(sighting.facts)}: ${progress(sighting)}, when nothing moved for ${span(sighting.facts.timeoutUs)}.${limit(sighting.facts)}`,
    next: (facts) => [
      ...findThePlace(facts),
      {
        who: 'network-team',
        action:
          'Look for an inspecting firewall, IDS or VPN that swallows a connection after so many bytes, and exempt this one; then for packets over a smaller MTU that vanish.',
      },
      {
        who: 'tentacle-admin',
        action:
          "Look what tentacle-pong's log says of this connection: it names how much had arrived there, and when it stopped.",
      },
    ],
    octopusSays: [
      'Unable to read data from the transport connection: Connection timed out.',
      'Attempted to read past the end of the stream.',
    ],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'a device on the way swallows the connection after so many bytes',
        'large packets vanish on the way (MTU)',
        'the way is slower than one piece (64 KB) in the time-out',
        'the other machine hung or was cut off',
      ],
      test: 'tentacle-ping --sizes finds the place and tries small pieces; a longer --timeout lets a slow way finish.',
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
    title: 'The connection was cut in the middle of a transfer',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      const how = symptom.code === 'END_OF_STREAM' ? 'closed' : `reset (${symptom.code})`;
      return `The connection with ${peer(facts)} was ${how} ${span(symptom.elapsedUs)} into a transfer: ${progress(sighting)}.${limit(facts)}`;
    },
    next: (facts) => [
      ...findThePlace(facts),
      {
        who: 'network-team',
        action:
          'Look for an inspecting firewall, IDS, proxy or load balancer that cuts a connection after so many bytes or so much time, and exempt this one.',
      },
      {
        who: 'tentacle-admin',
        action: "Look what tentacle-pong's log says of this connection, and whether it was stopped at that time.",
      },
    ],
    octopusSays: [
      'Unable to write data to the transport connection: Connection reset by peer.',
      'Data stream reading failed',
      'An existing connection was forcibly closed by the remote host',
    ],
    retry: false,
    certainty: {
      kind: 'one-of',
      causes: [
        'a device on the way cuts the connection after so many bytes, or so much time',
        'the process at the other end was stopped',
      ],
      test: 'The same size each time (tentacle-ping --sizes) is a device; a stop stands in the log of tentacle-pong.',
    },
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
    title: 'The transfer failed in a way this tool does not know',
    means: (sighting) =>
      `The transfer with ${peer(sighting.facts)} ended with ${sighting.symptom.code}: ${progress(sighting)}. Its cause is unknown to this tool.`,
    next: () => [{ who: 'tentacle-admin', action: "Look what tentacle-pong's log says of this time." }],
    octopusSays: [],
    retry: false,
    certainty: UNKNOWN,
    example: {
      symptom: exampleSymptom('data', 'EHOSTUNREACH', { syscall: 'read' }),
      facts: { ...EXAMPLE, transfer: { direction: 'download', sizeBytes: 10_000_000, movedBytes: 1_048_576 } },
    },
  }),
];
