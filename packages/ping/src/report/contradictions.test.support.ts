import { catalogue, describeFailure, type Verdict } from 'tentacle-protocol/diagnostics';
import type { AttemptRecord } from './attempt-record.js';
import type { Attempts, Report } from './report.js';
import type { RemoteView } from './remote-view.js';

/** What the reports of all commands have in common, as far as a verdict can contradict it. Each has some of these. */
export interface CheckedReport {
  readonly startedAt: string;
  readonly endedAt: string;
  readonly verdict: Pick<Verdict, 'title' | 'means' | 'certainty'> & { readonly id: string };
  /** Of ping and, under other names, of `listen` (calls) and `pong --poll` (tries). */
  readonly attempts?: Attempts;
  readonly calls?: unknown;
  readonly outcomes?: Readonly<Record<string, number>>;
  readonly failures?: readonly FailureCount[];
  readonly outages?: readonly { fromAt: string; toAt: string; attempts: number; id: string }[];
  readonly outagesDropped?: number;
  readonly failurePattern?: Report['failurePattern'];
  /** Of ping: attempts. */
  readonly records?: readonly unknown[];
  readonly recordsDropped?: number;
  readonly peer?: Partial<Report['peer']>;
  readonly otherEnd?: RemoteView;
  readonly idle?: Report['idle'];
  readonly sizes?: Report['sizes'];
  /** The expected certificate, where one is. */
  readonly plan?: object;
  readonly transfers?: Report['transfers'];
  /** Of a diagnosis. */
  readonly steps?: readonly CheckedStep[];
}

interface FailureCount {
  readonly id: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly evidence?: { readonly address?: string };
}

interface CheckedStep {
  readonly id: string;
  readonly status: string;
  readonly failure?: { readonly id: string };
  readonly evidence: Readonly<Record<string, unknown>>;
}

type Rule = (report: CheckedReport) => readonly string[];

/**
 * Returns every statement of a report's verdict that a fact beside it contradicts, as a sentence each; none for a report
 * that is consistent. It reads the finished report alone, and so shares no code with what wrote the verdict.
 */
export function contradictions(report: CheckedReport): string[] {
  return Object.values(RULES).flatMap((rule) => rule(report));
}

const countsAddUp: Rule = ({ attempts, outcomes, failures }) => {
  if (attempts === undefined) return [];
  const { sent, ok, failed, cancelled } = attempts;
  const { ok: outcomesOk = 0, ...failedOutcomes } = outcomes ?? {};
  return [
    ...expect(sent === ok + failed + cancelled, `sent ${sent} is not ok ${ok} + failed ${failed} + ${cancelled}`),
    ...expect(outcomes === undefined || outcomesOk === ok, `outcomes has ${outcomesOk} ok, attempts ${ok}`),
    ...expect(
      outcomes === undefined || sum(Object.values(failedOutcomes)) === failed,
      `the failures in outcomes are not ${failed}`,
    ),
    ...expect(
      failures === undefined || sum(failures.map(({ count }) => count)) === failed,
      `the counts of failures are not ${failed}`,
    ),
  ];
};

const successMeansSomethingWasMeasured: Rule = ({ verdict, attempts, calls, steps, transfers }) => {
  if (verdict.id !== 'nothing-measured') return [];
  const callsOk = okOf(calls);
  // Settings, this machine and the name are not the path: a step that reached the peer is.
  const worked = steps?.find(({ id, status }) => !['settings', 'local', 'name'].includes(id) && status === 'ok');
  return [
    ...expect(attempts === undefined || attempts.ok === 0, `nothing was measured, but ${attempts?.ok ?? 0} are ok`),
    ...expect(
      (transfers ?? []).every(({ movedBytes }) => movedBytes === 0),
      'nothing was measured, but bytes were transferred',
    ),
    ...expect(callsOk === 0, `nothing was measured, but ${callsOk} calls are ok`),
    ...expect(worked === undefined, `nothing was measured, but the step ${worked?.id ?? ''} is ok`),
  ];
};

const okMeansNothingFailed: Rule = ({ verdict, attempts, steps }) => {
  if (verdict.id !== 'ok') return [];
  const problem = steps?.find(({ status }) => status === 'problem');
  return [
    ...expect(attempts === undefined || attempts.failed === 0, `ok, but ${attempts?.failed ?? 0} failed`),
    ...expect(attempts === undefined || attempts.ok > 0, 'ok, but no attempt is'),
    ...expect(problem === undefined, `ok, but the step ${problem?.id ?? ''} found a problem`),
  ];
};

/** Failures that concern a run as a whole, so that no single attempt has them. */
const OF_A_WHOLE_RUN = /^(attestation|poll)\.|^(dns\.partial|trust\.intercepted|data\.)/;

const failureWasObserved: Rule = (report) => {
  const { verdict, outcomes, steps, idle, sizes } = report;
  if (!verdict.id.includes('.') || OF_A_WHOLE_RUN.test(verdict.id)) return [];
  const observed = new Set([
    ...Object.keys(outcomes ?? {}),
    ...(steps ?? []).flatMap(({ failure }) => failure?.id ?? []),
    ...(idle?.probes ?? []).map(({ outcome }) => outcome),
    ...(sizes?.tried ?? []).map(({ outcome }) => outcome),
  ]);
  return expect(observed.has(verdict.id), `the verdict is ${verdict.id}, which nothing in the report met`);
};

/** The headline of a run names its share wherever that is not every attempt. */
const shareIsStated: Rule = ({ verdict, attempts, outcomes, idle, sizes }) => {
  const count = outcomes?.[verdict.id];
  if (attempts === undefined || count === undefined || verdict.id === 'ok') return [];
  // These have findings of their own, in other units.
  if (count === attempts.sent || idle !== undefined || sizes !== undefined) return [];
  const numbers = numbersIn(verdict.means);
  return [count, attempts.sent, attempts.ok].flatMap((number) =>
    expect(
      number === 0 || numbers.has(number),
      `${verdict.id} happened in ${count} of ${attempts.sent} attempts (${attempts.ok} ok): the text does not say ${number}`,
    ),
  );
};

/** Failures in which something cut a connection or stayed silent after TCP: what it was is open. */
const CUT_OR_SILENT =
  /^(tls\.(closed|reset|silent|stalled)|trust\.closed-after-identity|identity\.(closed|timeout)|rpc\.(closed|reset|timeout))$/;

/** Peers that are known not to be what was expected, so that they are not a Tentacle that hangs. */
const OTHER_PEERS = ['web-server', 'octopus-portal', 'octopus-server', 'legacy-pong', 'ping'];
const SILENT = /^identity\.timeout$/;

const recognizedPeerIsNotHung: Rule = ({ verdict, peer, steps }) => {
  if (!SILENT.test(verdict.id)) return [];
  const author =
    peer?.page?.author ??
    steps?.map(({ evidence }) => evidence['author']).find((one) => OTHER_PEERS.includes(String(one)));
  return expect(
    !OTHER_PEERS.includes(String(author)),
    `${verdict.id}, although the peer was recognized as ${String(author)}`,
  );
};

/** A verdict "ok" of a diagnosis needs the identities: without them, only the network and TLS are known. */
const okMeansThatThePeerReplied: Rule = ({ verdict, steps }) =>
  expect(
    verdict.id !== 'ok' || steps === undefined || steps.some(({ id, status }) => id === 'identity' && status === 'ok'),
    'ok, but no identity was exchanged',
  );

/** Thumbprints of the peer that the steps of a diagnosis list. */
function thumbprintsSeen(steps: readonly CheckedStep[]): unknown[] {
  return steps.flatMap(({ evidence }) => {
    const { seen = [], withoutName, directly } = evidence;
    const listed = Array.isArray(seen)
      ? seen.map((one: { thumbprint?: unknown }) => one.thumbprint)
      : Object.keys(seen as object);
    return [...listed, withoutName, directly];
  });
}

/** Where the expected certificate was seen too, the open question is only which connection leads to it. */
const expectedCertificateCounts: Rule = ({ verdict: { id, certainty }, plan, steps = [] }) => {
  const { thumbprint } = (plan ?? {}) as { readonly thumbprint?: string };
  if (id !== 'trust.unexpected-thumbprint' || thumbprint === undefined) return [];
  return expect(
    certainty.kind === 'conclusive' || !thumbprintsSeen(steps).includes(thumbprint),
    'the expected certificate was seen, and the causes do not say so',
  );
};

/** One TLS session from end to end excludes a device that terminates TLS. */
const attestationCounts: Rule = ({ verdict, steps = [] }) => {
  const attested = steps.find(({ id, status }) => id === 'attestation' && status === 'ok');
  return expect(
    attested === undefined || !/^trust\.(intercepted|client-certificate)/.test(verdict.id),
    `${verdict.id}, although tentacle-pong attested one TLS session`,
  );
};

/** Each end's counts of the same attempts: a round trip that succeeded arrived. */
const successesArrived: Rule = ({ attempts, otherEnd }) => {
  if (attempts === undefined || otherEnd?.status !== 'compared') return [];
  const { sent, arrived, neverArrived, kept, notSent, unknown } = otherEnd.attempts;
  const notOk = attempts.failed + attempts.cancelled;
  return [
    ...expect(sent === attempts.sent, `the other end's view has ${sent} attempts of ${attempts.sent}`),
    ...expect(
      sent === arrived + neverArrived + kept + notSent + unknown,
      `the other end's view does not add up to ${sent}`,
    ),
    ...expect(arrived + kept >= attempts.ok, `${arrived} arrived and ${kept} reused, but ${attempts.ok} are ok`),
    ...expect(neverArrived <= notOk, `${neverArrived} never arrived, but only ${notOk} are not ok`),
    ...expect(unknown <= notOk, `${unknown} are unknown at the other end, but only ${notOk} are not ok`),
  ];
};

/** Where each record of the other end shows an incomplete handshake, no certificate was judged there. */
const incompleteHandshakeIsNotTrust: Rule = ({ verdict: { id, certainty }, otherEnd, failures = [] }) => {
  if (!id.startsWith('trust.') || otherEnd?.status !== 'compared') return [];
  const recorded = otherEnd.failures.find((failure) => failure.id === id);
  const count = failures.find((failure) => failure.id === id)?.count;
  if (recorded === undefined || recorded.handshakeIncomplete !== count) return [];
  const row = catalogue.find((one) => one.id === id);
  const own = row === undefined ? undefined : describeFailure(row.id, row.example).diagnosis;
  const causes = certainty.kind === 'ambiguous' ? certainty.causes : [];
  return expect(
    recorded.uncertain > 0 || (certainty.kind === 'conclusive' && own !== undefined && causes.length === 0),
    `${id} has other causes, although the handshake of each attempt did not complete there`,
  );
};

const timesAreInOrder: Rule = ({ startedAt, endedAt, failures = [] }) =>
  failures.flatMap(({ id, firstAt, lastAt }) => [
    ...expect(firstAt <= lastAt, `${id}: first at ${firstAt}, last at ${lastAt}`),
    ...expect(startedAt <= firstAt && lastAt <= endedAt, `${id}: ${firstAt} to ${lastAt} is outside the run`),
  ]);

const outagesAddUp: Rule = ({ attempts, outages, outagesDropped = 0, outcomes = {} }) => {
  if (attempts === undefined || outages === undefined) return [];
  const inOutages = sum(outages.map((one) => one.attempts));
  return [
    ...expect(
      outagesDropped > 0 ? inOutages <= attempts.failed : inOutages === attempts.failed,
      `the outages have ${inOutages} failed attempts of ${attempts.failed}`,
    ),
    ...outages.flatMap(({ fromAt, toAt, id }, i) => [
      ...expect(fromAt <= toAt, `an outage from ${fromAt} to ${toAt}`),
      ...expect(id in outcomes, `an outage with ${id}, which is not among the outcomes`),
      ...expect(i === 0 || (outages[i - 1]?.fromAt ?? '') <= fromAt, `the outage from ${fromAt} is out of order`),
    ]),
  ];
};

/**
 * Failures whose usual causes fail every attempt at an address. Where another attempt at the same address got past the
 * stage at which they show, these causes are ruled out, and something that changed, or differs, is left.
 */
const OF_A_WHOLE_ADDRESS =
  /^(dns\.not-found|tcp\.(refused|timeout|host-down|rejected|no-route|no-route-v6)|tls\.(not-tls|version|unrecognized-name|no-common-parameters|client-certificate-refused|closed|reset|silent)|trust\.(unexpected-thumbprint|closed-after-identity)|identity\.(http|unknown|octopus-server|unexpected-role))$/;

const causesAllowTheSuccesses: Rule = (report) => {
  const {
    verdict: { id, certainty },
    failures,
    records = [],
    recordsDropped,
    otherEnd,
  } = report;
  if (recordsDropped !== 0 || !OF_A_WHOLE_ADDRESS.test(id)) return [];
  const attempts = records.filter(isAttempt);
  // The text is about the address of the first failure.
  const first = failures?.find((failure) => failure.id === id)?.evidence?.address;
  const failed = attempts.find(({ outcome, address }) => outcome === id && address === first);
  const { shownAt } = failed?.failure ?? {};
  const sameAddress = attempts.filter(({ address }) => shownAt === 'dns' || address === failed?.address);
  const passed = sameAddress.filter(({ stages }) => stages.some(({ stage }) => stage === shownAt)).length;
  if (failed === undefined || passed === 0) return [];
  const row = catalogue.find((one) => one.id === id);
  const whole = row === undefined ? undefined : describeFailure(row.id, row.example).diagnosis;
  const excluded = whole?.kind === 'ambiguous' && certainty.kind === 'ambiguous' ? whole.causes : [];
  return [
    // The other end's records may prove the cause, whatever other attempts did.
    ...expect(
      certainty.kind !== 'conclusive' || otherEnd?.status === 'compared',
      `${id} is certain, although ${passed} attempts at ${failed.address ?? 'the name'} got past it`,
    ),
    ...excluded.flatMap((cause) =>
      expect(
        certainty.kind !== 'ambiguous' || !certainty.causes.includes(cause),
        `${id}: ${passed} attempts got past it, which rules out "${cause}"`,
      ),
    ),
  ];
};

function isAttempt(record: unknown): record is AttemptRecord {
  return typeof record === 'object' && record !== null && 'stages' in record && 'outcome' in record;
}

/** The order of failures is stated as it was. */
const patternIsThatOfTheRecords: Rule = ({ failurePattern, records = [], recordsDropped, attempts }) => {
  if (failurePattern === undefined || recordsDropped !== 0) return [];
  const results = records
    .filter(isAttempt)
    .filter(({ outcome }) => outcome !== 'cancelled')
    .sort((a, b) => a.number - b.number)
    .map(({ outcome }) => (outcome === 'ok' ? '.' : 'x'))
    .join('');
  const actual = /^\.*$/.test(results)
    ? 'none'
    : /^x+$/.test(results)
      ? 'constant'
      : /^x+\.+$/.test(results)
        ? 'came-up'
        : /^\.+x+$/.test(results)
          ? 'stopped'
          : undefined;
  const isMixed = ['alternating', 'bursts', 'scattered'].includes(failurePattern);
  return expect(
    attempts === undefined || (actual === undefined ? isMixed : failurePattern === actual),
    `the pattern is ${failurePattern}, but the attempts were ${results}`,
  );
};

/** A certain finding is the headline before the unexplained failures that may have the same cause. */
const explainedComesFirst: Rule = ({ verdict, failures = [], records = [], recordsDropped }) => {
  if (recordsDropped !== 0 || !CUT_OR_SILENT.test(verdict.id) || verdict.certainty.kind === 'conclusive') return [];
  const attempts = records.filter(isAttempt);
  const addressOf = (id: string) => attempts.find(({ outcome }) => outcome === id)?.address;
  const alert = failures.find(({ id }) => id === 'tls.client-certificate-refused');
  const fresh = attempts.filter(({ outcome, reused }) => outcome === verdict.id && !reused);
  return expect(
    alert === undefined ||
      fresh.length === 0 ||
      verdict.id.endsWith('silent') ||
      verdict.id.endsWith('stalled') ||
      verdict.id === 'rpc.timeout' ||
      addressOf(alert.id) !== addressOf(verdict.id),
    `${verdict.id} is the headline, although an alert explains it`,
  );
};

/** Only evidence beyond the failure itself leaves one cause of several. */
const certaintyIsWhole: Rule = ({ verdict: { id, certainty } }) =>
  certainty.kind === 'ambiguous'
    ? [
        ...expect(certainty.causes.length > 0, `${id} is ambiguous, without a cause`),
        ...expect(new Set(certainty.causes).size === certainty.causes.length, `${id} has a cause twice`),
        ...expect(certainty.howToTell !== '', `${id} has causes, and no way to tell them apart`),
      ]
    : [];

/** Every rule, by its name. */
export const RULES = {
  countsAddUp,
  successMeansSomethingWasMeasured,
  okMeansNothingFailed,
  failureWasObserved,
  shareIsStated,
  recognizedPeerIsNotHung,
  okMeansThatThePeerReplied,
  expectedCertificateCounts,
  attestationCounts,
  successesArrived,
  incompleteHandshakeIsNotTrust,
  timesAreInOrder,
  outagesAddUp,
  certaintyIsWhole,
  causesAllowTheSuccesses,
  patternIsThatOfTheRecords,
  explainedComesFirst,
} satisfies Record<string, Rule>;

function expect(holds: boolean, contradiction: string): string[] {
  return holds ? [] : [contradiction];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function okOf(calls: unknown): number {
  return typeof calls === 'object' && calls !== null && 'ok' in calls && typeof calls.ok === 'number' ? calls.ok : 0;
}

/** The whole numbers of a text, with or without separators of thousands. */
function numbersIn(text: string): Set<number> {
  return new Set([...text.matchAll(/\d[\d,]*/g)].map(([digits]) => Number(digits.replaceAll(',', ''))));
}
