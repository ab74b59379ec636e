import type { ConnectionFacts, Direction } from 'tentacle-protocol';
import {
  classify,
  counted,
  type Counts,
  type Diagnosis,
  endsOf,
  type FailureId,
  failureVerdict,
  type Observation,
  showPathMtu,
  type Verdict,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import { withRemoteEvidence } from './draw-conclusion.js';
import type { RemoteEvidence } from './remote-evidence.js';
import { startPong } from './transfer-verdict.js';

/** The result of a search over sizes in one direction. */
export interface SizeSearchSide {
  readonly found: {
    readonly largestOkBytes?: number;
    readonly smallestFailedBytes?: number;
    readonly passesInPieces?: boolean;
    readonly inconsistent: readonly number[];
    readonly complete: boolean;
  };
  /** The failure of the smallest size that failed. */
  readonly observation?: Observation;
}

/** Both directions, where the peer accepts and sends data. */
export interface SizeSearchSides {
  readonly upload: SizeSearchSide;
  /** Absent where only uploads could be tried, within requests for the page. */
  readonly download?: SizeSearchSide;
}

/** A search over sizes, and the report of its attempts. */
export interface SizeSearchRun {
  /** The verdict on the attempts alone. */
  readonly base: Verdict;
  readonly counts: Counts;
  readonly ladderBytes: readonly number[];
  readonly sides: SizeSearchSides;
  /** The other end's records of the failures. */
  readonly remoteFailures?: readonly (RemoteEvidence & { readonly id: FailureId })[];
}

/** Returns the headline of a search over sizes: a limit where there is one, else the failure, else that all succeeded. */
export function sizesVerdict(run: SizeSearchRun): Verdict {
  const { base, counts, ladderBytes, sides, remoteFailures = [] } = run;
  const limited = [
    ...limitOf('upload', sides.upload),
    ...(sides.download === undefined ? [] : limitOf('download', sides.download)),
  ];
  // Of two limits, the one with the more exact diagnosis.
  const [worst] = limited.sort((a, b) => Number(b.id === 'data.path-mtu') - Number(a.id === 'data.path-mtu'));
  if (worst !== undefined) {
    const { sent, ok, failed } = counts;
    // Sizes above the limit may fail in several ways, of which this one shows the limit.
    const failure = failureVerdict(worst.id, worst.observation, failed, { sent, ok, failed });
    const recorded = remoteFailures.find(({ id }) => id === worst.id);
    const verdict = recorded === undefined ? failure : withRemoteEvidence(failure, recorded, {});
    const more = limited.flatMap((limit) => (limit === worst ? [] : [otherDirection(limit.observation)]));
    const inconsistent = worst.found.inconsistent.length === 0 ? [] : [inconsistency(worst.found.inconsistent)];
    const means = [verdict.means, ...more, ...inconsistent].join(' ');
    return { ...verdict, means, certainty: certaintyOf(worst, verdict) };
  }
  if (counts.failed > 0) {
    const all = [...sides.upload.found.inconsistent, ...(sides.download?.found.inconsistent ?? [])];
    return all.length === 0 ? base : { ...base, means: `${base.means} ${inconsistency(all)}` };
  }
  return noLimit(base, ladderBytes, sides);
}

/** Returns the causes that remain: a limit that was met each time rules out a slow network and a hung machine. */
function certaintyOf({ id, found }: ReturnType<typeof limitOf>[number], { certainty }: Verdict): Diagnosis {
  const isCut = id === 'data.stalled' || id === 'data.reset';
  if (!isCut || !found.complete || found.inconsistent.length > 0 || found.largestOkBytes === undefined)
    return certainty;
  const does = id === 'data.stalled' ? 'swallows' : 'cuts';
  return {
    kind: 'ambiguous',
    causes: [
      `a device in between (firewall, IDS, proxy, VPN) ${does} a connection after a number of bytes`,
      `protection software on one of the two machines ${does} it`,
      ...(found.passesInPieces === false
        ? []
        : ['the size of one message or transfer is limited there, not that of the connection']),
    ],
    howToTell:
      'Run tentacle-ping against tentacle-pong from a machine next to it, on the same network. If the limit is still there, it is on that host; if not, it is in between or on this machine.',
  };
}

/** Adds large packets as a possible reason where not even TLS was established because the peer did not answer. */
export function sizesNotTestedVerdict(verdict: Verdict, facts: ConnectionFacts): Verdict {
  if (verdict.id !== 'tls.silent' && verdict.id !== 'tls.stalled') return verdict;
  return {
    ...verdict,
    means: `${verdict.means} No size could be tried. The TLS handshake itself contains packets of full size, so a link on which large packets are lost looks the same.`,
    // 1,280 bytes are the least that IPv6 guarantees on any link.
    next: [showPathMtu(facts, endsOf(facts).here.administrator, 1280), ...verdict.next],
  };
}

function limitOf(direction: Direction, { found, observation }: SizeSearchSide) {
  const { largestOkBytes, smallestFailedBytes, passesInPieces } = found;
  if (observation === undefined || smallestFailedBytes === undefined) return [];
  const { sizeBytes = smallestFailedBytes, movedBytes = 0, differsAt } = observation.facts.transfer ?? {};
  const transfer = omitUndefined({
    direction,
    sizeBytes,
    movedBytes,
    differsAt,
    largestOkBytes,
    smallestFailedBytes,
    passesInPieces,
  });
  const limited = { signature: observation.signature, facts: { ...observation.facts, transfer } };
  return [{ id: classify(limited).id, observation: limited, found }];
}

function otherDirection({ facts: { transfer } }: Observation): string {
  const { direction = 'download', largestOkBytes = 0, smallestFailedBytes = 0 } = transfer ?? {};
  return `The ${direction} has a limit too, between ${formatted(largestOkBytes)} and ${formatted(smallestFailedBytes)} bytes.`;
}

function inconsistency(sizes: readonly number[]): string {
  return `Results varied: ${sizes.map(formatted).join(', ')} bytes failed once and succeeded once, or larger sizes succeeded, as with random loss.`;
}

function noLimit(base: Verdict, ladderBytes: readonly number[], { upload, download }: SizeSearchSides): Verdict {
  if (download === undefined) return noLimitByPage(base, upload);
  const [up, down] = [upload.found.largestOkBytes, download.found.largestOkBytes];
  if (up === undefined && down === undefined) return base;
  const isWhole = upload.found.complete && download.found.complete;
  const result = (name: string, largest: number | undefined): string =>
    largest === undefined ? `no ${name} completed` : `${name}s of up to ${counted(largest, 'byte')} succeeded`;
  return {
    id: 'ok',
    title: isWhole ? 'All sizes succeeded in both directions' : 'All sizes that were tried succeeded',
    means: isWhole
      ? `Uploads and downloads of ${ladderBytes.map(formatted).join('; ')} bytes succeeded, each on a connection of its own, and every byte arrived unchanged.`
      : `The run was stopped early: ${result('upload', up)}, and ${result('download', down)}.`,
    // It states what was measured, for these sizes at that time, and no cause.
    certainty: { kind: 'conclusive' },
    next: [],
  };
}

function formatted(bytes: number): string {
  return bytes.toLocaleString('en-US');
}

/** Each request for the page succeeded. */
function noLimitByPage(base: Verdict, { found }: SizeSearchSide): Verdict {
  const { largestOkBytes } = found;
  if (largestOkBytes === undefined) return base;
  return {
    id: 'ok',
    title: `Uploads of up to ${counted(largestOkBytes, 'byte')} succeeded`,
    means: `The peer has no data service that leaves it unchanged, so uploads were sent as part of a request for its page, which is limited to 20,000 characters. The peer answered with the page${found.complete ? ' each time' : ' until the run was stopped'}, so packets of full size reach it. Larger uploads, and downloads of any size, cannot be tried here.`,
    // It states what was measured, for these sizes at that time, and no cause.
    certainty: { kind: 'conclusive' },
    next: [startPong],
  };
}
