/** What went wrong between two Halibut ends, and what to do about it: shared by tentacle-ping and tentacle-pong. */

// Failures: the catalogue, and the failure that an error is.
export { catalogue, failureDefinition, type FailureId } from './catalogue.js';
export { classify } from './classify.js';
export { describeFailure, type FailureText } from './describe-failure.js';
export { type Evidence, type Failure, failureOf } from './evidence.js';
export { type ByteExcerpt } from '../plain-data/byte-excerpt.js';
export {
  CONCLUSIVE,
  type Diagnosis,
  type ErrorSignature,
  type FailureDefinition,
  type Observation,
} from './failure-definition.js';
export { type Actor, type Step } from './step.js';
export { isSilent, isWorthAWarning, NEIGHBOR_SEARCH_US } from './failures/addresses.js';
export { describeNat, describeSession, observeAttestation } from './failures/attestation.js';
export { type IdentifiedProtocol, identifyProtocol, printableBytes } from './identify-protocol.js';
export { identifiesPeer } from './in-part.js';
export { observe } from './observe.js';
export { endsOf } from './ends.js';
export { showPathMtu } from './failures/data.js';
export { allOf, capitalize, counted, durationText, momentText, spanText } from './wording.js';

// Checks of a host, and what they can find.
export { type Check, CHECK_GROUPS, type CheckGroup, type CheckGroupName, type CheckStatus } from './checks/check.js';
export type { Finding } from './checks/finding.js';
export { findings } from './checks/findings.js';

// Verdicts and warnings.
export { type Counts, describeCounts, failureVerdict, type Occurrence, type Verdict } from './verdict.js';
export {
  type Warning,
  type WarningId,
  warningIds,
  warningOf,
  warningsOfCertificate,
  warningsOfOwnCertificate,
  warningsOfSuite,
  type WarningValues,
} from './warnings.js';

// Known log messages.
export { CAPTURED_FIELD_NAMES, type CapturedFieldName, type CapturedFields } from './known-messages/captured-fields.js';
export { findByFragment } from './known-messages/find-by-fragment.js';
export { findKnownMessage, LINE_MAX_CHARS, type LogMatch } from './known-messages/find-known-message.js';
export { describeMessage } from './known-messages/describe-message.js';
export {
  type KnownMessage,
  type MessageFacts,
  type MessageText,
} from './known-messages/known-message.js';
export { type LogOrigin, mergeOrigins, readOrigin } from './known-messages/log-origin.js';
export { isOfTask, SCRIPT_ENDED } from './known-messages/script-text.js';
export { knownMessage, type KnownMessageId, knownMessages } from './known-messages/table.js';
export { translateSocketTexts } from './known-messages/windows-socket-texts.js';

// Accepted connections and their endings.
export { connectTcp } from '../net/tcp.js';
export { handshakeAsConnector } from '../net/tls.js';
export { addressGroup } from '../server/address-group.js';
export { type PageExtras, renderConnectionPage, renderUntrustedPage } from '../server/connection-page.js';
export { REQUEST_VALUES_MAX } from '../halibut/service-exchange.js';
export { REMEMBERED_ADDRESSES } from '../server/admission.js';
export {
  type ConnectionEnd,
  ConnectionCounts,
  ConnectionServer,
  type EndedConnectionRecord,
} from '../server/connection-server.js';
export { type AuthenticatedPeer, type PageRequest, receiveConnection } from '../server/front-door.js';
export { InboundConnection } from '../server/inbound-connection.js';
export { LISTENER_LIMITS, type ListenerLimits } from '../server/limits.js';
export { RejectedConnectionError } from '../server/rejected-connection-error.js';
export { workTurns } from '../server/work-turns.js';
export { identifyClientProtocol } from './client-protocols.js';
export { counterpartsOf } from './ending-counterparts.js';
export { endingDefinition, type EndingId, endings, limitEndingIds } from './endings.js';

// What tentacle-pong answers, and the records of its connections.
export { parseHttpResponse } from '../http/http-response.js';
export {
  clientCertificateOn,
  identifyPage,
  isTrustedOn,
  type Page,
  type PageSource,
  PING_PAGE_MARK,
  PONG_PAGE_CERTIFICATE,
  PONG_PAGE_MARK,
  PONG_PAGE_TRUST,
  renderLandingPage,
  isWebPage,
} from '../http/landing-page.js';
export {
  isLegacyPingRequest,
  isLegacyPongResponse,
  legacyPingRequest,
  legacyPongResponse,
} from '../http/legacy-tentacle-ping.js';
export { CallTemplate } from '../services/call-template.js';
export { type ClosedBy, type ConnectionRecord, WITHHELD } from '../services/connection-record.js';
export {
  attest,
  attestationBusyMessage,
  attestationRetryMs,
  type ConnectionView,
  describeConnection,
  download,
  echo,
  prepareCall,
  type PreparedCall,
  sendCall,
  stopKeepAlive,
  upload,
  type UploadResult,
} from '../services/contracts.js';
export {
  LISTENER_EVENTS_MAX,
  type ListenerEvent,
  type ListenerHealth,
  readListenerHealth,
} from '../services/listener-health.js';
export { readConnectionRecord } from '../services/read-connection-record.js';
export { records, RECORDS_MAX, type RecordsPage, type RecordsQuery } from '../services/records-contract.js';

// Attestation.
export {
  type Attestation,
  type AttestationResult,
  type LocalView,
  type Mismatch,
  type SocketAddresses,
  verifyAttestation,
} from '../identity/attestation.js';
export { isOctopusCertificate } from '../identity/certificate.js';
export { readTrustStore } from '../identity/trust-store.js';
export {
  judgeWebCertificate,
  type TrustStore,
  type WebCertificateFault,
  type WebCertificateJudgment,
} from '../identity/web-certificate.js';
export { webCertificateCode } from './failures/web-certificate.js';
export { createSigningKey, isSignedBy, parsePublicKey, SigningKey } from '../identity/signing-key.js';
export { NONCE_BYTES, parseStatement, serializeStatement, type Statement } from '../identity/statement.js';
export { type ChosenSigningKey, loadOrCreateSigningKey } from '../identity/stored-signing-key.js';

// Untrusted and bounded data.
export { type NumberedRecord, RecordRing } from '../plain-data/record-ring.js';
export { testData, TestDataVerifier } from '../plain-data/test-data.js';
export {
  findTransferCut,
  isTransferLimitMessage,
  TRANSFER_CUT_MAX_BYTES,
  TRANSFER_MAX_BYTES,
  transferCutMark,
  transferLimitMessage,
} from '../services/transfer-limit.js';
export { UntrustedObject } from '../services/untrusted-object.js';
