import { ms, WIDTH, wrap } from 'tentacle-protocol/cli';
import type { ComparedEnds, RemoteEnding, RemoteView, RemoteViewUnavailable } from '../report/remote-view.js';
import type { EndsComparison } from '../remote-records/ends-comparison.js';

/** What the other end recorded, in a few lines; empty where it cannot have records. */
export function remoteViewText(otherEnd: RemoteView | undefined): string {
  if (otherEnd === undefined) return '';
  if (otherEnd.status === 'not-seen') return unavailableText(otherEnd);
  const lines = linesOf(otherEnd).map((line) => `${wrap(line, '  ', '    ', WIDTH)}\n`);
  return `the other end (tentacle-pong ${otherEnd.pongVersion}) recorded:\n${lines.join('')}`;
}

function linesOf(ends: ComparedEnds): string[] {
  const { attempts, unknown, translated, tls, certificates, firstBytes, clock } = ends;
  const reasons = Object.entries(unknown).map(([why, count]) => `${count} ${UNKNOWN[why] ?? why}`);
  return [
    arrivalsLine(ends),
    ...(reasons.length === 0 ? [] : [`unknown for ${attempts.unknown}: ${reasons.join('; ')}`]),
    ...cutLines(ends),
    ...endingLines(ends),
    ...translated.map(
      ({ address, count }) => `${count} from ${address}, which is not an address of this machine (NAT or proxy)`,
    ),
    ...tls.map(({ ours, theirs, count }) => `${count} with ${theirs} there, but ${ours} here`),
    ...certificates.map(({ thumbprint, count }) =>
      thumbprint === null
        ? `${count} without your client certificate`
        : `${count} with the client certificate ${thumbprint} in place of yours`,
    ),
    ...firstBytes.map(
      ({ bytes, count }) => `${count} with first bytes that this machine did not send: ${bytes.text.slice(0, 60)}`,
    ),
    clockLine(clock),
  ];
}

function arrivalsLine({ attempts: { arrived, sent, neverArrived, kept, notSent } }: ComparedEnds): string {
  return [
    arrived === sent && sent > 1 ? `all ${sent} attempts arrived` : `${arrived} of ${attemptCount(sent)} arrived`,
    ...(neverArrived === 0 ? [] : [`${neverArrived} never arrived`]),
    ...(kept === 0 ? [] : [`${kept} reused the connection of an earlier attempt`]),
    ...(notSent === 0 ? [] : [`${notSent} ended before anything was sent`]),
  ].join(', ');
}

/** `1 attempt`, `2 attempts` */
function attemptCount(count: number): string {
  return count === 1 ? '1 attempt' : `${count} attempts`;
}

const UNKNOWN: Readonly<Record<string, string>> = {
  ambiguous: 'match several records',
  'not-kept': 'outside the period its records cover',
  withheld: 'while connections from other addresses arrived, which may be from this client',
  'no-record': 'without a record in this report',
};

function cutLines({ cut: { beforeTls, inHandshake, afterTls } }: ComparedEnds): string[] {
  const places = [
    ...(beforeTls === 0 ? [] : [`${beforeTls} before any byte arrived`]),
    ...(inHandshake === 0 ? [] : [`${inHandshake} in the TLS handshake`]),
    ...(afterTls === 0 ? [] : [`${afterTls} after the handshake`]),
  ];
  return places.length === 0 ? [] : [`cut in transit, by neither end: ${places.join(', ')}`];
}

/** How the attempts that failed here ended there. */
function endingLines({ failures }: ComparedEnds): string[] {
  return failures.flatMap(({ id, endings }) =>
    endings.map((ending) => `${ending.count} x ${id}: ${endedRemotely(ending)}`),
  );
}

/** `ended there as served, closed with a FIN that carries this machine's address` */
export function endedRemotely({ ending, closedBy }: Omit<RemoteEnding, 'count'>): string {
  const how = ending === undefined ? 'still open there' : `ended there as ${ending}`;
  return `${how}${closedBy === undefined ? '' : `, closed ${CLOSED_BY[closedBy]}`}`;
}

const CLOSED_BY = {
  local: 'by tentacle-pong',
  // From this machine, or from a device in between.
  remote: "with a FIN that carries this machine's address",
  'remote-reset': "with a reset that carries this machine's address",
  lost: 'by its system, as lost',
} as const;

function clockLine(clock: ComparedEnds['clock']): string {
  if (clock === undefined) return 'the clock difference is unknown, because one clock was set during the run';
  const { differenceUs, uncertaintyUs, isAssumed } = clock;
  if (isAssumed) return `the clock difference is unknown; this holds if it is under ${uncertaintyUs / 1_000_000} s`;
  if (Math.abs(differenceUs) <= uncertaintyUs) return `clocks agree within ${ms(uncertaintyUs)} ms`;
  const order = differenceUs > 0 ? 'ahead of' : 'behind';
  return `its clock is ${ms(Math.abs(differenceUs))} ms ${order} this machine's (within ${ms(uncertaintyUs)} ms)`;
}

const WHY: Readonly<Record<RemoteViewUnavailable['why'], string>> = {
  'not-reached': 'tentacle-pong did not return its records in time.',
  refused: 'tentacle-pong does not trust your certificate (its --trust), so it does not return its records either.',
  'unknown-peer': 'no attempt got far enough to find out what the peer is.',
};

function unavailableText({ why }: RemoteViewUnavailable): string {
  const how =
    'To compare both ends, run tentacle-pong --record pong.ndjson there and tentacle-ping with --record ping.ndjson here, then tentacle-ping compare ping.ndjson pong.ndjson.';
  return `${wrap(`the other end: ${WHY[why]} ${how}`, '', '  ', WIDTH)}\n`;
}

/** The comparison of both ends' record files, as text. */
export function endsText({ target, otherEnd, failures, unreadable }: EndsComparison): string {
  const found = failures.map(({ id, title, says, certainty }) => {
    const head = wrap(`${id}: ${title}.${says === '' ? '' : ` ${says}`}`, '', '  ', WIDTH);
    if (certainty.kind !== 'ambiguous') return certainty.kind === 'conclusive' ? head : `${head} The cause is unknown.`;
    const causes = certainty.causes.map((cause) => wrap(cause, '  - ', '    ', WIDTH));
    const test = wrap(`How to tell: ${certainty.howToTell}`, '  ', '  ', WIDTH);
    return [head, '  Possible causes:', ...causes, test].join('\n');
  });
  const lost =
    unreadable === 0 ? [] : [`${unreadable} ${unreadable === 1 ? 'line' : 'lines'} of pong's file could not be read`];
  return `--- ${target.host}:${target.port}, both ends\n${remoteViewText(otherEnd)}${[...found, ...lost].map((text) => `${text}\n`).join('')}`;
}
