import type { Stage } from '../../packages/protocol/src/trace.js';
import type { Direction } from './cut.js';
import type { SeenRecord } from './cutting-relay.js';
import type { Conversation, TlsVersion } from './trial.js';

/** What a TLS record carries. Those of a `turn` follow the identities; `close` is TLS's own close_notify. */
type Part =
  | 'hello'
  | 'server-handshake'
  | 'client-finish'
  | 'server-finish'
  | 'preamble'
  | 'identity'
  | 'tickets'
  | 'server-identity'
  | 'turn';

/** One record of a conversation that was not cut. */
export interface ScriptRecord {
  readonly direction: Direction;
  /** Counted from 0 in its direction. */
  readonly index: number;
  readonly part: Part;
  /** Counted from 0 after the identities, where `part` is `turn`: records of one end without one of the other between them. */
  readonly turn: number;
}

/** The order of parts in which each waits for those before it. Tickets wait for the handshake, and nothing waits for them. */
const ORDER: readonly Part[] = [
  'hello',
  'server-handshake',
  'client-finish',
  'server-finish',
  'preamble',
  'identity',
  'tickets',
  'server-identity',
  'turn',
];

const HANDSHAKE_TYPES = [20, 22];

/** In TLS 1.3: a change_cipher_spec, then the certificate, its verification, and Finished, each a record of its own. */
const CLIENT_FINISH_RECORDS = 4;

/** OpenSSL sends two tickets, also where they are not for resumption of stateless sessions. */
const TICKETS = 2;

/** The records of a conversation, in the order in which one waits for the other. */
export function scriptOf(tls: TlsVersion, records: readonly SeenRecord[]): readonly ScriptRecord[] {
  const next = { 'to-listener': 0, 'to-connector': 0 };
  const count: Partial<Record<Part, number>> = {};
  let turn = -1;
  let last: Direction | undefined;
  const script = records.map(({ direction, type }): ScriptRecord => {
    const part = partOf(tls, direction, type, count);
    count[part] = (count[part] ?? 0) + 1;
    if (part === 'turn' && direction !== last) {
      turn++;
      last = direction;
    }
    return { direction, index: next[direction]++, part, turn };
  });
  return script.toSorted((a, b) => ORDER.indexOf(a.part) - ORDER.indexOf(b.part));
}

function partOf(tls: TlsVersion, direction: Direction, type: number, count: Partial<Record<Part, number>>): Part {
  const isHandshake =
    tls === 'TLSv1.2'
      ? HANDSHAKE_TYPES.includes(type)
      : direction === 'to-listener'
        ? (count['client-finish'] ?? 0) < CLIENT_FINISH_RECORDS
        : count['client-finish'] === undefined;
  if (direction === 'to-listener') {
    if (count['server-handshake'] === undefined) return 'hello';
    if (isHandshake) return 'client-finish';
    if (count.preamble === undefined) return 'preamble';
    return count.identity === undefined ? 'identity' : 'turn';
  }
  if (isHandshake) return count['client-finish'] === undefined ? 'server-handshake' : 'server-finish';
  if (tls === 'TLSv1.3' && (count.tickets ?? 0) < TICKETS) return 'tickets';
  return count['server-identity'] === undefined ? 'server-identity' : 'turn';
}

/** How far a listener came. */
export type ListenerPhase = 'start' | 'tls' | 'preamble' | 'identity' | 'rpc';

/** What a cut at a record leaves of the conversation. */
export interface Expectation {
  /** Attempts or calls that were answered before it. */
  readonly succeeded: number;
  /** The stage in which the connector waits for its next message; absent: for none, all that it needs arrived. */
  readonly connectorStage?: Stage;
  /** Where the listener waits for its next message. */
  readonly listenerPhases: readonly ListenerPhase[];
  /** Whether the listener lacks the last part of the client's handshake. */
  readonly listenerLacksFinish: boolean;
  /** Whether END, or the poller's END, arrived at the listener. */
  readonly endArrived: boolean;
}

/** What follows from a cut within this record of its direction. */
export function expectationOf(
  script: readonly ScriptRecord[],
  conversation: Pick<Conversation, 'turn' | 'steps' | 'caller'>,
  cut: { readonly direction: Direction; readonly record: number },
): Expectation {
  const position = script.findIndex(({ direction, index }) => direction === cut.direction && index === cut.record);
  const rest = position < 0 ? [] : script.slice(position);
  const awaitedBy = (direction: Direction) => rest.find((one) => one.direction === direction && one.part !== 'tickets');
  const forConnector = awaitedBy('to-connector');
  const forListener = awaitedBy('to-listener');
  const needed = neededRecords(script, conversation);
  const succeeded = needed.filter((record) => position < 0 || script.indexOf(record) < position).length;
  const end = endRecord(script);
  const isConnectorDone = succeeded === conversation.steps && conversation.caller === 'connector';
  return {
    succeeded,
    ...(isConnectorDone || forConnector === undefined ? {} : { connectorStage: stageOf(forConnector, conversation) }),
    listenerPhases:
      script[position]?.part === 'tickets'
        ? ['preamble', 'identity', 'rpc']
        : forListener === undefined
          ? ['rpc']
          : [phaseOf(forListener)],
    listenerLacksFinish: forListener?.part === 'client-finish' || forListener?.part === 'hello',
    endArrived: end === undefined || position < 0 || !rest.includes(end),
  };
}

/** The last record that each attempt or call needs. */
function neededRecords(
  script: readonly ScriptRecord[],
  { turn: turnOf, steps, caller }: Pick<Conversation, 'turn' | 'steps' | 'caller'>,
): ScriptRecord[] {
  const turns = script.filter(({ part }) => part === 'turn');
  if (caller === 'listener') {
    // The poller's answer to the last call, before NEXT and END: the third record that it sends.
    return turns.filter(({ direction }) => direction === 'to-listener').slice(2, 3);
  }
  const end = endRecord(script);
  const before = turns.slice(0, end === undefined ? undefined : turns.indexOf(end));
  return Array.from({ length: steps }, (_, step) =>
    before.findLast(({ direction, turn }) => direction === 'to-connector' && turnOf(turn).step === step),
  ).filter((record) => record !== undefined);
}

/** END: the last but one that the connector sends, before TLS's close_notify. */
function endRecord(script: readonly ScriptRecord[]): ScriptRecord | undefined {
  return script.filter(({ direction }) => direction === 'to-listener').at(-2);
}

function stageOf({ part, turn }: ScriptRecord, conversation: Pick<Conversation, 'turn'>): Stage {
  if (part === 'turn') return conversation.turn(turn).stage;
  return part === 'server-identity' ? 'identity' : 'tls';
}

function phaseOf({ part }: ScriptRecord): ListenerPhase {
  if (part === 'preamble' || part === 'identity') return part;
  return part === 'turn' ? 'rpc' : 'tls';
}
