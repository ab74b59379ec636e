import { ms, WIDTH, wrap } from 'tentacle-protocol';
import type { ComparedEnds, RemoteEnding, RemoteView, RemoteViewUnavailable } from '../report/remote-view.js';
import type { EndsComparison } from '../remote-records/ends-comparison.js';

/** What the other end saw, in a few lines; nothing where there is nobody to ask. */
export function otherEndText(otherEnd: RemoteView | undefined): string {
  if (otherEnd === undefined) return '';
  if (otherEnd.status === 'not-seen') return unseenText(otherEnd);
  const lines = linesOf(otherEnd).map((line) => `${wrap(line, '  ', '    ', WIDTH)}\n`);
  return `the other end (tentacle-pong ${otherEnd.pongVersion}) saw:\n${lines.join('')}`;
}

function linesOf(ends: ComparedEnds): string[] {
  const { attempts, unknown, translated, tls, certificates, firstBytes, clock } = ends;
  const whys = Object.entries(unknown).map(([why, count]) => `${count} ${UNKNOWN[why] ?? why}`);
  return [
    arrivalsLine(ends),
    ...(whys.length === 0 ? [] : [`unknown of ${attempts.unknown}: ${whys.join(', ')}`]),
    ...cutLines(ends),
    ...endingLines(ends),
    ...translated.map(({ address, count }) => `${count} from ${address}, which is not our address (NAT or proxy)`),
    ...tls.map(({ ours, theirs, count }) => `${count} with ${theirs}, where we had ${ours}`),
    ...certificates.map(({ thumbprint, count }) =>
      thumbprint === null
        ? `${count} without our client certificate`
        : `${count} with the client certificate ${thumbprint} in place of ours`,
    ),
    ...firstBytes.map(({ bytes, count }) => `${count} with other first bytes than ours: ${bytes.text.slice(0, 60)}`),
    clockLine(clock),
  ];
}

function arrivalsLine({ attempts: { arrived, sent, neverArrived, kept, notSent } }: ComparedEnds): string {
  return [
    `${arrived} of ${sent} attempts arrive`,
    ...(neverArrived === 0 ? [] : [`${neverArrived} never arrive`]),
    ...(kept === 0 ? [] : [`${kept} on the connection of an earlier one`]),
    ...(notSent === 0 ? [] : [`${notSent} ended before anything was sent`]),
  ].join(', ');
}

const UNKNOWN: Readonly<Record<string, string>> = {
  ambiguous: 'may be one of several',
  'not-kept': 'of a time of which it has not all records',
  withheld: 'while connections came from elsewhere, and it is not known whose',
  'no-record': 'of which this report keeps no record',
};

function cutLines({ cut: { beforeTls, inHandshake, afterTls } }: ComparedEnds): string[] {
  const places = [
    ...(beforeTls === 0 ? [] : [`${beforeTls} before a byte came`]),
    ...(inHandshake === 0 ? [] : [`${inHandshake} in the TLS handshake`]),
    ...(afterTls === 0 ? [] : [`${afterTls} after it`]),
  ];
  return places.length === 0 ? [] : [`cut on the way, by neither end: ${places.join(', ')}`];
}

/** How those ended there that failed here. */
function endingLines({ failures }: ComparedEnds): string[] {
  return failures.flatMap(({ id, endings }) =>
    endings.map((ending) => `${ending.count} of ${id}: ${endedThere(ending)}`),
  );
}

/** `ended there as served, closed by a FIN in our name` */
export function endedThere({ ending, closedBy }: Omit<RemoteEnding, 'count'>): string {
  const how = ending === undefined ? 'still open there' : `ended there as ${ending}`;
  return `${how}${closedBy === undefined ? '' : `, closed by ${CLOSED_BY[closedBy]}`}`;
}

const CLOSED_BY = {
  us: 'tentacle-pong',
  // Ours, or of something in between.
  peer: 'a FIN in our name',
  'reset-by-peer': 'a reset in our name',
  lost: 'its system, as lost',
} as const;

function clockLine(clock: ComparedEnds['clock']): string {
  if (clock === undefined) return 'how far the two clocks are apart is unknown, as one was set meanwhile';
  const { differenceUs, uncertaintyUs, isAssumed } = clock;
  if (isAssumed)
    return `nothing tells how far the two clocks are apart; it holds if that is under ${uncertaintyUs / 1_000_000} s`;
  const exact = `(give or take ${ms(uncertaintyUs)} ms)`;
  if (Math.abs(differenceUs) <= uncertaintyUs) return `its clock agrees with ours ${exact}`;
  return `its clock is ${ms(Math.abs(differenceUs))} ms ${differenceUs > 0 ? 'ahead of' : 'behind'} ours ${exact}`;
}

const WHY: Readonly<Record<RemoteViewUnavailable['why'], string>> = {
  'not-reached': 'tentacle-pong did not give its records in time.',
  refused: 'tentacle-pong does not answer our certificate (its --trust), so it does not show its records either.',
  'unknown-peer': 'no attempt got so far that the peer could say what it is.',
};

function unseenText({ why }: RemoteViewUnavailable): string {
  const how =
    'To see both ends: run tentacle-pong --record pong.ndjson there and tentacle-ping with --record ping.ndjson here, then tentacle-ping compare ping.ndjson pong.ndjson.';
  return `${wrap(`the other end: ${WHY[why]} ${how}`, '', '  ', WIDTH)}\n`;
}

/** What both ends' files come to. */
export function endsText({ target, otherEnd, failures, unreadable }: EndsComparison): string {
  const found = failures.map(({ id, title, says, certainty }) => {
    const head = wrap(`${id}: ${title}.${says === '' ? '' : ` ${says}`}`, '', '  ', WIDTH);
    if (certainty.kind !== 'one-of') return certainty.kind === 'sure' ? head : `${head} The cause is unknown.`;
    const causes = certainty.causes.map((cause) => wrap(cause, '  - ', '    ', WIDTH));
    const test = wrap(`What tells them apart: ${certainty.test}`, '  ', '  ', WIDTH);
    return [head, '  One of these:', ...causes, test].join('\n');
  });
  const lost = unreadable === 0 ? [] : [`${unreadable} lines of pong's file could not be read`];
  return `--- ${target.host}:${target.port}, both ends\n${otherEndText(otherEnd)}${[...found, ...lost].map((text) => `${text}\n`).join('')}`;
}
