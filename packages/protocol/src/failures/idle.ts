import { isOwnLimit, type Manner, usualDevices } from '../idle-limits.js';
import type { ConnectionFacts, IdleFacts } from '../trace.js';
import { EXAMPLE_FACTS, exampleSymptom, peer, row, type Sighting, span, type Step, UNKNOWN } from './row.js';
import { GAVE_UP } from './trust.js';

const ENDED = ['END_OF_STREAM', 'CONNECTION_CLOSED', 'ERR_STREAM_DESTROYED'];
const RESET = ['ECONNRESET', 'ECONNABORTED', 'EPIPE'];

const NOTHING: IdleFacts = { spanUs: 0, idleUs: 0 };

/** `A connection to web01:10933 that was idle, with a TCP keep-alive each 15 s,` */
function connection({ facts }: Sighting): string {
  const { keepAliveUs, peerQuiet } = facts.idle ?? NOTHING;
  // The proxy's other leg is another TCP connection.
  const to = facts.proxy === undefined ? '' : ', which goes no further than the proxy';
  const without = peerQuiet === true ? 'without TCP keep-alive' : 'without TCP keep-alive from this end';
  const how = keepAliveUs === undefined ? without : `with a TCP keep-alive each ${span(keepAliveUs)}${to}`;
  return `A connection to ${peer(facts)} that was left idle, ${how},`;
}

function survived({ idle }: ConnectionFacts): string {
  return idle?.survivedUs === undefined ? '' : ` Idle for ${span(idle.survivedUs)}, another still worked.`;
}

/** The devices whose usual setting fits, as a hint and no more. */
function hint(manner: Manner, { idle = NOTHING }: ConnectionFacts): string {
  // Seen as it happened, it is the time itself; found out later, it may be any since the last that worked.
  const seen = idle.checkUs === undefined && manner !== 'forgets' && manner !== 'forgets and rejects';
  const names = usualDevices(manner, seen ? idle.idleUs : (idle.survivedUs ?? 0), idle.idleUs);
  // Too wide a gap fits everybody.
  if (names.length === 0 || (!seen && idle.survivedUs === undefined)) return '';
  return ` Unless set otherwise, ${names.join('; ')} would do so after that time, as may others.`;
}

/** What must last longer than what: the same advice for every device, with the time that was found. */
function raiseLimit({ idle = NOTHING }: ConnectionFacts): Step {
  return {
    who: 'network-team',
    action: `Find the load balancer, proxy, NAT or firewall on the way that gives up connections after about ${span(idle.idleUs)} without data, and raise its idle time-out for this connection above 10 minutes. HAProxy: timeout client and timeout server (timeout tunnel); nginx: proxy_timeout; elsewhere: idle timeout, TCP session timeout.`,
  };
}

const KEEP_ALIVE_STEP: Step = {
  who: 'server-admin',
  action:
    'Use Octopus Server and Tentacle 2024.1 or later, which send TCP keep-alives each 15 s: a device that follows the connection counts them, a proxy that ends TCP itself does not.',
};

/** Of what listens there itself, a Tentacle or what may be one. */
const askAnother = ({ peerKind }: ConnectionFacts): Step[] =>
  peerKind === 'pong'
    ? []
    : [
        {
          who: 'you',
          action:
            "Run tentacle-pong on the Tentacle's host on another port and measure its idle connections too: what shows there as well is the way, not the Tentacle.",
        },
      ];

/** The way's limit, and the peer's log: one of them is left out where the peer's own record tells which of the two it was. */
function limitOrLog(facts: ConnectionFacts): Step[] {
  const { peerKind, idle: { endedThere } = NOTHING } = facts;
  const look: Step = {
    who: 'tentacle-admin',
    action: `Look into the log of ${peerKind === 'pong' ? 'tentacle-pong' : 'the Tentacle'} at this time: a stop or restart is written there, and so is its own closing.`,
  };
  if (endedThere === undefined) return [raiseLimit(facts), look];
  return [endedThere ? look : raiseLimit(facts)];
}

const LONG_WAIT =
  'Octopus keeps connections for the next call; on one that is gone like this, that call waits about a minute before it is tried again on a new one.';

const example = (code: string, idle: IdleFacts, more: Partial<ConnectionFacts> = {}): Sighting => ({
  symptom: exampleSymptom('idle', code, { elapsedUs: idle.idleUs + (idle.checkUs ?? 0) }),
  facts: { ...EXAMPLE_FACTS, tlsVersion: 'TLSv1.3', callsBefore: 1, idle, ...more },
});

export const idleRows = [
  row({
    id: 'idle.closed-by-peer',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom, facts }) => ENDED.includes(symptom.code) && isPeersOwn(facts),
    title: 'The peer itself closed the idle connection',
    means: (sighting) => {
      const { idle = NOTHING, peerKind } = sighting.facts;
      const whose =
        idle.peerLimitUs === undefined
          ? 'after which a Tentacle closes by itself (60 s, with an old library 10 minutes)'
          : `after which this ${peerKind ?? 'peer'} closes by itself, as it says`;
      return `${connection(sighting)} was closed in order after ${span(idle.idleUs)}. That is the time ${whose}, and normal: Octopus notices when it next wants the connection, and opens another.${survived(sighting.facts)}`;
    },
    next: () => [
      {
        who: 'you',
        action:
          'Nothing has to be done. To know how long the way itself bears idle connections, run tentacle-pong on the same host on another port and measure that: it closes only after an hour.',
      },
    ],
    octopusSays: ['The ReadAsync operation was cancelled.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'the peer closed a connection on which nobody had called',
        'a load balancer or proxy on the way that has the same limit closed it',
      ],
      test: "The Tentacle's log: its own closing stands there (The ReadAsync operation was cancelled). Or measure a tentacle-pong on the same host: it closes only after an hour.",
    },
    example: example(
      'END_OF_STREAM',
      { spanUs: 70_000_000, idleUs: 60_020_000, keepAliveUs: 15_000_000 },
      { peerKind: 'tentacle' },
    ),
  }),
  row({
    id: 'idle.closed',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom }) => symptom.shownAt === 'idle' && ENDED.includes(symptom.code),
    title: 'The idle connection was closed, not at a time that the peer is known for',
    means: (sighting) => {
      const { facts } = sighting;
      const { idle = NOTHING } = facts;
      // A pong says goodbye also when a device closes towards it first: that one came tells only that it knew.
      const from =
        facts.peerKind === 'pong' && idle.goodbye !== true
          ? ' Not by the pong, whose TLS would have said goodbye: something on the way did it.'
          : '';
      const when =
        idle.checkUs === undefined ? `after ${span(idle.idleUs)}` : `when it was used after ${span(idle.idleUs)}`;
      return `${connection(sighting)} was closed in order ${when}.${from} Octopus notices when it next wants the connection, and opens another; calls that are quiet for longer than that while they work are cut.${hint('closes', facts)}${survived(facts)}`;
    },
    next: (facts) => [...limitOrLog(facts), ...askAnother(facts)],
    octopusSays: ['Attempted to read past the end of the stream.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a load balancer or proxy on the way has an idle time-out of that length',
        'the peer closed: it was stopped or restarted, or its own limit is set so',
      ],
      test: 'The log of the Tentacle or pong at this time: it says whether it stopped, closed by itself, or was closed on. Or measure a tentacle-pong there, which closes only after an hour: the same time again means a device.',
    },
    example: example('END_OF_STREAM', { spanUs: 40_000_000, idleUs: 30_010_000, survivedUs: 20_000_000 }),
  }),
  row({
    id: 'idle.reset-on-use',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom, facts }) => RESET.includes(symptom.code) && facts.idle?.checkUs !== undefined,
    title: 'The idle connection was reset as soon as it was used again',
    means: (sighting) => {
      const { facts } = sighting;
      const { idle = NOTHING } = facts;
      return `${connection(sighting)} seemed to be there for ${span(idle.idleUs)}, and was reset when a call was sent on it. Something had forgotten it, and refuses what it does not know.${hint('forgets and rejects', facts)}${survived(facts)} Octopus notices at once, and tries again on a new connection.`;
    },
    next: (facts) => [raiseLimit(facts), KEEP_ALIVE_STEP, ...askAnother(facts)],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a NAT, firewall or load balancer on the way forgot the idle connection, and answers with a reset',
        "the peer's machine or process was restarted meanwhile, and knows the connection no more",
      ],
      test: 'Measure again: the same time again means a device. A restart stands in the log of the Tentacle and of its system.',
    },
    example: example('ECONNRESET', {
      spanUs: 400_000_000,
      idleUs: 400_001_000,
      checkUs: 2_000,
      survivedUs: 340_000_000,
    }),
  }),
  row({
    id: 'idle.reset',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom }) => symptom.shownAt === 'idle' && RESET.includes(symptom.code),
    title: 'The idle connection was reset',
    means: (sighting) => {
      const { facts } = sighting;
      const { idle = NOTHING } = facts;
      return `${connection(sighting)} was reset after ${span(idle.idleUs)}, when nobody had used it.${hint('resets', facts)}${survived(facts)} Octopus notices when it next wants the connection, and opens another; calls that are quiet for longer than that while they work are cut.`;
    },
    next: (facts) => [raiseLimit(facts), KEEP_ALIVE_STEP, ...askAnother(facts)],
    octopusSays: ['An existing connection was forcibly closed by the remote host', 'Connection reset by peer'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a load balancer, firewall or NAT on the way resets connections that are idle for so long',
        'with keep-alive on, it had forgotten the connection before, and reset it when the keep-alive came',
        "the peer's process or machine stopped",
      ],
      test: 'Compare with the connections without keep-alive: the same time there means a device that resets by itself. A stop stands in the log of the Tentacle and of its system.',
    },
    example: example('ECONNRESET', { spanUs: 330_000_000, idleUs: 300_020_000, survivedUs: 270_000_000 }),
  }),
  row({
    id: 'idle.silent',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom }) => symptom.shownAt === 'idle' && GAVE_UP.includes(symptom.code),
    title: 'The idle connection was forgotten in silence',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      const { idle = NOTHING } = facts;
      const found =
        idle.checkUs === undefined
          ? `was found dead by its own keep-alives ${span(idle.idleUs)} after its last call: none was answered`
          : `seemed to be there for ${span(idle.idleUs)}, but a call on it got ${symptom.receivedBytes === 0 ? 'no answer' : 'no whole answer'} within ${span(idle.checkUs)}`;
      return `${connection(sighting)} ${found}. New connections work: something on the way forgot this one without telling either end.${hint('forgets', facts)}${survived(facts)} ${LONG_WAIT}`;
    },
    next: (facts) => [raiseLimit(facts), KEEP_ALIVE_STEP, ...askAnother(facts)],
    octopusSays: ['Unable to read data from the transport connection: Connection timed out.'],
    retry: true,
    certainty: {
      kind: 'one-of',
      causes: [
        'a NAT, firewall or load balancer on the way forgot the idle connection, and drops what it does not know',
        "the peer's machine was switched off or cut off meanwhile, or its process hung",
      ],
      test: 'Measure again: the same time again means a device; and after a pause of that length new connections must work while the old one is dead.',
    },
    example: example('READ_TIMEOUT', {
      spanUs: 270_000_000,
      idleUs: 270_001_000,
      checkUs: 10_000_000,
      survivedUs: 230_000_000,
    }),
  }),
  row({
    id: 'idle.other',
    stage: 'idle',
    shownAt: ['idle'],
    when: ({ symptom }) => symptom.shownAt === 'idle',
    title: 'The idle connection ended in a way this tool does not know',
    means: (sighting) => {
      const { symptom, facts } = sighting;
      return `${connection(sighting)} ended with ${symptom.code} after ${span((facts.idle ?? NOTHING).idleUs)}. Its cause is unknown to this tool.${survived(facts)}`;
    },
    next: (facts) => [
      { who: 'you', action: 'Run again with --json and keep the document: it holds what came, and when.' },
      ...askAnother(facts),
    ],
    octopusSays: [],
    retry: true,
    certainty: UNKNOWN,
    example: example('EHOSTUNREACH', { spanUs: 45_000_000, idleUs: 45_001_000, checkUs: 3_000_000 }),
  }),
];

/** By its time, where the peer's own record does not say otherwise. A pong never goes without a goodbye; Tentacles go without. */
function isPeersOwn(facts: ConnectionFacts): boolean {
  if (facts.idle?.endedThere === false) return false;
  return isOwnLimit(facts) && (facts.peerKind !== 'pong' || facts.idle?.goodbye === true);
}
