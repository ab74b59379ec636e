import type { EndingId } from './endings.js';
import type { FailureId } from './catalogue.js';

/**
 * For an ending that tentacle-pong records: the failures that tentacle-ping usually reports for the same connection, the
 * most frequent first. An ending that a connection of tentacle-ping does not have is absent.
 */
const COUNTERPARTS: Readonly<Partial<Record<EndingId, readonly FailureId[]>>> = {
  'probe.tcp': ['tls.silent'],
  'tls.silent': ['tls.silent', 'tls.closed'],
  'tls.stalled': ['tls.stalled', 'tls.silent'],
  'tls.closed': ['tls.stalled', 'tls.reset'],
  'tls.reset': ['tls.reset'],
  'tls.version': ['tls.version'],
  'tls.no-common-parameters': ['tls.no-common-parameters'],
  'tls.bad-record': ['tls.bad-record', 'tls.reset'],
  'tls.other': ['tls.other'],
  'tls.reset-after': ['trust.closed-after-identity', 'tls.reset'],
  'too-many-connections': ['tls.reset', 'tls.closed'],
  'limit.connections-per-address': ['tls.reset', 'tls.closed'],
  'limit.unidentified': ['tls.reset', 'tls.closed'],
  'limit.unidentified-per-address': ['tls.reset', 'tls.closed'],
  'refused.thumbprint': ['trust.rejected-by-pong', 'trust.client-certificate-replaced'],
  'refused.no-certificate': ['trust.client-certificate-missing', 'trust.rejected-by-pong'],
  'trust.silent-client': ['identity.timeout'],
  'preamble.timeout': ['identity.timeout', 'trust.closed-after-identity'],
  'identity.subscriber': ['poll.wrong-role'],
  'identity.timeout': ['identity.timeout', 'identity.closed'],
  'identity.closed': ['identity.timeout'],
  'identity.malformed': ['trust.closed-after-identity'],
  'rpc.no-call': ['rpc.timeout', 'rpc.closed'],
  'rpc.timeout': ['rpc.timeout', 'rpc.closed'],
  'rpc.closed': ['rpc.timeout', 'rpc.reset'],
  'rpc.reset': ['rpc.reset', 'rpc.timeout'],
  'rpc.malformed-response': ['rpc.closed'],
  'rpc.no-room': ['rpc.closed', 'rpc.reset'],
  'rpc.transfer-limit': ['data.peer-limit'],
  'rpc.idle': ['idle.closed-by-peer'],
  stopped: ['rpc.closed', 'idle.closed'],
};

/** The failures that tentacle-ping usually reports for a connection with this ending; none for one of another client. */
export function counterpartsOf(ending: string): readonly FailureId[] {
  return COUNTERPARTS[ending as EndingId] ?? [];
}
