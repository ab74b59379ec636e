import type { FailureId } from './catalogue.js';
import { type Certainty, SURE } from './row.js';
import type { Verdict } from './verdicts.js';

/** What tentacle-pong at the other end saw of the attempts that failed in one way. The counts add up to `of`. Plain data. */
export interface SeenThere {
  readonly of: number;
  /** It accepted no connection for them: proven. */
  readonly neverArrived: number;
  /** Each end saw the other one end it, or nothing: it was cut in between. */
  readonly cutBetween: number;
  /** It ended them itself. */
  readonly endedThere: number;
  /** They were made, and not one byte came there. */
  readonly nothingCame: number;
  /** Our bytes came, it answered, and nothing of that came here. */
  readonly answerLost: number;
  /** They arrived; their course says no more. */
  readonly arrived: number;
  readonly unknown: number;
  /** Others reached it at every address that these went to. */
  readonly addressReached: boolean;
}

/** What else is known at that time. */
export interface Circumstances {
  /** Attempts in all. */
  readonly sent: number;
  /** The most connections that its system had ready for it at one time. */
  readonly acceptedAtOnce?: number;
}

/** A conclusion that the other end's records allow: what it says of the cause. */
interface Conclusion {
  readonly when: keyof Omit<SeenThere, 'of' | 'arrived' | 'unknown' | 'addressReached'>;
  readonly ids: readonly FailureId[];
  readonly needs?: (seen: SeenThere, circumstances: Circumstances) => boolean;
  readonly says: string;
  readonly certainty: Certainty;
}

/**
 * The shortest queue of new connections that systems give a listener by default (Linux before 5.4). Windows: 200, and it
 * refuses what finds no room.
 */
const QUEUE_LEAST = 128;

const hadRoom = ({ acceptedAtOnce }: Circumstances): boolean =>
  acceptedAtOnce !== undefined && acceptedAtOnce < QUEUE_LEAST;

const CUT: readonly FailureId[] = [
  'tcp.reset',
  'tls.closed',
  'tls.reset',
  'trust.closed-after-identity',
  'identity.closed',
  'rpc.reset',
  'rpc.closed',
  'data.reset-after',
];

/** What it proves that both ends' records say that the other one ended it, or nothing. */
export const NEITHER_END = 'something between the two did, or the firewall of one of them';

/** What it proves that the other end's record says that it ended it. */
export const THAT_END = 'it was not the way: tentacle-pong names its reason (docs/endings.md has the words)';

/** Only where it holds for every attempt of that failure. The first one that fits counts. */
const conclusions: readonly Conclusion[] = [
  {
    when: 'neverArrived',
    ids: ['tcp.timeout'],
    // A full queue is the one other reason for silence.
    needs: ({ addressReached }, circumstances) => addressReached && hadRoom(circumstances),
    says: 'So packets of these attempts are dropped between the two machines, there or back, or by the firewall of its host: the address is right, it was listening, and its queue of new connections was never full.',
    certainty: SURE,
  },
  {
    when: 'neverArrived',
    ids: ['tcp.timeout'],
    needs: ({ addressReached }) => addressReached,
    says: 'So the address is right, and it was listening.',
    certainty: {
      kind: 'one-of',
      causes: [
        'packets are dropped between the two machines, there or back, or by the firewall of its host',
        'its queue of new connections was full, as very many came at once',
      ],
      test: 'On its host: netstat -s (Linux: nstat -az TcpExtListenOverflows) counts connections that found no room.',
    },
  },
  {
    when: 'neverArrived',
    ids: ['tcp.refused'],
    needs: ({ addressReached }, circumstances) => addressReached && hadRoom(circumstances),
    says: "So something refuses these attempts in the name of its host, on which it was listening all the time: a firewall, on the way or on that host, or a balancer's other target.",
    certainty: SURE,
  },
  {
    when: 'neverArrived',
    ids: ['tcp.reset', 'tls.closed', 'tls.reset'],
    needs: ({ addressReached }) => addressReached,
    says: 'So what accepted and ended these connections is something on the way, not tentacle-pong.',
    certainty: SURE,
  },
  {
    when: 'neverArrived',
    ids: ['tls.silent'],
    needs: ({ addressReached }) => addressReached,
    says: 'So the connections that we made did not become its own.',
    certainty: {
      kind: 'one-of',
      causes: [
        'a device on the way accepts in its place and passes nothing on',
        'all that we send after the first packet of a connection is dropped on the way there',
      ],
      test: 'Capture on its host while pinging: no packet of such a connection means a device that accepts in its place.',
    },
  },
  {
    when: 'cutBetween',
    ids: CUT,
    says: `So neither end ended these connections: ${NEITHER_END}.`,
    certainty: SURE,
  },
  {
    when: 'endedThere',
    ids: CUT,
    says: `So ${THAT_END}.`,
    certainty: SURE,
  },
  {
    when: 'nothingCame',
    ids: ['tls.silent'],
    says: 'So what we send after the connection is made is dropped on the way there.',
    certainty: SURE,
  },
  {
    when: 'answerLost',
    ids: ['tls.silent'],
    says: 'So its answer is lost on the way back.',
    certainty: {
      kind: 'one-of',
      causes: [
        'the answer is larger than what the way lets through (MTU black hole)',
        'all packets of the connection are dropped on the way back once it is made',
      ],
      test: 'Capture here while pinging: small packets of the other side (acknowledgements) still come with a too small MTU, and none come where all are dropped.',
    },
  },
];

/** What the other end's sight of a failure leaves of its causes; absent what it does not change. */
export interface Concluded {
  readonly says?: string;
  readonly certainty?: Certainty;
}

/** What the other end saw of one failure, in words, and what that proves. */
export function conclude(id: FailureId, seen: SeenThere, circumstances: Circumstances): Concluded {
  const said = sightingText(seen, circumstances.sent);
  if (said === undefined) return {};
  const found = conclusions.find(
    ({ when, ids, needs }) => seen[when] === seen.of && ids.includes(id) && (needs?.(seen, circumstances) ?? true),
  );
  return found === undefined ? { says: said } : { says: `${said} ${found.says}`, certainty: found.certainty };
}

/** The verdict with what the other end saw; its certainty changes only where that proves it. */
export function withOtherEnd(verdict: Verdict, seen: SeenThere, circumstances: Circumstances): Verdict {
  if (!isFailure(verdict.id)) return verdict;
  const { says, certainty } = conclude(verdict.id, seen, circumstances);
  if (says === undefined) return verdict;
  return { ...verdict, means: `${verdict.means} ${says}`, ...(certainty === undefined ? {} : { certainty }) };
}

function isFailure(id: Verdict['id']): id is FailureId {
  return id !== 'ok' && id !== 'nothing-measured';
}

const WORDS = {
  neverArrived: 'never arrive',
  cutBetween: 'arrive and be cut, which neither end did',
  endedThere: 'arrive, and ended them itself',
  nothingCame: 'arrive without a byte',
  answerLost: 'arrive, and answered; the answer did not come here',
  arrived: 'arrive',
} as const satisfies Partial<Record<keyof SeenThere, string>>;

/** `tentacle-pong saw 7 of 70 attempts never arrive.` Nothing where it is unknown of all. */
function sightingText(seen: SeenThere, sent: number): string | undefined {
  const parts = (Object.keys(WORDS) as (keyof typeof WORDS)[])
    .filter((key) => seen[key] > 0)
    .map((key, i) => `${seen[key]}${i === 0 ? ` of ${sent} attempts` : ''} ${WORDS[key]}`);
  if (parts.length === 0) return undefined;
  const unknown = seen.unknown === 0 ? '' : ` Of ${seen.unknown} more that failed so it is not known.`;
  return `tentacle-pong saw ${parts.join('; ')}.${unknown}`;
}
