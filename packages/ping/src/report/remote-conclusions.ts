import {
  CONCLUSIVE,
  counted,
  type Diagnosis,
  durationText,
  type FailureId,
  type Step,
} from 'tentacle-protocol/diagnostics';
import type { RemoteEvidence, RunCircumstances } from './remote-evidence.js';

/** A row of the table: a conclusion about the cause that the other end's records allow. */
export interface ConclusionRule {
  /** Every attempt has one of these. */
  readonly when: readonly (keyof Omit<RemoteEvidence, 'of' | 'arrived' | 'unknown' | 'addressReached' | 'uncertain'>)[];
  readonly ids: readonly FailureId[];
  readonly needs?: (evidence: RemoteEvidence, circumstances: RunCircumstances) => boolean;
  readonly says: string | ((circumstances: RunCircumstances) => string);
  readonly certainty: Diagnosis;
  /** The steps that it leaves, for failures whose own steps are about a cause that it excludes. */
  readonly next?: readonly Step[];
  /** Those failures; absent: all of `ids`. */
  readonly nextFor?: readonly FailureId[];
}

/** Its system counted over the whole time, and dropped no new connection of any listener. */
function hadRoom({ listener }: RunCircumstances): boolean {
  return listener?.listenOverflows === 0 && listener.listenDrops === 0;
}

/**
 * Whether its system left no connection to itself: it accepts and closes connections when the process can open no more
 * files, and resets those that wait in the queue when the process stops listening or `tcp_abort_on_overflow` is set.
 */
function sawEveryConnection(circumstances: RunCircumstances): boolean {
  const { listener } = circumstances;
  return hadRoom(circumstances) && listener?.hadFreeHandles === true && listener.leftConnections === false;
}

/** Linux drops connections that do not fit into a queue. Other systems may refuse them. */
function refusesNone({ listener }: RunCircumstances): boolean {
  return listener?.platform === 'linux';
}

/** How to find out whether a queue overflowed, on the system of the other end. */
const COUNT_OVERFLOWS =
  'On its host, run "nstat -az TcpExtListenOverflows" (Linux) before and after a test. If the number grows, a queue was full.';

const CUT: readonly FailureId[] = [
  'tcp.reset',
  'tls.closed',
  'tls.reset',
  'trust.closed-after-identity',
  'trust.rejected-by-pong',
  'identity.closed',
  'rpc.reset',
  'rpc.closed',
  'data.reset',
];

/** Failures that a client meets once the TLS handshake is complete on its side. */
const AFTER_TLS: readonly FailureId[] = [
  'trust.closed-after-identity',
  'trust.rejected-by-pong',
  'identity.closed',
  'identity.timeout',
];

/** Failures whose own steps are about the client's certificate. */
const ABOUT_TRUST: readonly FailureId[] = ['trust.closed-after-identity', 'trust.rejected-by-pong'];

const FIND_DEVICE: readonly Step[] = [
  {
    who: 'network-team',
    action:
      'Check the logs of the firewalls, intrusion detection systems, load balancers and proxies in between, at the times of the failures. Exempt this connection from the one that cuts or changes it.',
  },
  {
    who: 'you',
    action:
      'Capture packets on this machine and on the host of tentacle-pong during a test. A packet that leaves here and does not arrive there, or arrives changed, was lost or changed in between.',
  },
];

const CAPTURE: Step = {
  who: 'you',
  action:
    'Capture packets on this machine and on the host of tentacle-pong during a test. A packet that leaves one and does not arrive at the other is dropped in between.',
};

const FIND_DROPPING: readonly Step[] = [
  {
    who: 'network-team',
    action:
      'Check the logs and counters of the firewalls, NATs and lines in between, at the times of the failures, for dropped packets of this connection.',
  },
  CAPTURE,
];

const FIND_REFUSING: readonly Step[] = [
  {
    who: 'network-team',
    action: 'Find the firewall or load balancer that refused the connections, by its log at the times of the failures.',
  },
  {
    who: 'tentacle-admin',
    action: 'Check the firewall of the host of tentacle-pong for a rule that rejects some connections to its port.',
    linux: 'sudo nft list ruleset\nsudo iptables -S',
    windows: 'netsh advfirewall firewall show rule name=all dir=in',
  },
];

const FIND_PAUSE: readonly Step[] = [
  {
    who: 'tentacle-admin',
    action:
      'Find out what paused the process of tentacle-pong or its machine at the times of the failures: a suspended process, a snapshot or migration of a virtual machine, a lack of memory, or an overloaded host.',
  },
];

const READ_OUTPUT: readonly Step[] = [
  {
    who: 'tentacle-admin',
    action: 'Check the output of tentacle-pong for how these connections ended. docs/endings.md explains each ending.',
  },
];

const MAKE_ROOM: readonly Step[] = [
  {
    who: 'tentacle-admin',
    action:
      'Check the log or the summary of tentacle-pong: the ending of these connections names the limit, and the option that raises it.',
  },
  {
    who: 'you',
    action:
      'If it is a limit of one address, open fewer connections at a time (--concurrency), and end other programs that hold connections to this port.',
  },
];

/** The last flight of a TLS 1.3 client, of which it does not learn whether it arrived. */
const LOST_FLIGHT =
  'the last part of the TLS handshake, which contains your certificate, was cut, lost or damaged in transit';

const HANDSHAKE_INCOMPLETE = `The TLS handshake completed on this machine only, so tentacle-pong never judged your certificate.`;

/** Proven where neither end's records show that it closed the connection. */
export const CUT_IN_BETWEEN = 'a device between the two machines did, or the firewall of one of them';

/** Proven where the other end's record shows that it closed the connection. */
export const ENDED_BY_PEER =
  'the network is not at fault; tentacle-pong logs its reason (explained in docs/endings.md)';

/**
 * Each applies only if it holds for every attempt with that failure. The first one that fits counts. The comment
 * above a conclusive one says what could make it false, and what excludes that.
 */
export const CONCLUSIONS: readonly ConclusionRule[] = [
  // False where the counters are those of another listener of the same system: so its own queue was found full, its process
  // had not run, and the attempts waited at that very time.
  {
    when: ['queueOverflowed', 'notRunning'],
    ids: ['tcp.timeout', 'tls.silent', 'identity.timeout', 'rpc.timeout'],
    says: (circumstances) => stalledText(circumstances),
    certainty: CONCLUSIVE,
    next: FIND_PAUSE,
  },
  // False where the listener's system dropped them: a full queue is excluded by its counters. A wrong address is excluded
  // by the other attempts.
  {
    when: ['neverArrived'],
    ids: ['tcp.timeout'],
    needs: ({ addressReached }, circumstances) => addressReached && hadRoom(circumstances),
    says: 'The address is right, tentacle-pong was listening, and its system dropped no new connection for lack of room. Packets of these attempts are therefore dropped between the two machines, in either direction, or by a firewall of one of them.',
    certainty: CONCLUSIVE,
    next: FIND_DROPPING,
  },
  {
    when: ['neverArrived'],
    ids: ['tcp.timeout'],
    needs: ({ addressReached }) => addressReached,
    says: (circumstances) => `The address is right, and tentacle-pong was listening. ${roomText(circumstances)}`,
    certainty: {
      kind: 'ambiguous',
      causes: [
        'packets are dropped between the two machines, in either direction, or by a firewall of one of them',
        'its queue of new connections was full, because very many arrived at once or its process did not run',
      ],
      howToTell: COUNT_OVERFLOWS,
    },
  },
  // False where its system refuses connections that do not fit into the queue (Windows), or where nothing listened for a
  // while: a restart begins new records, and the time before is unknown.
  {
    when: ['neverArrived'],
    ids: ['tcp.refused'],
    needs: ({ addressReached }, circumstances) => addressReached && refusesNone(circumstances),
    says: 'tentacle-pong was listening all the time. These attempts were therefore refused on behalf of its host by a firewall, in between or on that host, or by another target of a load balancer.',
    certainty: CONCLUSIVE,
    next: FIND_REFUSING,
  },
  {
    when: ['neverArrived'],
    ids: ['tcp.refused'],
    needs: ({ addressReached }) => addressReached,
    says: 'tentacle-pong was listening all the time.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'a firewall, in between or on its host, or another target of a load balancer refused them',
        'its queue of new connections was full, and its system refuses what does not fit (Windows does)',
      ],
      howToTell: 'Repeat the test with one attempt at a time (--concurrency 1). A full queue then refuses none.',
    },
  },
  // False where its system closes what its process never saw, see sawEveryConnection.
  {
    when: ['neverArrived'],
    ids: ['tcp.reset', 'tls.closed', 'tls.reset'],
    needs: ({ addressReached }, circumstances) => addressReached && sawEveryConnection(circumstances),
    says: 'Therefore a device in between, not tentacle-pong, accepted and closed each of these connections.',
    certainty: CONCLUSIVE,
    next: FIND_DEVICE,
  },
  {
    when: ['neverArrived'],
    ids: ['tcp.reset', 'tls.closed', 'tls.reset'],
    needs: ({ addressReached }) => addressReached,
    says: 'tentacle-pong did not accept these connections.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'a device in between accepted and closed them',
        'the system of its host closed them: a full queue, no free file handles, or tentacle-pong was being stopped',
      ],
      howToTell:
        'Capture packets on its host during a test. If no packet of such a connection arrives, a device in between closed it.',
    },
  },
  {
    when: ['neverArrived'],
    ids: ['tls.silent'],
    needs: ({ addressReached }) => addressReached,
    says: 'The connections that this machine opened did not reach tentacle-pong.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'a device in between accepts connections in its place and passes nothing on',
        'everything after the first packet of a connection is dropped in transit to it',
        'its queue of new connections was full, so that its system did not complete them',
      ],
      howToTell:
        'Capture packets on its host during a test. No packet of such a connection means a device that accepts in its place; packets with data mean a full queue.',
    },
  },
  // False where the record is of another client, which is excluded by the port; where this machine was paused before it sent
  // the rest, which its own timeouts would show; or where the listener rejected what arrived by a rule of its own, which
  // has other codes.
  {
    when: ['handshakeIncomplete'],
    ids: AFTER_TLS.filter((id) => id !== 'identity.timeout'),
    needs: ({ uncertain }) => uncertain === 0,
    says: `${HANDSHAKE_INCOMPLETE} Therefore, ${LOST_FLIGHT}.`,
    certainty: CONCLUSIVE,
    next: FIND_DEVICE,
  },
  {
    when: ['handshakeIncomplete'],
    ids: ['identity.timeout'],
    needs: ({ uncertain }) => uncertain === 0,
    says: HANDSHAKE_INCOMPLETE,
    certainty: {
      kind: 'ambiguous',
      causes: [LOST_FLIGHT, 'the process of tentacle-pong was too busy to read it before this machine gave up'],
      howToTell:
        'Capture packets on its host during a test. If the packets after its ServerHello arrive there, tentacle-pong was too busy; otherwise they were lost in transit.',
    },
  },
  {
    when: ['handshakeIncomplete'],
    ids: AFTER_TLS,
    says: 'The records that fit these attempts by time show a TLS handshake that did not complete there.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        LOST_FLIGHT,
        'the records are those of another client of the same address, and a device in between closed these attempts',
      ],
      howToTell:
        'Repeat the test while no other client uses tentacle-pong. If it then records an incomplete handshake for each failure, the last part of the handshake was lost in transit.',
    },
    next: FIND_DEVICE,
  },
  // False where the listener was about to close them itself: its record then says so, unless it did so only after this end
  // saw the end. Where clocks may differ by more than that, nothing is proven.
  {
    when: ['cutBetween'],
    ids: CUT,
    says: `Instead, ${CUT_IN_BETWEEN}.`,
    certainty: CONCLUSIVE,
    next: FIND_DEVICE,
  },
  // False where the listener closes because of what a device did: it waited for bytes that were dropped, received others
  // than were sent, or another certificate. Those count as `waitedThere` or `arrived`.
  {
    when: ['endedThere'],
    ids: CUT,
    says: `Therefore, ${ENDED_BY_PEER}.`,
    certainty: CONCLUSIVE,
    next: READ_OUTPUT,
    // The steps of a rejected certificate are about what pong decided.
    nextFor: CUT.filter((id) => !ABOUT_TRUST.includes(id)),
  },
  // False where the record is of another client of this address: the address has the limit, and others of it failed as well.
  {
    when: ['limitReached'],
    ids: CUT,
    says: 'A limit on its connections was reached, in all or of this address. The network and your certificate are not at fault.',
    certainty: CONCLUSIVE,
    next: MAKE_ROOM,
  },
  {
    when: ['waitedThere'],
    ids: CUT,
    says: 'It waited for more from this machine, and closed the connection at its own deadline.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'packets from this machine to it are lost in transit, perhaps only those above a smaller MTU',
        'this machine did not send them in time, because it was busy or paused',
      ],
      howToTell:
        'Capture packets on this machine during a test. Repeated packets without an acknowledgment were lost in transit.',
    },
  },
  // False where the listener's system completed the connection and dropped its data, as it does while the queue is full;
  // or where its process did not run, which counts as `notRunning`.
  {
    when: ['nothingCame'],
    ids: ['tls.silent'],
    needs: (_evidence, circumstances) => hadRoom(circumstances),
    says: 'Therefore, everything that this machine sends after the connection is established is dropped in transit.',
    certainty: CONCLUSIVE,
    next: FIND_DROPPING,
  },
  {
    when: ['nothingCame'],
    ids: ['tls.silent'],
    says: (circumstances) => roomText(circumstances),
    certainty: {
      kind: 'ambiguous',
      causes: [
        'everything that this machine sends after the connection is established is dropped in transit',
        'its queue of new connections was full, so that its system dropped the first bytes',
      ],
      howToTell: COUNT_OVERFLOWS,
    },
  },
  {
    when: ['answerLost'],
    ids: ['tls.silent'],
    says: 'The answer was lost in transit.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'the answer is larger than the path lets through (MTU black hole)',
        'all packets to this machine are dropped once the connection is established',
      ],
      howToTell:
        'Capture packets on this machine during a test. If small packets of the peer (acknowledgments) still arrive, the MTU is too small; if none arrive, all are dropped.',
    },
  },
];

/** What the counters of its system show, where they are known. */
function roomText({ listener }: RunCircumstances): string {
  const { listenOverflows, listenDrops } = listener ?? {};
  if (listenOverflows === undefined || listenDrops === undefined)
    return 'Whether its queue of new connections was full is unknown.';
  return `Meanwhile, its system dropped ${counted(listenDrops, 'new connection')}, ${listenOverflows} of them because a queue was full. It counts all programs together.`;
}

function stalledText({ listener }: RunCircumstances): string {
  const { longestStallUs, listenOverflows = 0, wasQueueFull } = listener ?? {};
  const pause = longestStallUs === undefined ? '' : ` for up to ${durationText(longestStallUs)}`;
  const overflow =
    wasQueueFull === true && listenOverflows > 0
      ? ` Its queue of new connections overflowed: its system dropped ${listenOverflows} meanwhile.`
      : '';
  return `Its process did not run${pause}, and accepted and answered nothing.${overflow} The network is not the cause: check why that process or machine was paused.`;
}
