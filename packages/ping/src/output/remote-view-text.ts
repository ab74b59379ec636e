import { columns, count, mark, ms, type Screen, wrap } from 'tentacle-protocol/cli';
import { allOf, WITHHELD } from 'tentacle-protocol/diagnostics';
import type {
  ComparedEnds,
  FetchCutShort,
  RemoteEnding,
  RemoteView,
  RemoteViewUnavailable,
} from '../report/remote-view.js';

/** How much of the other end's view is shown. */
export interface RemoteViewOptions {
  /** False: what arrived, where the time goes, and whatever contradicts a network that is in order. */
  readonly isVerbose: boolean;
  /** The times are shown elsewhere. */
  readonly withoutTimes?: boolean;
}

/** What the other end recorded; empty where it cannot have records. */
export function remoteViewText(
  otherEnd: RemoteView | undefined,
  screen: Screen,
  { isVerbose, withoutTimes = false }: RemoteViewOptions,
): string {
  if (otherEnd === undefined) return '';
  if (otherEnd.status === 'not-seen') return unavailableText(otherEnd, screen, isVerbose);
  const { stages: _, ...untimed } = otherEnd;
  const shown = withoutTimes ? untimed : otherEnd;
  return isVerbose ? longText(shown, screen) : shortText(shown, screen);
}

/** How attempts that failed ended there: the first of them are enough to see a pattern. */
const SHORT_ENDINGS = 2;

function shortText(ends: ComparedEnds, screen: Screen): string {
  const { neverArrived } = ends.attempts;
  const times = timesLine(ends);
  const lines = [
    line(neverArrived === 0 ? '  ' : `${mark('warning', screen)} `, `tentacle-pong: ${arrivalsLine(ends)}`, screen),
    ...(times === undefined ? [] : [line('  ', times, screen)]),
    ...contradictionLines(ends).map((text) => line(`${mark('warning', screen)} `, text, screen)),
    ...endingLines(ends)
      .slice(0, SHORT_ENDINGS)
      .map((text) => line('  ', text, screen)),
  ];
  return lines.join('');
}

function longText(ends: ComparedEnds, { width }: Screen): string {
  const lines = remoteViewLines(ends).map((text) => `${wrap(text, '  ', '    ', width)}\n`);
  const title = wrap(`the other end (tentacle-pong ${ends.pongVersion}) recorded:`, '', '', width);
  return `${title}\n${lines.join('')}${timesTable(ends, width)}`;
}

function line(first: string, text: string, { width }: Screen): string {
  return `${wrap(text, first, '  ', width)}\n`;
}

/** `rpc here 0.900, there 0.200: network and systems take 0.700 ms` */
function timesLine({ stages }: ComparedEnds): string | undefined {
  const rpc = stages?.rpc ?? stages?.identity;
  if (rpc?.networkUs === undefined) return undefined;
  const name = stages?.rpc === undefined ? 'identity' : 'rpc';
  const network = rpc.networkUs === 0 ? 'too little to measure' : `${ms(rpc.networkUs)} ms`;
  return `${name} here ${ms(rpc.here.p50Us)}, there ${ms(rpc.there.p50Us)}: network and systems take ${network} (p50)`;
}

/** With fewer times it is the maximum under another name. */
const P99_MIN_COUNT = 100;

/** The columns of both ends, of the attempts that both recorded. */
function timesTable({ stages = {} }: ComparedEnds, width: number): string {
  const rows = Object.entries(stages).map(([stage, { here, there, networkUs }]) => [
    `  ${stage}`,
    ms(here.p50Us),
    ms(there.p50Us),
    networkUs === undefined ? '-' : ms(networkUs),
    ...(width < WIDE_TABLE_CHARS
      ? []
      : here.count < P99_MIN_COUNT
        ? ['-', '-', ms(here.maxUs), ms(there.maxUs)]
        : [here, there].map(({ p99Us }) => ms(p99Us)).concat([here, there].map(({ maxUs }) => ms(maxUs)))),
  ]);
  if (rows.length === 0) return '';
  const head = ['  ms', 'here', 'there', 'network'];
  const wide = width < WIDE_TABLE_CHARS ? [] : ['p99 here', 'there', 'max here', 'there'];
  return columns(`l${'r'.repeat(head.length + wide.length - 1)}`, [[...head, ...wide], ...rows], width);
}

/** From here on both ends' percentiles fit beside the medians. */
const WIDE_TABLE_CHARS = 72;

/** What the other end recorded, a line for each fact. */
export function remoteViewLines(ends: ComparedEnds): string[] {
  const { attempts, unknown, translated, clock, cutShort } = ends;
  const reasons = Object.entries(unknown).map(([why, attempts]) => `${attempts} ${UNKNOWN_REASONS[why] ?? why}`);
  return [
    arrivalsLine(ends),
    ...(reasons.length === 0 ? [] : [`unknown for ${attempts.unknown}: ${reasons.join('; ')}`]),
    ...(cutShort === undefined ? [] : [cutShortLine(cutShort)]),
    ...contradictionLines(ends),
    ...endingLines(ends),
    ...translated.map(
      (one) => `${one.count} from ${one.address}, which is not an address of this machine (NAT or proxy)`,
    ),
    clockLine(clock),
  ];
}

/** What no network in order does, and what a listener in order does not have. */
function contradictionLines(ends: ComparedEnds): string[] {
  const { tls, certificates, firstBytes, answeredElsewhere = 0 } = ends;
  return [
    ...(answeredElsewhere === 0
      ? []
      : [`${answeredElsewhere} answered by another tentacle-pong: several machines serve this address`]),
    ...cutLines(ends),
    ...tls.map((one) => `${one.count} with ${one.theirs} there, but ${one.ours} here`),
    ...certificates.map((one) =>
      one.thumbprint === null
        ? `${one.count} without your client certificate`
        : one.thumbprint === WITHHELD
          ? `${one.count} with another client certificate in place of yours`
          : `${one.count} with the client certificate ${one.thumbprint} in place of yours`,
    ),
    ...firstBytes.map(
      (one) => `${one.count} with first bytes that this machine did not send: ${one.bytes.text.slice(0, 60)}`,
    ),
  ];
}

function arrivalsLine({ attempts: { arrived, sent, neverArrived, kept, notSent } }: ComparedEnds): string {
  const all = sent === 1 ? 'the attempt' : allOf(sent, 'attempt');
  return [
    `${arrived === sent && sent > 0 ? all : `${arrived} of ${count(sent, 'attempt')}`} arrived${kept === 0 ? '' : ` on ${arrived === 1 ? 'a connection of its own' : 'connections of their own'}`}`,
    ...(neverArrived === 0 ? [] : [`${neverArrived} never arrived`]),
    ...(kept === 0 ? [] : [`${kept} reused the connection of an earlier attempt`]),
    ...(notSent === 0 ? [] : [`${notSent} ended before anything was sent`]),
  ].join(', ');
}

/** Why nothing is known about some of the attempts. */
const UNKNOWN_REASONS: Readonly<Record<string, string>> = {
  ambiguous: 'that match several records',
  'not-kept': 'outside the period its records cover',
  'not-fetched': 'whose records were not fetched',
  withheld: 'while connections from other addresses arrived, which may be from this client',
  'no-record': 'without a record in this report',
};

function cutShortLine({ why, records }: FetchCutShort): string {
  const reason = why === 'time' ? 'took too long' : 'found more than this tool fetches';
  return `fetching its records ${reason} and ended after ${count(records, 'record')}`;
}

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
    endings.map((ending) => `${ending.count} x ${id}: ${endingText(ending)}`),
  );
}

/** `ended there as served, closed with a FIN that carries this machine's address` */
export function endingText({ ending, closedBy }: Omit<RemoteEnding, 'count'>): string {
  const state = ending === undefined ? 'still open there' : `ended there as ${ending}`;
  return `${state}${closedBy === undefined ? '' : `, closed ${CLOSED_BY[closedBy]}`}`;
}

const CLOSED_BY = {
  local: 'by tentacle-pong',
  // From this machine, or from a device in between.
  remote: "with a FIN that carries this machine's address",
  'remote-reset': "with a reset that carries this machine's address",
  lost: 'by its operating system after it was lost',
} as const;

function clockLine(clock: ComparedEnds['clock']): string {
  if (clock === undefined) return 'the clock difference is unknown, because one clock was set during the run';
  const { differenceUs, uncertaintyUs, isAssumed } = clock;
  if (isAssumed) return `the clock difference is unknown; this holds if it is under ${uncertaintyUs / 1_000_000} s`;
  if (Math.abs(differenceUs) <= uncertaintyUs) return `clocks agree within ${ms(uncertaintyUs)} ms`;
  const order = differenceUs > 0 ? 'ahead of' : 'behind';
  return `its clock is ${ms(Math.abs(differenceUs))} ms ${order} this machine's (within ${ms(uncertaintyUs)} ms)`;
}

/** Why the records of the other end are not known. */
export const UNAVAILABLE_REASONS: Readonly<Record<RemoteViewUnavailable['why'], string>> = {
  'not-reached': 'tentacle-pong did not return its records in time',
  'not-listening': 'tentacle-pong no longer listens: its port refused the connection for its records',
  failed: 'the connection for its records failed',
  refused: 'tentacle-pong returns its records only to a client whose identity it accepted, and no attempt got that far',
  'unknown-peer': 'no attempt got far enough to find out what the peer is',
};

function unavailableText({ why, failure }: RemoteViewUnavailable, { width }: Screen, isVerbose: boolean): string {
  const advice =
    'To compare both ends, run tentacle-pong --record pong.ndjson there and tentacle-ping with --record ping.ndjson here, then tentacle-ping compare ping.ndjson pong.ndjson.';
  const reason = `the other end: ${UNAVAILABLE_REASONS[why]}${failure === undefined ? '' : ` (${failure})`}.`;
  return `${wrap(isVerbose ? `${reason} ${advice}` : reason, isVerbose ? '' : '  ', '  ', width)}\n`;
}
