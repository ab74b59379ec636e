export { CallError } from './call-error.js';
export { Deadline, nowUs } from './clock.js';
export type { ClosedBy, ConnectionRecord, ConnectionRecord as ArrivedConnection } from './connection-record.js';
export * from './contracts.js';
export { sessionWords, sightOfAttestation, translationWords } from './failures/attestation.js';
export { catalogue, type FailureId, rowOf } from './failures/catalogue.js';
export { classify } from './failures/classify.js';
export { type Bytes, type Evidence, type Failure, failureOf } from './failures/evidence.js';
export { type Actor, type Certainty, type Row, type Sighting, type Step, SURE, type Symptom } from './failures/row.js';
export { conclude, type SeenThere, withOtherEnd } from './failures/seen-there.js';
export { sight } from './failures/sight.js';
export { printable, whatAnswers, type WhatAnswers } from './failures/what-answers.js';
export { UntrustedObject, UntrustedObject as PlainShape } from './untrusted-object.js';
export { readConnectionRecord } from './read-connection-record.js';
export { type Numbered, RecordRing } from './record-ring.js';
export { records, RECORDS_MAX, type RecordsAnswer, type RecordsQuestion } from './records-contract.js';
export {
  type Direction,
  type ConnectionFacts,
  type IdleFacts,
  type Stage,
  STAGES,
  type StageTime,
  ConnectionTrace,
  type TransferFacts,
} from './trace.js';
export { connectSecurely, type ConnectorPlan, introduceAsConnector } from './transport/connector.js';
export { handshakeAsListener, type TlsSeen } from './transport/handshake.js';
export { firstBytesBy, listen, listenerContext, type ListenPlan, plainAddress } from './transport/listener.js';
export { type TlsFloor, tlsFrom } from './transport/tls-floor.js';
export type { Family } from './transport/resolve.js';
export type { SessionProof } from './transport/session-proof.js';
export { type SocketChannel, socketChannel } from './transport/socket-channel.js';
export { cancelled, HandshakeError, TransportError } from './transport/transport-error.js';
export {
  type ChosenIdentity,
  chooseIdentity,
  type IdentityChoice,
} from './command-line/choose-identity.js';
export { type ParsedCommand, type ParsedOptions, parseArguments, type TextSettings } from './command-line/parse.js';
export { type CommandDefinition, type ProgramDefinition } from './command-line/definition.js';
export { commandHelp } from './command-line/help.js';
export { closestMatches } from './command-line/closest.js';
export { ExitStatus } from './command-line/exit-status.js';
export { parseAddress, parseSubscription, parseThumbprintOption } from './command-line/shared-values.js';
export type { AskHidden, Environment } from './environment.js';
export { tlsFloorOf } from './command-line/tls-option.js';
export { passphraseFrom } from './command-line/passphrase.js';
export { RecordFile } from './command-line/record-file.js';
export { UsageError } from './command-line/usage-error.js';
export { parseDuration, parseSize, parseWhole } from './command-line/values.js';
export {
  type Attestation,
  type Attested,
  type Difference,
  type Ends,
  judgeAttestation,
  type OwnSight,
} from './trust/attestation.js';
export {
  AttestationKey,
  isSignedBy,
  newAttestationKey,
  parsePublicKey,
} from './trust/attestation-key.js';
export { describeCertificate, type CertificateFacts } from './trust/certificate.js';
export { type Identity, makeIdentity } from './trust/identity.js';
export { type ChosenSigningKey, loadOrCreateSigningKey } from './trust/stored-signing-key.js';
export { NONCE_BYTES, parseStatement, serializeStatement, type Statement } from './trust/statement.js';
export { omitUndefined } from './omit-undefined.js';
export { bucketsOf, type DurationFigures, DurationHistogram } from './histogram.js';
export { parseThumbprint, thumbprintOf } from './trust/thumbprint.js';
export { Allowance } from './wire/allowance.js';
export type { Ask } from './wire/byte-source.js';
export type { Channel } from './wire/channel.js';
export { type Answer, ClientExchange } from './wire/client-exchange.js';
export { parseHttpAnswer } from './wire/http-answer.js';
export { readIdentity, type RemoteIdentity, writeIdentity } from './wire/identity.js';
export {
  clientCertificateOn,
  friendlyPage,
  type Page,
  PONG_PAGE_CERTIFICATE,
  PING_PAGE_MARK,
  PONG_PAGE_MARK,
  recognisePage,
} from './wire/page.js';
export {
  isOriginalPing,
  isOriginalPongAnswer,
  originalPingRequest,
  originalPongAnswer,
} from './wire/original-pair.js';
export { type Preamble, readPreamble } from './wire/preamble.js';
export { type IncomingCall, type Reply, serveRequests } from './wire/service-exchange.js';
export { WireError } from './wire/wire-error.js';
export {
  type Counts,
  failureVerdict,
  nothingMeasured,
  okVerdict,
  type Verdict,
  wayIsOpen,
} from './failures/verdicts.js';
export {
  type Warning,
  type WarningId,
  warningOf,
  warningsOfCertificate,
  warningsOfSuite,
  type WarningValues,
} from './failures/warnings.js';
export { isServiceNotFound } from './wire/messages.js';
export { sizesNotTried, sizesVerdict, transferVerdict } from './failures/data-verdicts.js';
export { LEVELS_MEASURED, type MeasuredLevel } from './failures/levels.js';
export type { PageAuthor } from './wire/page.js';
export { DataStreamRef, type BsonValue } from './wire/bson-value.js';
export { type OutgoingStream, readDataStream } from './wire/data-stream.js';
export {
  methodNotFoundError,
  noMatchingOverloadError,
  serviceExceptionError,
  serviceNotFoundError,
} from './wire/messages.js';
export { connectTcp, KEEP_ALIVE_IDLE_MS } from './transport/connect.js';
export { literalAddress, resolveName } from './transport/resolve.js';
export type { ProxyVariable } from './command-line/proxy-environment.js';
export { chooseProxy, type ProxyChoice } from './command-line/choose-proxy.js';
export type { HttpProxy } from './transport/proxy.js';
export { type Found, findLogLine, LINE_MAX_CHARS } from './failures/log-lines/find.js';
export type { LogLine } from './failures/log-lines/log-line.js';
export { type Seen, SEEN_NAMES, type SeenName } from './failures/log-lines/seen.js';
export { type LogLineId, logLineOf, logLines } from './failures/log-lines/table.js';
export { stopAfter } from './stop-after.js';
export { InboundConnection, oneLine } from './listening/inbound-connection.js';
export { RejectedConnectionError } from './listening/rejected-connection-error.js';
export { type EndingId, endingOf, endings } from './listening/endings.js';
export { ConnectionCounts, ConnectionServer, type EndedConnectionRecord } from './listening/connection-server.js';
export { renderConnectionPage } from './listening/connection-page.js';
export { type AuthenticatedPeer, type PageRequest, receiveConnection } from './listening/front-door.js';
export { pattern, PatternCheck } from './pattern.js';
export { parseTarget, POLLING_PORT, type Target } from './command-line/target.js';
export { PollError } from './poll-error.js';
export { describeFailure, type FailureText } from './failures/describe-failure.js';
export { stepsText } from './reporting/steps.js';
export { columns, count, formatDuration, formatRate, formatSize, ms, WIDTH, wrap } from './reporting/units.js';
export { maskUnsafe, quote, singleLine, toAscii } from './text/sanitize.js';
export { list, verdictText, warningsText } from './reporting/verdict.js';
export { type DeathsThere, type IdleSide, idleVerdict, isNormalEnd } from './failures/idle-verdict.js';
export { type Interfaces, reachableAddresses, withPort } from './host/addresses.js';
export { listenProblem } from './host/listen-problem.js';
export { LISTENER_LIMITS, type ListenerLimits } from './listening/limits.js';
