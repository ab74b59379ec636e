import type { Diagnosis, EndedConnectionRecord } from '../../packages/protocol/src/diagnostics/index.js';
import type { Cut, Kind } from './cut.js';
import type { Expectation, ListenerPhase } from './script.js';
import type { ReportedFailure, Trial } from './trial.js';

/** What is wrong with the reports of one conversation. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

/** The phases in which a listener can report an ending. A damaged record shows at any time from the handshake on. */
const ENDINGS: readonly (readonly [RegExp, readonly ListenerPhase[]])[] = [
  [/^(probe\.tcp|tls\.silent)$/, ['start']],
  [/^not-tls\./, ['tls']],
  [/^tls\.bad-record$/, ['tls', 'preamble', 'identity', 'rpc']],
  [/^(probe\.tls|tls\.reset-after|preamble\..*|trust\.silent-client)$/, ['preamble']],
  [/^tls\./, ['tls']],
  [/^identity\./, ['identity']],
  [/^(probe\.identity|rpc\..*|served|poll\..*)$/, ['rpc']],
];

/** Endings that say that everything was in order. */
const IN_ORDER = ['served', 'poll.ended'];

/** Words by which a cause names the path, and what the relay did on it. */
const PATH = /device|in between|in transit|path|packet|filter|firewall|load balancer|relay/;
const DEEDS: Readonly<Record<Kind, RegExp>> = {
  fin: /clos|cut|reset/,
  'fin-both': /clos|cut|reset/,
  reset: /clos|cut|reset/,
  drop: /drop|los[te]|slow|forwards nothing|passes nothing|lets through|cut/,
  'drop-both': /drop|los[te]|slow|forwards nothing|passes nothing|lets through|cut/,
  // An end may wait for the rest of a record whose length was changed, and the other one see it close.
  damage: /damag|chang|rewrit|clos|cut|reset|drop|los[te]|slow/,
};

/** Checks the reports of both ends against what the relay did. */
export function violationsOf(trial: Trial, cut: Cut, expected: Expectation): Violation[] {
  const { failures, hung } = trial;
  return [
    ...(hung === undefined ? [] : [{ rule: 'ends in time', detail: hung }]),
    ...(hung === undefined ? outcomeViolations(trial, cut, expected) : []),
    ...failures.flatMap((failure) => [
      ...stageViolations(failure, cut, expected),
      ...diagnosisViolations(failure, cut),
      ...comparisonViolations(failure, cut, expected),
    ]),
    ...recordViolations(trial, cut, expected),
  ];
}

function outcomeViolations({ succeeded, failures }: Trial, { kind }: Cut, expected: Expectation): Violation[] {
  // A changed bit may have no meaning, as that of a version that is not used.
  const isFine = succeeded === expected.succeeded || (kind === 'damage' && succeeded > expected.succeeded);
  const found: Violation[] = [];
  if (!isFine) found.push({ rule: 'succeeds as far as it passed', detail: `${succeeded}, not ${expected.succeeded}` });
  const isFailed = failures.some(({ id }) => id.startsWith('internal.') || id.startsWith('local.'));
  if (isFailed) found.push({ rule: 'blames itself', detail: failures.map(({ id }) => id).join(' ') });
  return found;
}

function stageViolations({ by, id, shownAt }: ReportedFailure, _cut: Cut, expected: Expectation): Violation[] {
  // A listener calls over a connection that is complete; where none was, no poller collected the call.
  if (by === 'listener') return [];
  if (shownAt === expected.connectorStage) return [];
  return [{ rule: 'stage', detail: `${id} at ${shownAt}, not ${expected.connectorStage ?? 'any'}` }];
}

function diagnosisViolations({ id, diagnosis, by }: ReportedFailure, { kind }: Cut): Violation[] {
  if (diagnosis.kind === 'unknown') return [];
  if (diagnosis.kind === 'conclusive') {
    const isTrue = kind === 'damage' && id === 'tls.bad-record';
    return isTrue ? [] : [{ rule: 'certain only of what is true', detail: id }];
  }
  return namesThePath(diagnosis, kind) ? [] : [{ rule: 'names what happened', detail: `${id} (${by})` }];
}

function namesThePath(diagnosis: Diagnosis & { readonly kind: 'ambiguous' }, kind: Kind): boolean {
  return diagnosis.causes.some((cause) => PATH.test(cause) && DEEDS[kind].test(cause));
}

function comparisonViolations(failure: ReportedFailure, cut: Cut, expected: Expectation): Violation[] {
  const { id, compared, evidence } = failure;
  if (compared === undefined || evidence === undefined || compared.kind === 'unknown') return [];
  const shown = Object.entries(evidence)
    .filter(([key, value]) => key !== 'of' && typeof value === 'number' && value > 0)
    .map(([key]) => key);
  const detail = `${id}: ${shown.join(' ')}`;
  if (compared.kind === 'ambiguous')
    return namesThePath(compared, cut.kind) ? [] : [{ rule: 'compared, names what happened', detail }];
  const isClosed = ['fin', 'fin-both', 'reset'].includes(cut.kind);
  const isTrue =
    (cut.kind === 'damage' && id === 'tls.bad-record') ||
    (shown.includes('handshakeIncomplete') && expected.listenerLacksFinish) ||
    (shown.includes('cutBetween') && isClosed) ||
    (shown.includes('nothingCame') && cut.kind.startsWith('drop') && cut.direction === 'to-listener' && cut.at === 0);
  return isTrue ? [] : [{ rule: 'compared, certain only of what is true', detail }];
}

function recordViolations(trial: Trial, cut: Cut, expected: Expectation): Violation[] {
  const { records, hung } = trial;
  const [record] = records;
  if (records.length !== 1 && hung === undefined)
    return [{ rule: 'one record at the listener', detail: `${records.length}` }];
  if (record === undefined) return [];
  const { ending } = record;
  const found: Violation[] = [];
  const isStart = cut.kind !== 'damage' && cut.direction === 'to-listener' && cut.at === 0;
  const expectedPhases = isStart ? (['start'] as const) : expected.listenerPhases;
  const phases = ENDINGS.find(([pattern]) => pattern.test(ending))?.[1] ?? [];
  const isUnharmed = cut.kind === 'damage' && trial.failures.length === 0;
  if (!isUnharmed && !expectedPhases.some((phase) => phases.includes(phase)))
    found.push({ rule: 'ending', detail: `${ending} (${record.code ?? 'no code'}) in ${expectedPhases.join(' or ')}` });
  if (ending === 'internal.bug' || ending === 'other') found.push({ rule: 'blames itself', detail: ending });
  if (IN_ORDER.includes(ending) && !expected.endArrived && !isUnharmed)
    found.push({ rule: 'in order only with END', detail: ending });
  return [...found, ...closedByViolations(trial, record)];
}

/**
 * The first event on its side decides. A reset right behind other bytes looks to Node like the end of the stream. An end that
 * finds a fault in the bytes closes by itself, perhaps just when the other one does.
 */
function closedByViolations({ relay }: Trial, { closedBy, ending, code = '' }: EndedConnectionRecord): Violation[] {
  // After END, the listener closes before it reads the end of the stream.
  if (IN_ORDER.includes(ending)) return [];
  const [first] = relay.listenerSide;
  const allowed = first === 'fin' ? ['remote'] : first === 'reset' ? ['remote-reset', 'remote'] : ['local'];
  if (code.startsWith('ERR_SSL_')) allowed.push(code.includes('_ALERT_') ? 'remote' : 'local');
  if (allowed.includes(closedBy)) return [];
  return [{ rule: 'closed by', detail: `${closedBy}, not ${allowed.join(' or ')} (${ending} ${code})` }];
}
