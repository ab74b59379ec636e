import { isPeerLimit, type IdleBehavior, knownDevices } from '../../services/idle-timeouts.js';
import type { ConnectionFacts, IdleFacts } from '../../trace.js';
import type { Ends } from '../ends.js';
import { EXAMPLE_FACTS, exampleSignature, defineFailure, type Observation, UNKNOWN } from '../failure-definition.js';
import { peerName, durationText } from '../wording.js';
import { type Step } from '../step.js';
import { TIMED_OUT } from './trust.js';
import { readLog } from './steps.js';

const ENDED = ['END_OF_STREAM', 'CONNECTION_CLOSED', 'ERR_STREAM_DESTROYED'];
const RESET = ['ECONNRESET', 'ECONNABORTED', 'EPIPE'];

const NOTHING: IdleFacts = { spanUs: 0, idleUs: 0 };

/** `An idle connection to web01:10933, with TCP keep-alive every 15 s,` */
function connection({ facts }: Observation): string {
  const { keepAliveUs, peerKeepAliveOff } = facts.idle ?? NOTHING;
  // The proxy's connection to the peer is another TCP connection.
  const reach = facts.proxy === undefined ? '' : ', which reaches no further than the proxy';
  const without = peerKeepAliveOff === true ? 'without TCP keep-alive' : 'without TCP keep-alive from this end';
  const keepAlive =
    keepAliveUs === undefined ? without : `with TCP keep-alive every ${durationText(keepAliveUs)}${reach}`;
  return `An idle connection to ${peerName(facts)}, ${keepAlive},`;
}

function survived({ idle }: ConnectionFacts): string {
  return idle?.survivedUs === undefined
    ? ''
    : ` Another idle connection still worked after ${durationText(idle.survivedUs)}.`;
}

/** The devices whose default setting fits: a hint and no more. */
function deviceHint(behavior: IdleBehavior, { idle = NOTHING }: ConnectionFacts): string {
  // An end that was observed is exact; one that was noticed later may have happened any time after the last that worked.
  const isExact = idle.checkUs === undefined && behavior !== 'forgets' && behavior !== 'forgets and rejects';
  const names = knownDevices(behavior, isExact ? idle.idleUs : (idle.survivedUs ?? 0), idle.idleUs);
  // Too wide a gap fits every device.
  if (names.length === 0 || (!isExact && idle.survivedUs === undefined)) return '';
  return ` By default, ${names.join('; ')} would do so after that time; others may too.`;
}

/** Raises the limit of whichever device: the same advice for each one, with the time that was measured. */
function raiseLimit({ idle = NOTHING }: ConnectionFacts): Step {
  return {
    who: 'network-team',
    action: `Find the load balancer, proxy, NAT or firewall in between that drops connections after about ${durationText(idle.idleUs)} without data. Raise its idle timeout for this connection above 10 minutes. HAProxy: timeout client and timeout server (timeout tunnel); nginx: proxy_timeout; others: idle timeout, TCP session timeout.`,
  };
}

/** TCP keep-alive has been in the products since December 2023. */
const useKeepAlive = ({ here }: Ends): Step => ({
  who: here.administrator,
  action:
    'Use Octopus Server 2024.1 and Tentacle 8.1.62 (December 2023) or later, which send TCP keep-alives every 15 s unless TentacleTcpKeepAliveEnabled=false is set. A device that tracks the connection counts them; a proxy that terminates TCP does not.',
});

/** Where the other end is not known to be a stand-in, tries one beside it. */
const tryPong = ({ peerKind }: ConnectionFacts, { there }: Ends): Step[] =>
  peerKind === 'pong'
    ? []
    : [
        {
          who: 'you',
          action: `Run tentacle-pong on ${there.host}, on another port, and measure its idle connections too. The same failure there means that the network is at fault, not ${there.name}.`,
        },
      ];

/** The limit in between, and the peer's log: one of them is left out where the peer's own record shows which end it was. */
function limitOrLog(facts: ConnectionFacts, { there }: Ends): Step[] {
  const { peerKind, idle: { endedThere } = NOTHING } = facts;
  const isPong = peerKind === 'pong';
  const look = `Check ${isPong ? 'the log of tentacle-pong' : there.log.name} at this time. It records a stop or restart, and a close by the peer itself.`;
  const readItsLog = isPong ? { who: there.administrator, action: look } : readLog(there, look);
  if (endedThere === undefined) return [raiseLimit(facts), readItsLog];
  return [endedThere ? readItsLog : raiseLimit(facts)];
}

/** The effect on Octopus of a connection that ended while it was idle. */
const NOTICED_LATER =
  'Octopus notices when it next needs the connection, and opens another one. A call that is silent for that long while it works is cut.';

const LONG_WAIT =
  'Octopus reuses connections for the next call. On a connection lost like this, that call waits for about a minute before it is retried on a new one.';

const example = (code: string, idle: IdleFacts, more: Partial<ConnectionFacts> = {}): Observation => ({
  signature: exampleSignature('idle', code, { elapsedUs: idle.idleUs + (idle.checkUs ?? 0) }),
  facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', callsBefore: 1, idle, ...more },
});

export const idleFailures = [
  defineFailure({
    id: 'idle.closed-by-peer',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature, facts }) => ENDED.includes(signature.code) && isPeersOwn(facts),
    title: 'Idle connection closed at the limit of the peer',
    explanation: (observation) => {
      const { idle = NOTHING, peerKind } = observation.facts;
      const whose =
        idle.peerLimitUs === undefined
          ? 'after which a Tentacle closes idle connections itself (60 s; 10 minutes with an old library)'
          : `after which this ${peerKind ?? 'peer'} closes idle connections, by its own account`;
      return `${connection(observation)} was closed cleanly after ${durationText(idle.idleUs)}. That is the time ${whose}, and normal. Octopus notices when it next needs the connection, and opens another one.${survived(observation.facts)}`;
    },
    remediation: (_facts, { there }) => [
      {
        who: 'you',
        action: `Change nothing. To measure how long the network itself keeps idle connections, measure tentacle-pong on another port of ${there.host}. It closes idle connections only after an hour.`,
      },
    ],
    octopusLogMessages: ['The ReadAsync operation was cancelled.'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'the peer closed a connection that carried no call',
        'a load balancer or proxy in between with the same limit closed it',
      ],
      howToTell: `Check ${there.log.name}. It records its own close as an error ("The ReadAsync operation was cancelled."). Or measure tentacle-pong on the same host, which closes only after an hour.`,
    }),
    example: example(
      'END_OF_STREAM',
      { spanUs: 70_000_000, idleUs: 60_020_000, keepAliveUs: 15_000_000 },
      { peerKind: 'tentacle' },
    ),
  }),
  defineFailure({
    id: 'idle.closed',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature }) => signature.shownAt === 'idle' && ENDED.includes(signature.code),
    title: 'Idle connection closed after an unexpected time',
    explanation: (observation) => {
      const { facts } = observation;
      const { idle = NOTHING } = facts;
      // tentacle-pong also sends close_notify when a device closes toward it first, so its close_notify does not show who closed.
      const closer =
        facts.peerKind === 'pong' && idle.goodbye !== true
          ? ' tentacle-pong did not close it, as it would have sent a TLS close_notify; a device in between did.'
          : '';
      const when =
        idle.checkUs === undefined
          ? `after ${durationText(idle.idleUs)}`
          : `when it was used after ${durationText(idle.idleUs)}`;
      return `${connection(observation)} was closed cleanly ${when}. The peer is not known to close after that time.${closer} ${NOTICED_LATER}${deviceHint('closes', facts)}${survived(facts)}`;
    },
    remediation: (facts, ends) => [...limitOrLog(facts, ends), ...tryPong(facts, ends)],
    octopusLogMessages: ['Attempted to read past the end of the stream.'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a load balancer or proxy in between has an idle timeout of that length',
        'the peer closed the connection: it was stopped or restarted, or its own limit is configured to that length',
      ],
      howToTell: `Check the log of ${there.name} or tentacle-pong at this time. It records whether it stopped, closed the connection itself, or saw it closed. Or measure tentacle-pong there, which closes only after an hour: the same time again means a device.`,
    }),
    example: example('END_OF_STREAM', { spanUs: 40_000_000, idleUs: 30_010_000, survivedUs: 20_000_000 }),
  }),
  defineFailure({
    id: 'idle.reset-on-use',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature, facts }) => RESET.includes(signature.code) && facts.idle?.checkUs !== undefined,
    title: 'Idle connection reset on the next use',
    explanation: (observation) => {
      const { facts } = observation;
      const { idle = NOTHING } = facts;
      return `${connection(observation)} seemed to be open for ${durationText(idle.idleUs)}. It was reset when a call was sent on it. A device or the peer no longer knew the connection and rejected it.${deviceHint('forgets and rejects', facts)}${survived(facts)} Octopus notices at once, and retries on a new connection.`;
    },
    remediation: (facts, ends) => [raiseLimit(facts), useKeepAlive(ends), ...tryPong(facts, ends)],
    octopusLogMessages: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a NAT, firewall or load balancer in between dropped the state of the idle connection, and answers with a reset',
        "the peer's machine or process was restarted in the meantime, and no longer knows the connection",
      ],
      howToTell: `Measure again. The same time again means a device. A restart is recorded in the log of ${there.name} and of its system.`,
    }),
    example: example('ECONNRESET', {
      spanUs: 400_000_000,
      idleUs: 400_001_000,
      checkUs: 2_000,
      survivedUs: 340_000_000,
    }),
  }),
  defineFailure({
    id: 'idle.reset',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature }) => signature.shownAt === 'idle' && RESET.includes(signature.code),
    title: 'Idle connection reset',
    explanation: (observation) => {
      const { facts } = observation;
      const { idle = NOTHING } = facts;
      return `${connection(observation)} was reset after ${durationText(idle.idleUs)}, while it was not in use.${deviceHint('resets', facts)}${survived(facts)} ${NOTICED_LATER}`;
    },
    remediation: (facts, ends) => [raiseLimit(facts), useKeepAlive(ends), ...tryPong(facts, ends)],
    octopusLogMessages: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    octopusRetries: true,
    diagnosis: ({ there }) => ({
      kind: 'ambiguous',
      causes: [
        'a load balancer, firewall or NAT in between resets connections that are idle for that long',
        'with keep-alive on, a device had dropped the state of the connection before, and reset it when the keep-alive arrived',
        "the peer's process or machine stopped",
      ],
      howToTell: `Compare with the connections without keep-alive. The same time there means a device that resets by itself. A stop is recorded in the log of ${there.name} and of its system.`,
    }),
    example: example('ECONNRESET', { spanUs: 330_000_000, idleUs: 300_020_000, survivedUs: 270_000_000 }),
  }),
  defineFailure({
    id: 'idle.silent',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature }) => signature.shownAt === 'idle' && TIMED_OUT.includes(signature.code),
    title: 'Idle connection lost without notice',
    explanation: (observation) => {
      const { signature, facts } = observation;
      const { idle = NOTHING } = facts;
      const observed =
        idle.checkUs === undefined
          ? `failed its own keep-alives ${durationText(idle.idleUs)} after its last call: none was answered`
          : `seemed to be open for ${durationText(idle.idleUs)}. A call on it got ${signature.receivedBytes === 0 ? 'no answer' : 'no complete answer'} within ${durationText(idle.checkUs)}`;
      return `${connection(observation)} ${observed}. New connections work; this one was lost without notice to this end.${deviceHint('forgets', facts)}${survived(facts)} ${LONG_WAIT}`;
    },
    remediation: (facts, ends) => [raiseLimit(facts), useKeepAlive(ends), ...tryPong(facts, ends)],
    octopusLogMessages: ['Unable to read data from the transport connection: Connection timed out.'],
    octopusRetries: true,
    diagnosis: {
      kind: 'ambiguous',
      causes: [
        'a NAT, firewall or load balancer in between dropped the state of the idle connection, and drops packets of unknown connections',
        "the peer's machine was switched off or disconnected in the meantime, or its process hung",
      ],
      howToTell:
        'Measure again. The same time again means a device. After a pause of that length, new connections must then work while the old one does not.',
    },
    example: example('READ_TIMEOUT', {
      spanUs: 270_000_000,
      idleUs: 270_001_000,
      checkUs: 10_000_000,
      survivedUs: 230_000_000,
    }),
  }),
  defineFailure({
    id: 'idle.other',
    stage: 'idle',
    shownAt: ['idle'],
    matches: ({ signature }) => signature.shownAt === 'idle',
    title: 'Idle connection ended for an unknown reason',
    explanation: (observation) => {
      const { signature, facts } = observation;
      return `${connection(observation)} ended with ${signature.code} after ${durationText((facts.idle ?? NOTHING).idleUs)}. This tool does not know the cause.${survived(facts)}`;
    },
    remediation: (facts, ends) => [
      {
        who: 'you',
        action: 'Run again with --json, and keep the document. It holds the received bytes and the times.',
      },
      ...tryPong(facts, ends),
    ],
    octopusLogMessages: [],
    octopusRetries: true,
    diagnosis: UNKNOWN,
    example: example('EHOSTUNREACH', { spanUs: 45_000_000, idleUs: 45_001_000, checkUs: 3_000_000 }),
  }),
];

/** Whether the peer closed, by the time of it, where its own record does not say otherwise. tentacle-pong always sends close_notify; a Tentacle does not. */
function isPeersOwn(facts: ConnectionFacts): boolean {
  if (facts.idle?.endedThere === false) return false;
  return isPeerLimit(facts) && (facts.peerKind !== 'pong' || facts.idle?.goodbye === true);
}
