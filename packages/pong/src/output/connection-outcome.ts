import { count, shortThumbprint, type Style } from 'tentacle-protocol/cli';
import {
  type EndedConnectionRecord,
  type EndingId,
  endings,
  identifyClientProtocol,
} from 'tentacle-protocol/diagnostics';

/** What a line of a connection shows of its record. */
export type ShownRecord = Pick<EndedConnectionRecord, 'ending' | 'calls' | 'durationUs'> &
  Partial<Pick<EndedConnectionRecord, 'clientThumbprint' | 'firstBytes' | 'firstLine' | 'code'>>;

/** How a connection ended, in one word and a phrase. */
export interface ConnectionOutcome {
  readonly word: string;
  readonly style: Style;
  readonly detail: string;
}

/** A word of at most nine letters, and a phrase about the record. */
type Outcome = readonly [word: string, detail: string | ((record: ShownRecord) => string)];

/** Endings of a listening tentacle-pong. The titles of the others are long enough. */
const OUTCOMES: Readonly<Partial<Record<EndingId, Outcome>>> = {
  served: ['served', callsText],
  'rpc.unconfirmed': ['served', (record) => `${callsText(record)}, last answer unconfirmed`],
  'original-ping': ['served', 'legacy TentaclePing'],
  'http.page': ['page', ({ firstLine = '' }) => firstLine],
  'probe.tcp': ['probe', 'no byte sent, as health checks do'],
  'probe.tls': ['probe', 'TLS only, no request'],
  'probe.identity': ['probe', 'identified itself, no call'],
  discovery: ['probe', 'Octopus Server read the certificate'],
  'registration-check': ['probe', 'registration check'],
  'refused.thumbprint': ['rejected', ({ clientThumbprint }) => `${short(clientThumbprint)} not in --trust`],
  'refused.no-certificate': ['rejected', 'no client certificate (--trust)'],
  'tls.refused-our-certificate': ['rejected', "this program's certificate, by peer"],
  'identity.subscriber': ['rejected', 'a polling Tentacle: wrong port'],
  'not-tls.http-connect': ['not TLS', 'HTTP CONNECT, as to a proxy'],
  'not-tls.http': ['not TLS', (record) => `HTTP ${httpMethod(record)}, browser or probe`],
  'not-tls.proxy-header': ['not TLS', 'PROXY header of a load balancer'],
  'not-tls.other': ['not TLS', protocolText],
  'tls.version': ['no TLS', 'no TLS version in common'],
  'tls.no-common-parameters': ['no TLS', 'no shared cipher or algorithm'],
  'tls.bad-record': ['no TLS', 'record damaged in transit'],
  'tls.other': ['no TLS', ({ code = '' }) => code],
  'tls.silent': ['timed out', 'connected, but sent nothing'],
  'tls.stalled': ['timed out', 'in the TLS handshake'],
  'preamble.timeout': ['timed out', 'no request after TLS'],
  'identity.timeout': ['timed out', 'no identity sent'],
  'trust.silent-client': ['timed out', 'certificate received, no request'],
  'rpc.no-call': ['timed out', 'no first call'],
  'rpc.timeout': ['timed out', 'a call was not completed'],
  'rpc.idle': ['idle', (record) => `${callsText(record)}, then none for too long`],
  'tls.closed': ['closed', 'in the TLS handshake'],
  'preamble.cut': ['closed', 'within its first request'],
  'identity.closed': ['closed', 'before it identified itself'],
  'page.cut': ['closed', 'while the page was being sent'],
  'rpc.closed': ['closed', 'during a call'],
  'tls.reset': ['reset', 'in the TLS handshake'],
  'tls.reset-after': ['reset', 'right after TLS'],
  'rpc.reset': ['reset', 'while in use'],
  'preamble.too-long': ['invalid', 'the first request is too long'],
  'identity.malformed': ['invalid', 'not a Halibut identity'],
  'rpc.malformed-response': ['invalid', 'not a Halibut message'],
  'too-many-connections': ['limit', '--max-connections reached'],
  'limit.connections-per-address': ['limit', '--max-connections-per-address'],
  'limit.unidentified': ['limit', '--max-unidentified reached'],
  'limit.unidentified-per-address': ['limit', '--max-unidentified-per-address'],
  'rpc.transfer-limit': ['limit', '--transfer-limit reached'],
  'rpc.no-room': ['limit', 'memory for requests'],
  stopped: ['open', 'when this program was stopped'],
};

const DEFINITIONS = new Map(endings.map((ending) => [ending.id, ending]));

/** Words of connections that did what they are for. */
const GOOD = ['served', 'page'];

/** Returns how a connection ended, in a few words. */
export function describeOutcome(record: ShownRecord): ConnectionOutcome {
  const definition = DEFINITIONS.get(record.ending);
  const [word, detail] = OUTCOMES[record.ending] ?? ['failed', definition?.title ?? record.ending];
  const isHarmless = definition?.level === 'info';
  const style = GOOD.includes(word) ? 'good' : isHarmless ? 'dim' : word === 'rejected' ? 'bad' : 'warning';
  return { word, style, detail: typeof detail === 'string' ? detail : detail(record) };
}

/** The duration in at most six letters, as a column of many shows it: `<1 ms`, `258 ms`, `12.3 s`, `10 min`, `5 h`. */
export function durationColumn(us: number): string {
  if (us < 1000) return '<1 ms';
  if (us < 999_500) return `${Math.round(us / 1000)} ms`;
  if (us < 99_950_000) return `${(us / 1_000_000).toFixed(1)} s`;
  return us < 100 * MINUTE_US ? `${Math.round(us / MINUTE_US)} min` : `${Math.round(us / (60 * MINUTE_US))} h`;
}

const MINUTE_US = 60_000_000;

function callsText({ calls }: ShownRecord): string {
  const number = Object.values(calls).reduce((sum, answered) => sum + answered, 0);
  return count(number, 'call');
}

function short(thumbprint: string | null | undefined): string {
  return typeof thumbprint === 'string' ? shortThumbprint(thumbprint) : 'its certificate';
}

function httpMethod({ firstBytes }: ShownRecord): string {
  return /^[A-Z]{3,10}\b/.exec(firstBytes?.text ?? '')?.[0] ?? 'request';
}

function protocolText({ firstBytes }: ShownRecord): string {
  const bytes = Buffer.from(firstBytes?.hex ?? '', 'hex');
  const known = bytes.length === 0 ? undefined : identifyClientProtocol(bytes);
  if (known !== undefined) return known.protocol;
  return bytes.length === 0 ? 'another protocol' : `begins with ${bytes.subarray(0, 4).toString('hex')}`;
}
