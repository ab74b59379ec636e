import { CONCLUSIVE, counted, type Diagnosis, type FailureId, type Verdict } from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';

/** What tentacle-pong at the other end recorded of the attempts that failed in one way. The counts add up to `of`. Plain data. */
export interface RemoteEvidence {
  readonly of: number;
  /** It accepted no connection for them; this is proven. */
  readonly neverArrived: number;
  /** Neither end closed them: each saw the other one do so, or saw nothing. */
  readonly cutBetween: number;
  /** It ended them itself. */
  readonly endedThere: number;
  /** They were established, but no byte arrived there. */
  readonly nothingCame: number;
  /** This end's bytes arrived and were answered, but no byte of the answer arrived here. */
  readonly answerLost: number;
  /** They arrived; the records show no more than that. */
  readonly arrived: number;
  readonly unknown: number;
  /** Other attempts reached it at every address that these used. */
  readonly addressReached: boolean;
}

/** What else is known about that time. */
export interface RunCircumstances {
  /** Attempts in all. */
  readonly sent: number;
  /** The most connections that its system had ready for it at one time. */
  readonly largestAcceptBatch?: number;
}

/** A row of the table below: a conclusion about the cause that the other end's records allow. */
interface ConclusionRule {
  readonly when: keyof Omit<RemoteEvidence, 'of' | 'arrived' | 'unknown' | 'addressReached'>;
  readonly ids: readonly FailureId[];
  readonly needs?: (evidence: RemoteEvidence, circumstances: RunCircumstances) => boolean;
  readonly says: string;
  readonly certainty: Diagnosis;
}

/**
 * The shortest default length of a listener's queue of new connections (Linux before 5.4). Windows: 200, and it refuses
 * connections that do not fit.
 */
const QUEUE_LEAST = 128;

const hadRoom = ({ largestAcceptBatch }: RunCircumstances): boolean =>
  largestAcceptBatch !== undefined && largestAcceptBatch < QUEUE_LEAST;

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

/** Proven where neither end's records show that it closed the connection. */
export const CUT_IN_BETWEEN = 'a device between the two machines did, or the firewall of one of them';

/** Proven where the other end's record shows that it closed the connection. */
export const ENDED_BY_PEER =
  'the network is not at fault; tentacle-pong logs its reason (explained in docs/endings.md)';

/** Each applies only if it holds for every attempt with that failure. The first one that fits counts. */
const conclusions: readonly ConclusionRule[] = [
  {
    when: 'neverArrived',
    ids: ['tcp.timeout'],
    // A full queue is the one other reason for silence.
    needs: ({ addressReached }, circumstances) => addressReached && hadRoom(circumstances),
    says: 'The address is right, tentacle-pong was listening, and its queue of new connections was never full. Packets of these attempts are therefore dropped between the two machines, in either direction, or by the firewall of its host.',
    certainty: CONCLUSIVE,
  },
  {
    when: 'neverArrived',
    ids: ['tcp.timeout'],
    needs: ({ addressReached }) => addressReached,
    says: 'The address is right, and tentacle-pong was listening.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'packets are dropped between the two machines, in either direction, or by the firewall of its host',
        'its queue of new connections was full, because very many arrived at once',
      ],
      howToTell:
        'Run netstat -s on its host (Linux: nstat -az TcpExtListenOverflows), which counts connections that did not fit into the queue.',
    },
  },
  {
    when: 'neverArrived',
    ids: ['tcp.refused'],
    needs: ({ addressReached }, circumstances) => addressReached && hadRoom(circumstances),
    says: 'tentacle-pong was listening all the time. These attempts were therefore refused on behalf of its host by a firewall, in between or on that host, or by another target of a load balancer.',
    certainty: CONCLUSIVE,
  },
  {
    when: 'neverArrived',
    ids: ['tcp.reset', 'tls.closed', 'tls.reset'],
    needs: ({ addressReached }) => addressReached,
    says: 'These connections were therefore accepted and closed by a device in between, not by tentacle-pong.',
    certainty: CONCLUSIVE,
  },
  {
    when: 'neverArrived',
    ids: ['tls.silent'],
    needs: ({ addressReached }) => addressReached,
    says: 'The connections that this machine opened did not reach tentacle-pong.',
    certainty: {
      kind: 'ambiguous',
      causes: [
        'a device in between accepts connections in its place and passes nothing on',
        'everything after the first packet of a connection is dropped in transit to it',
      ],
      howToTell:
        'Capture packets on its host during a test. No packet of such a connection means a device that accepts in its place.',
    },
  },
  {
    when: 'cutBetween',
    ids: CUT,
    says: `Instead, ${CUT_IN_BETWEEN}.`,
    certainty: CONCLUSIVE,
  },
  {
    when: 'endedThere',
    ids: CUT,
    says: `Therefore, ${ENDED_BY_PEER}.`,
    certainty: CONCLUSIVE,
  },
  {
    when: 'nothingCame',
    ids: ['tls.silent'],
    says: 'Therefore, everything that this machine sends after the connection is established is dropped in transit.',
    certainty: CONCLUSIVE,
  },
  {
    when: 'answerLost',
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

/** What the other end's records add to a failure. Its certainty is absent where they do not change it. */
export interface Conclusion {
  readonly says?: string;
  readonly certainty?: Diagnosis;
}

/** Describes what the other end recorded of one failure, and what that proves. */
export function drawConclusion(id: FailureId, evidence: RemoteEvidence, circumstances: RunCircumstances): Conclusion {
  const recorded = describeRecords(evidence, circumstances.sent);
  if (recorded === undefined) return {};
  const conclusion = conclusions.find(
    ({ when, ids, needs }) =>
      evidence[when] === evidence.of && ids.includes(id) && (needs?.(evidence, circumstances) ?? true),
  );
  return conclusion === undefined
    ? { says: recorded }
    : { says: `${recorded} ${conclusion.says}`, certainty: conclusion.certainty };
}

/** Adds what the other end recorded to a verdict. Its certainty changes only where that proves it. */
export function withRemoteEvidence(
  verdict: Verdict,
  evidence: RemoteEvidence,
  circumstances: RunCircumstances,
): Verdict {
  if (!isFailure(verdict.id)) return verdict;
  const { says, certainty } = drawConclusion(verdict.id, evidence, circumstances);
  if (says === undefined) return verdict;
  return { ...verdict, means: `${verdict.means} ${says}`, ...omitUndefined({ certainty }) };
}

function isFailure(id: Verdict['id']): id is FailureId {
  return id !== 'ok' && id !== 'nothing-measured';
}

/** What happened to attempts, after their number: in the past tense, which fits one as well as several. */
const HAPPENED = {
  neverArrived: 'never arrived',
  cutBetween: 'arrived, and neither end closed the connection',
  endedThere: 'arrived, and tentacle-pong closed the connection itself',
  nothingCame: 'arrived, but not a single byte followed',
  answerLost: 'arrived and got an answer that did not reach this machine',
  arrived: 'arrived',
} as const satisfies Partial<Record<keyof RemoteEvidence, string>>;

/** `tentacle-pong recorded: 7 of 70 attempts never arrived.` Undefined where nothing is known about any attempt. */
function describeRecords(evidence: RemoteEvidence, sent: number): string | undefined {
  const parts = (Object.keys(HAPPENED) as (keyof typeof HAPPENED)[])
    .filter((key) => evidence[key] > 0)
    .map((key, i) => `${evidence[key]}${i === 0 ? ` of ${counted(sent, 'attempt')}` : ''} ${HAPPENED[key]}`);
  if (parts.length === 0) return undefined;
  const unknown =
    evidence.unknown === 0 ? '' : ` It is unknown whether ${counted(evidence.unknown, 'more failed attempt')} arrived.`;
  return `tentacle-pong recorded: ${parts.join('; ')}.${unknown}`;
}
