import { omitUndefined } from '../plain-data/omit-undefined.js';
import type { Reservation } from './memory-budget.js';
import type { ReadRequest, ByteReader } from './byte-reader.js';
import { compress, deflateLarge, deflateMessage, inflateArrived, inflateMessage, isLargeWork } from './deflate.js';
import type { DocumentMemo } from './document-memo.js';
import type { TakeTurn } from './take-turn.js';
import { decodeBson, encodeBson } from './bson.js';
import {
  DataStreamRef,
  Double,
  Guid,
  isBsonArray,
  isBsonObject,
  type BsonValue,
  type BsonObject,
} from './bson-value.js';
import { WireError } from './wire-error.js';

/** A call. */
export interface RequestMessage {
  /** `IService::Method[n] / <guid>`. It has no meaning, but the response must contain it unchanged. */
  readonly id: string;
  /** GUID text. */
  readonly activityId?: string;
  /** The client's own settings for the destination, see {@link endpointSettings}. Services ignore it. */
  readonly endpoint?: BsonObject;
  /** Name of the interface: `ICapabilitiesServiceV2`. */
  readonly service: string;
  readonly method: string;
  readonly params: readonly BsonValue[];
}

/** The answer to a call: a result, or an error and the result null. */
export interface ResponseMessage {
  /** The id of the request. */
  readonly id: string;
  readonly error: ServerError | null;
  /** Null also for a method that returns nothing. */
  readonly result: BsonValue;
}

/** The error with which a service answered a call. */
export interface ServerError {
  readonly message: string;
  /** The exception as .NET prints it: type, message, stack. */
  readonly details: string | null;
  /** Full name of a Halibut exception, null for the service's own. Services up to Halibut 5.0 do not send it at all. */
  readonly halibutErrorType?: string | null;
}

/** One received message. */
export interface ReceivedMessage {
  /** Null for the null message, a polling client's "no work". A request has `params`, a response has `result`. */
  readonly message: RequestMessage | ResponseMessage | null;
  readonly compressedBytes: number;
  readonly inflatedBytes: number;
  /** The data streams that follow the message, in this order. */
  readonly streams: DataStreamRef[];
}

/** The limits of one message. */
export interface MessageBounds {
  readonly maxInflatedBytes: number;
  /** The most BSON values, of all depths together. */
  readonly maxValues: number;
  /** Its part of the memory that many messages share. */
  readonly reservation?: Reservation;
  /** What the messages of its connection have in common; absent: each is read completely. */
  readonly memo?: DocumentMemo;
}

const REQUEST_NAME = 'Halibut.Transport.Protocol.RequestMessage';
const RESPONSE_NAME = 'Halibut.Transport.Protocol.ResponseMessage';
const ASSEMBLY = ', Halibut';

/** Encodes a request, compressed: the bytes of one write. Its data streams follow it, each in writes of its own. */
export function encodeRequest(request: RequestMessage): Buffer {
  const message = {
    $type: REQUEST_NAME + ASSEMBLY,
    id: request.id,
    ...(request.activityId === undefined ? {} : { activityId: new Guid(request.activityId) }),
    endpoint: request.endpoint ?? null,
    service: request.service,
    method: request.method,
    params: request.params,
  };
  return deflateMessage(encodeBson({ Message: message }));
}

/** Encodes a response, compressed: the bytes of one write. */
export function encodeResponse(response: ResponseMessage): Buffer {
  return deflateMessage(responseDocument(response));
}

/** The same where many clients are served: a large one is compressed beside the event loop, when it is its turn. */
export async function encodeResponseInTurn(response: ResponseMessage, takeTurn: TakeTurn): Promise<Buffer> {
  const document = responseDocument(response);
  return isLargeWork(document) ? takeTurn(async () => deflateLarge(document)) : deflateMessage(document);
}

function responseDocument(response: ResponseMessage): Buffer {
  return encodeBson({
    Message: {
      $type: RESPONSE_NAME + ASSEMBLY,
      id: response.id,
      error: response.error && encodeError(response.error),
      result: response.result,
    },
  });
}

/** Encodes the null message, compressed: always the same 16 bytes, equal to the real library's. */
export function encodeNullMessage(): Buffer {
  return compress(encodeBson({ Message: null }));
}

/**
 * Reads one message, and nothing behind it.
 * @throws WireError END_OF_STREAM, READ_TIMEOUT, TOO_LONG, as {@link inflateMessage}; MALFORMED also for anything else than
 * a message.
 */
export async function readMessage(
  source: ByteReader,
  readRequest: ReadRequest,
  bounds: MessageBounds,
): Promise<ReceivedMessage> {
  const { maxInflatedBytes, reservation } = bounds;
  await source.waitForBytes(readRequest);
  const { bytes, compressedBytes } =
    inflateArrived(source, readRequest, maxInflatedBytes, reservation) ??
    (await inflateMessage(source, readRequest, maxInflatedBytes, reservation));
  const { message, streams } = decodeMessage(bytes, readRequest.purpose, bounds.maxValues, bounds.memo);
  return { message, streams, compressedBytes, inflatedBytes: bytes.length };
}

/** The content of a message, from its inflated bytes. */
export type DecodedMessage = Pick<ReceivedMessage, 'message' | 'streams'>;

/**
 * Decodes a message from its inflated bytes.
 * @param purpose what the bytes are, for errors.
 * @param maxValues as {@link MessageBounds}; absent: any number.
 * @throws WireError MALFORMED, TOO_LONG.
 */
export function decodeMessage(bytes: Buffer, purpose: string, maxValues?: number, memo?: DocumentMemo): DecodedMessage {
  const { document, streams } = decodeBson(bytes, purpose, maxValues, memo);
  const malformed = (detail: string): WireError => new WireError('MALFORMED', purpose, detail, bytes);
  return { message: decodeEnvelope(document, malformed), streams };
}

/**
 * Returns the `endpoint` of a request as the real library 8.1 writes it with its default settings.
 * @param baseUri `https://host:port/` of a listening service, `poll://subscription/` of a polling one.
 * @param remoteThumbprint of the service: upper-case hexadecimal SHA-1.
 */
export function endpointSettings(target: { readonly baseUri: string; readonly remoteThumbprint: string }): BsonObject {
  return {
    PollingRequestQueueTimeout: '00:02:00',
    RetryListeningSleepInterval: '00:00:01',
    RetryCountLimit: 5,
    ConnectionErrorRetryTimeout: '00:05:00',
    TcpClientConnectTimeout: '00:01:00',
    BaseUri: target.baseUri,
    RemoteThumbprint: target.remoteThumbprint,
    Proxy: null,
    ForceResolveHost: null,
    IsWebSocketEndpoint: false,
  };
}

const SERVICE_NOT_FOUND = 'Halibut.Exceptions.ServiceNotFoundHalibutClientException';
const METHOD_NOT_FOUND = 'Halibut.Exceptions.MethodNotFoundHalibutClientException';
const AMBIGUOUS_METHOD = 'Halibut.Exceptions.AmbiguousMethodMatchHalibutClientException';
/** The beginning of the details of an exception of the service itself; clients recognize it by exactly this text. */
const SERVICE_EXCEPTION =
  'System.Reflection.TargetInvocationException: Exception has been thrown by the target of an invocation.';
/** What .NET prints after an exception inside another. */
const INNER_END = '\n   --- End of inner exception stack trace ---';

/** The error for an interface that the service does not have. */
export function serviceNotFoundError(service: string): ServerError {
  return halibutError(SERVICE_NOT_FOUND, `Service not found: ${service}`);
}

/** The error for a method that the interface does not have. The real library names the implementing class, and 8.1 adds `Async` to the method. */
export function methodNotFoundError(service: string, method: string): ServerError {
  return halibutError(METHOD_NOT_FOUND, `Method ${service}::${method} not found`);
}

/** The error for the service's own exception. Without a stack, which would not help the other end. */
export function serviceExceptionError(message: string): ServerError {
  const details = `${SERVICE_EXCEPTION}\n ---> System.Exception: ${message}${INNER_END}`;
  return { message, details, halibutErrorType: null };
}

/**
 * The error for a method that exists, but not for these arguments.
 * @param candidates the existing methods, as .NET prints them: `Int64 Add(Int64, Int64)`.
 * @param params the received arguments.
 */
export function noMatchingOverloadError(candidates: readonly string[], params: readonly BsonValue[]): ServerError {
  const message = [
    'Could not decide which candidate to call out of the following methods:',
    ...candidates.map((candidate) => ` - ${candidate}`),
    'The request arguments were:',
    describeArguments(params),
    '',
  ].join('\n');
  const inner = `\n ---> System.Reflection.AmbiguousMatchException: ${message}${INNER_END}`;
  return halibutError(AMBIGUOUS_METHOD, message, inner);
}

/**
 * Whether an error means that the service does not have the interface: by its type if it has one (from Halibut 6.0 on),
 * otherwise by its text. Shipped Tentacles look interfaces up themselves, so theirs has no Halibut type in any version.
 */
export function isServiceNotFound({ message, details, halibutErrorType }: ServerError): boolean {
  if (halibutErrorType) return halibutErrorType === SERVICE_NOT_FOUND;
  const trace = details ?? '';
  // An exception of the interface itself proves that it exists.
  if (trace.startsWith(SERVICE_EXCEPTION)) return false;
  if (message.startsWith('Service not found: ')) return true;
  if (message.endsWith(' has not been registered through an IAutofacServiceSource')) return true;
  if (trace.includes('Octopus.Tentacle.Communications.UnknownServiceNameException')) return true;
  // Octopus Server's own rule for the oldest Tentacles: it failed where services are created, and not because it was shutting down.
  return (
    trace.includes('CreateService(') &&
    !message.includes('The Tentacle service is shutting down') &&
    !trace.includes('ObjectDisposedException')
  );
}

function halibutError(type: string, message: string, inner = ''): ServerError {
  return { message, details: `${type}: ${message}${inner}`, halibutErrorType: type };
}

/** More than any method of a real service takes, and a length that no real type name has. */
const ARGUMENTS_NAMED_MAX = 20;
const TYPE_NAME_MAX_CHARS = 100;

/** The type names of the arguments. The caller controls their number and names, so both are bounded. */
function describeArguments(params: readonly BsonValue[]): string {
  const names = params
    .slice(0, ARGUMENTS_NAMED_MAX)
    .map((value) => dotNetTypeName(value).slice(0, TYPE_NAME_MAX_CHARS));
  const more = params.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')}, and ${more} more`;
}

/** The .NET type name of an argument after it was read into an `object`, which widens an int32. */
function dotNetTypeName(value: BsonValue): string {
  if (value === null) return '<null>';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'number' || typeof value === 'bigint') return 'Int64';
  if (value instanceof Double) return 'Double';
  if (value instanceof Date) return 'DateTime';
  if (value instanceof Guid) return 'Guid';
  if (value instanceof DataStreamRef) return 'DataStream';
  if (Buffer.isBuffer(value)) return 'Byte[]';
  if (!isBsonObject(value)) return 'JArray';
  const type = value['$type'];
  return typeof type === 'string' ? (/([^.+]*)$/.exec(typeName(type))?.[1] ?? type) : 'JObject';
}

/** `Name.Space.Type` of `Name.Space.Type, Assembly`. */
function typeName(type: string): string {
  const comma = type.indexOf(',');
  return comma < 0 ? type : type.slice(0, comma);
}

function encodeError(error: ServerError): BsonObject {
  const { message, details, halibutErrorType } = error;
  return omitUndefined({ message, details, HalibutErrorType: halibutErrorType });
}

type MalformedError = (detail: string) => WireError;

function decodeEnvelope(envelope: BsonObject, malformed: MalformedError): ReceivedMessage['message'] {
  const message = envelope['Message'];
  if (message === null) return null;
  if (message === undefined || !isBsonObject(message)) throw malformed('a document without a Message');
  const type = message['$type'];
  // The real library plans to omit $type one day; then only the members distinguish the two.
  const name = typeof type === 'string' ? typeName(type) : 'params' in message ? REQUEST_NAME : RESPONSE_NAME;
  if (name === REQUEST_NAME) return decodeRequest(message, malformed);
  if (name === RESPONSE_NAME) return decodeResponse(message, malformed);
  throw malformed(`a message of type '${name.slice(0, 128)}'`);
}

function decodeRequest(message: BsonObject, malformed: MalformedError): RequestMessage {
  const { activityId, endpoint = null, params = null } = message;
  if (activityId !== undefined && !(activityId instanceof Guid)) throw malformed('an activityId that is not a GUID');
  if (endpoint !== null && !isBsonObject(endpoint)) throw malformed('an endpoint that is not an object');
  // The real library treats a missing array as an empty one.
  if (params !== null && !isBsonArray(params)) throw malformed('params that are not an array');
  return {
    id: textOf(message, 'id', malformed),
    ...(activityId === undefined ? {} : { activityId: activityId.text }),
    ...(endpoint === null ? {} : { endpoint }),
    service: textOf(message, 'service', malformed),
    method: textOf(message, 'method', malformed),
    params: params ?? [],
  };
}

function decodeResponse(message: BsonObject, malformed: MalformedError): ResponseMessage {
  const { error = null, result = null } = message;
  if (error !== null && !isBsonObject(error)) throw malformed('an error that is not an object');
  return { id: textOf(message, 'id', malformed), error: error && decodeError(error, malformed), result };
}

function decodeError(error: BsonObject, malformed: MalformedError): ServerError {
  const { message = null, details = null, HalibutErrorType: halibutErrorType } = error;
  // An exception may have no message.
  if (message !== null && typeof message !== 'string') throw malformed('an error message that is not text');
  if (details !== null && typeof details !== 'string') throw malformed('error details that are not text');
  if (halibutErrorType !== undefined && halibutErrorType !== null && typeof halibutErrorType !== 'string') {
    throw malformed('a HalibutErrorType that is not text');
  }
  return omitUndefined({ message: message ?? '', details, halibutErrorType });
}

function textOf(object: BsonObject, key: string, malformed: MalformedError): string {
  const value = object[key];
  if (typeof value !== 'string') throw malformed(`a message without the text '${key}'`);
  return value;
}
