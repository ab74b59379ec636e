/** The Halibut protocol for any program: connect and call, or listen and answer. See README.md. */

// A client and a service in one call each.
export { type CallOptions, type ClientOptions, connect, type HalibutClient } from './client.js';
export { type HalibutService, SERVE_LIMITS, serve, type ServeLimits, type ServeOptions } from './service.js';
export {
  type CallingClient,
  type CallOrigin,
  implement,
  type ServiceCall,
  type ServiceMethod,
} from './services/implement.js';
export { requireBytes, requireDataStream, requireInt64, requireText } from './services/require-value.js';

// A connection with its stages, times and facts.
export {
  type ConnectionFacts,
  ConnectionTrace,
  type Direction,
  type AttemptSpan,
  type FailedAddress,
  type IdleFacts,
  type OtherAttempts,
  type Stage,
  STAGES,
  type StageTime,
  type ThisMachineFact,
  type TransferFacts,
} from './trace.js';

// Connecting and listening.
export type { ChannelBinding } from './net/channel-binding.js';
export { connectorContext } from './net/connector-context.js';
export { type ConnectOptions, exchangeIdentityAsConnector, openTlsConnection } from './net/connect.js';
export type { HttpProxy } from './net/http-connect.js';
export { listen, listenerContext, type ListenOptions, readFirstBytes, unmapAddress } from './net/listen.js';
export { type Family, literalAddress, resolveName } from './net/resolve.js';
export { type SocketChannel, socketChannel } from './net/socket-channel.js';
export { KEEP_ALIVE_IDLE_MS } from './net/tcp.js';
export { thisMachineFact } from './net/this-machine.js';
export { type MinTlsVersion, tlsVersionOptions } from './net/tls-versions.js';
export { handshakeAsListener, type TlsSession } from './net/tls.js';
export { cancelled, HandshakeError, ProxyError, TransportError } from './net/transport-error.js';

// Halibut messages in both roles.
export { type BsonValue, DataStreamRef } from './halibut/bson-value.js';
export type { ReadRequest } from './halibut/byte-reader.js';
export type { Channel } from './halibut/channel.js';
export { ClientExchange, type RpcResponse } from './halibut/client-exchange.js';
export { DataStreamReader, type OutgoingStream, readDataStream } from './halibut/data-stream.js';
export { readIdentity, type RemoteIdentity, writeIdentity } from './halibut/identity-line.js';
export { MemoryBudget } from './halibut/memory-budget.js';
export {
  isServiceNotFound,
  methodNotFoundError,
  noMatchingOverloadError,
  serviceExceptionError,
  serviceNotFoundError,
} from './halibut/messages.js';
export { type Preamble, readPreamble } from './halibut/preamble.js';
export { type IncomingCall, type Reply, serveRequests } from './halibut/service-exchange.js';
export { InterruptedError, WireError } from './halibut/wire-error.js';

// Services and calls.
export { CallError } from './services/call-error.js';
export {
  call,
  type CallEndpoint,
  type CallResult,
  type Capabilities,
  getCapabilities,
  type Method,
} from './services/contracts.js';

// Certificates and identities.
export { type CertificateFacts, describeCertificate } from './identity/certificate.js';
export { IdentityError, type IdentityErrorCode } from './identity/identity-error.js';
export { createIdentity, type Identity } from './identity/identity.js';
export { type IdentityFiles, loadIdentity } from './identity/load-identity.js';
export { loadOrCreateIdentity, type StoredIdentity, type StoredIdentityOptions } from './identity/stored-identity.js';
export { parseThumbprint, thumbprintOf } from './identity/thumbprint.js';

// Text that people write.
export { FormatError } from './text/format-error.js';

// Deadlines.
export { abortAfter } from './time/abort-after.js';
export { Deadline, nowUs } from './time/clock.js';
