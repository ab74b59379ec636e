import type { Direction, ConnectionFacts } from '../trace.js';
import type { FailureId } from './catalogue.js';
import { classify } from './classify.js';
import { showPathMtu } from './data.js';
import type { Certainty, Sighting } from './row.js';
import { type SeenThere, withOtherEnd } from './seen-there.js';
import { type Counts, failureVerdict, type Verdict } from './verdicts.js';

/** What of a transfer decides a verdict. */
interface Moved {
  readonly direction: Direction;
  readonly whole: number;
  readonly movedBytes: number;
}

const startPong = {
  who: 'tentacle-admin',
  action:
    "Run tentacle-pong on the Tentacle's host, on another port or in the Tentacle's place, and measure that: it takes and gives any amount of data.",
  windows: 'tentacle-pong --port 10934',
  linux: 'tentacle-pong --port 10934',
} as const;

/**
 * The headline of a run that was to move data: as it is, but where nothing moved without a failure, and where it was
 * stopped in the middle.
 */
export function transferVerdict(verdict: Verdict, peerKind: string, transfers: readonly Moved[]): Verdict {
  if (verdict.id === 'ok' && transfers.length === 0) return noData(peerKind);
  if (verdict.id !== 'nothing-measured' || transfers.length === 0) return verdict;
  const moved = transfers.map(({ direction, movedBytes }) => `${count(movedBytes)} bytes of the ${direction}`);
  return {
    ...verdict,
    title: 'Stopped in the middle of a transfer',
    means: `The run was stopped when ${moved.join(' and ')} had moved, without a failure until then.`,
    next: [{ who: 'you', action: 'Run again and let it end, or give a smaller size, to have every byte compared.' }],
  };
}

/** It can be reached, and there is nobody to take data. */
function noData(peerKind: string): Verdict {
  const who =
    peerKind === 'tentacle'
      ? 'What answers is a real Tentacle. It has no service that takes or gives data and is the same afterwards'
      : 'What answers has no service for it';
  return {
    id: 'nothing-measured',
    title: 'The peer can be reached, and no data was moved',
    means: `${who}, so this tool sends it none. Network, TLS, trust and calls are in order; of sizes and rates nothing is known.`,
    certainty: { kind: 'unknown' },
    next: [
      startPong,
      ...(peerKind === 'tentacle'
        ? [
            {
              who: 'you',
              action:
                'Whether packets of full size reach it can be seen without that: --sizes tries uploads of up to 19,000 bytes, as part of a request for its page.',
            } as const,
          ]
        : []),
    ],
  };
}

/** What a ladder of sizes found one way. */
export interface SizesSide {
  readonly found: {
    readonly largestOkBytes?: number;
    readonly smallestFailedBytes?: number;
    readonly passesInPieces?: boolean;
    readonly wavering: readonly number[];
    readonly complete: boolean;
  };
  /** Of the smallest size that is lost. */
  readonly sighting?: Sighting;
}

/** Both ways, where the peer takes and gives data. */
export interface SizesSides {
  readonly upload: SizesSide;
  /** Absent where uploads alone could be tried, within requests for the page. */
  readonly download?: SizesSide;
}

/**
 * The headline of a ladder of sizes: a limit where there is one, else whatever failed, else that all passed.
 * @param there what the other end saw of what failed.
 */
export function sizesVerdict(
  base: Verdict,
  counts: Counts,
  ladder: readonly number[],
  sides: SizesSides,
  there: readonly (SeenThere & { readonly id: FailureId })[] = [],
): Verdict {
  const limited = [
    ...limitOf('upload', sides.upload),
    ...(sides.download === undefined ? [] : limitOf('download', sides.download)),
  ];
  // Of two limits the one of which more is known.
  const [worst] = limited.sort((a, b) => Number(b.id === 'data.path-mtu') - Number(a.id === 'data.path-mtu'));
  if (worst !== undefined) {
    const told = failureVerdict(worst.id, worst.sighting, counts.failed, counts);
    const seen = there.find(({ id }) => id === worst.id);
    const verdict = seen === undefined ? told : withOtherEnd(told, seen, counts);
    const more = limited.flatMap((limit) => (limit === worst ? [] : [otherWay(limit.sighting)]));
    const wavers = worst.found.wavering.length === 0 ? [] : [wavering(worst.found.wavering)];
    const means = [verdict.means, ...more, ...wavers].join(' ');
    return { ...verdict, means, certainty: certaintyOf(worst, verdict) };
  }
  if (counts.failed > 0) {
    const all = [...sides.upload.found.wavering, ...(sides.download?.found.wavering ?? [])];
    return all.length === 0 ? base : { ...base, means: `${base.means} ${wavering(all)}` };
  }
  return noLimit(base, ladder, sides);
}

/** What a ladder leaves of the causes: a limit that was met each time is neither a slow way nor a hung machine. */
function certaintyOf({ id, found }: ReturnType<typeof limitOf>[number], { certainty }: Verdict): Certainty {
  const isCut = id === 'data.stalled-after' || id === 'data.reset-after';
  if (!isCut || !found.complete || found.wavering.length > 0 || found.largestOkBytes === undefined) return certainty;
  const does = id === 'data.stalled-after' ? 'swallows' : 'cuts';
  return {
    kind: 'one-of',
    causes: [
      `a device on the way (firewall, IDS, proxy, VPN) ${does} a connection after so many bytes`,
      `protection software on one of the two machines ${does} it`,
      ...(found.passesInPieces === false
        ? []
        : ['the size of one message or transfer, not of the connection, is bounded there']),
    ],
    test: 'Ping tentacle-pong from a machine beside it, on the same network: the limit is still there, it is on that host; it is gone, it is on the way or here.',
  };
}

/** Where not even TLS was made, and silence is what it failed by: large packets may be why. */
export function sizesNotTried(verdict: Verdict, facts: ConnectionFacts): Verdict {
  if (verdict.id !== 'tls.silent' && verdict.id !== 'tls.stalled') return verdict;
  return {
    ...verdict,
    means: `${verdict.means} No size could be tried. The handshake itself has packets of full size, so this is how a link looks, too, on which large packets vanish.`,
    // 1,280 bytes are what IPv6 promises everywhere.
    next: [showPathMtu(facts, 'server-admin', 1280), ...verdict.next],
  };
}

function limitOf(direction: Direction, { found, sighting }: SizesSide) {
  const { largestOkBytes, smallestFailedBytes, passesInPieces } = found;
  if (sighting === undefined || smallestFailedBytes === undefined) return [];
  const { sizeBytes = smallestFailedBytes, movedBytes = 0, differsAt } = sighting.facts.transfer ?? {};
  const transfer = {
    direction,
    sizeBytes,
    movedBytes,
    ...(differsAt === undefined ? {} : { differsAt }),
    ...(largestOkBytes === undefined ? {} : { largestOkBytes }),
    smallestFailedBytes,
    ...(passesInPieces === undefined ? {} : { passesInPieces }),
  };
  const told = { symptom: sighting.symptom, facts: { ...sighting.facts, transfer } };
  return [{ id: classify(told).id, sighting: told, found }];
}

function otherWay({ facts: { transfer } }: Sighting): string {
  const { direction = 'download', largestOkBytes = 0, smallestFailedBytes = 0 } = transfer ?? {};
  return `The ${direction} has a limit too, between ${count(largestOkBytes)} and ${count(smallestFailedBytes)} bytes.`;
}

function wavering(sizes: readonly number[]): string {
  return `Not always the same: ${sizes.map(count).join(', ')} bytes failed at one time and passed at another, or larger ones passed, as with loss by chance.`;
}

function noLimit(base: Verdict, ladder: readonly number[], { upload, download }: SizesSides): Verdict {
  if (download === undefined) return noLimitByPage(base, upload);
  const [up, down] = [upload.found.largestOkBytes, download.found.largestOkBytes];
  if (up === undefined && down === undefined) return base;
  const isWhole = upload.found.complete && download.found.complete;
  const way = (name: string, largest: number | undefined): string =>
    largest === undefined ? `no ${name} was tried to its end` : `${name}s of up to ${count(largest)} bytes passed`;
  return {
    id: 'ok',
    title: isWhole ? 'Every size passes, both ways' : 'Every size passed that was tried',
    means: isWhole
      ? `Uploads and downloads of ${ladder.map(count).join('; ')} bytes passed, each on a connection of its own, and every byte was as it was sent.`
      : `The run was stopped before its end: ${way('upload', up)}, and ${way('download', down)}.`,
    certainty: { kind: 'sure' },
    next: [],
  };
}

function count(bytes: number): string {
  return bytes.toLocaleString('en-GB');
}

/** A request for the page went through whole, each time. */
function noLimitByPage(base: Verdict, { found }: SizesSide): Verdict {
  const { largestOkBytes } = found;
  if (largestOkBytes === undefined) return base;
  return {
    id: 'ok',
    title: `Uploads of up to ${count(largestOkBytes)} bytes pass; more cannot be tried here`,
    means: `What answers has no service that takes data and is the same afterwards, so uploads went as part of a request for its page, which ends at 20,000 characters; the page came${found.complete ? ' each time' : ' until the run was stopped'}. So packets of full size reach it. Of larger uploads, and of any download, nothing is known.`,
    certainty: { kind: 'sure' },
    next: [startPong],
  };
}
