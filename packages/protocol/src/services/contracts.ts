import { randomUUID } from 'node:crypto';
import { CallError } from './call-error.js';
import type { Deadline } from '../time/clock.js';
import { SIGNATURE_BYTES, PUBLIC_KEY_BYTES } from '../identity/signing-key.js';
import type { Attestation } from '../identity/attestation.js';
import { NONCE_BYTES, STATEMENT_MAX_BYTES } from '../identity/statement.js';
import type { RpcResponse, ClientExchange } from '../halibut/client-exchange.js';
import type { OutgoingStream } from '../halibut/data-stream.js';
import { type DataStreamRef, isBsonObject, type BsonValue } from '../halibut/bson-value.js';
import { encodeRequest, endpointSettings, type RequestMessage } from '../halibut/messages.js';
import { requireBytes, requireDataStream, requireInt64, requireText, unexpectedValue } from './require-value.js';

/**
 * One method of a service, with its types on both sides. The readers receive values from the network: they throw
 * WireError MALFORMED for a value of another shape, as {@link requireText} and its siblings do.
 */
export interface Method<Params, Result> {
  /** The .NET interface: `ICapabilitiesServiceV2`. */
  readonly service: string;
  readonly method: string;
  readonly writeParams: (params: Params) => readonly BsonValue[];
  readonly readParams: (values: readonly BsonValue[]) => Params;
  readonly writeResult: (result: Result) => BsonValue;
  readonly readResult: (value: BsonValue) => Result;
}

function method<Params, Result>(method: Method<Params, Result>): Method<Params, Result> {
  return method;
}

/** The capabilities that a Tentacle reports. */
export interface Capabilities {
  /** Names of services: `IScriptServiceV2`, ... */
  readonly supportedCapabilities: readonly string[];
}

const CAPABILITIES_TYPE = 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts';

/** The capabilities of a real Tentacle. The call changes nothing: it is the only one that is made to an unknown Tentacle. */
export const getCapabilities = method<null, Capabilities>({
  service: 'ICapabilitiesServiceV2',
  method: 'GetCapabilities',
  writeParams: () => [],
  readParams: () => null,
  writeResult: ({ supportedCapabilities }) => ({
    $type: CAPABILITIES_TYPE,
    SupportedCapabilities: [...supportedCapabilities],
  }),
  readResult: (value) => {
    const list = isBsonObject(value) ? value['SupportedCapabilities'] : undefined;
    if (!Array.isArray(list)) throw unexpectedValue('a list of capabilities', value);
    return { supportedCapabilities: list.filter((item) => typeof item === 'string') };
  },
});

/** The service of tentacle-pong. Any client may call it: it returns what it receives and reports what it observes. */
const PONG_SERVICE = 'ITentaclePongService';

/** Returns the payload, byte for byte. */
export const echo = method<Buffer, Buffer>({
  service: PONG_SERVICE,
  method: 'Echo',
  writeParams: (payload) => [payload],
  readParams: ([payload]) => requireBytes(payload),
  writeResult: (payload) => payload,
  readResult: (payload) => requireBytes(payload),
});

/** The result of an upload. */
export interface UploadResult {
  readonly bytes: number;
  /** The offset of the first byte that differs from the test data; absent when none does. */
  readonly differsAt?: number;
}

/** Receives a data stream, compares it with the test data, discards it, and returns its size and the first difference. */
export const upload = method<DataStreamRef, UploadResult>({
  service: PONG_SERVICE,
  method: 'Upload',
  writeParams: (stream) => [stream],
  readParams: ([stream]) => requireDataStream(stream),
  writeResult: ({ bytes, differsAt }) => ({
    $type: 'TentaclePong.Uploaded, TentaclePong',
    bytes: BigInt(bytes),
    differsAt: differsAt === undefined ? null : BigInt(differsAt),
  }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpectedValue('the result of an upload', value);
    const { bytes, differsAt } = value;
    return {
      bytes: Number(requireInt64(bytes)),
      ...(differsAt === null ? {} : { differsAt: Number(requireInt64(differsAt)) }),
    };
  },
});

/** Returns a data stream of test data, of the requested size in bytes. */
export const download = method<bigint, DataStreamRef>({
  service: PONG_SERVICE,
  method: 'Download',
  writeParams: (bytes) => [bytes],
  readParams: ([bytes]) => requireInt64(bytes),
  writeResult: (stream) => stream,
  readResult: requireDataStream,
});

/** A connection as pong observes it. */
export interface ConnectionView {
  /** Pong's own name for the connection, by which the records of both ends are matched. */
  readonly connectionId: string;
  /** The caller's address and port, as they arrive at pong. */
  readonly address: string;
  readonly port: number;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** The thumbprint of the client certificate that arrived; null when none did. */
  readonly clientThumbprint: string | null;
  readonly pongVersion: string;
  /** After this time without a call pong closes the connection; absent: unknown. */
  readonly idleLimitMs?: number;
  /** For how much of the last data stream on this connection pong's process computed; absent: unknown, or there was none. */
  readonly dataBusyPercent?: number;
}

/** Returns the caller's connection as the other end observes it. */
export const describeConnection = method<null, ConnectionView>({
  service: PONG_SERVICE,
  method: 'LookAtMe',
  writeParams: () => [],
  readParams: () => null,
  writeResult: (view) => ({ $type: 'TentaclePong.ConnectionView, TentaclePong', ...view }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpectedValue('a view of the connection', value);
    const text = (key: string): string => requireText(value[key]);
    const { port, clientThumbprint, idleLimitMs, dataBusyPercent } = value;
    if (typeof port !== 'number') throw unexpectedValue('a port', port);
    return {
      connectionId: text('connectionId'),
      address: text('address'),
      port,
      tlsVersion: text('tlsVersion'),
      cipher: text('cipher'),
      clientThumbprint: clientThumbprint === null ? null : requireText(clientThumbprint),
      pongVersion: text('pongVersion'),
      ...(typeof idleLimitMs === 'number' ? { idleLimitMs } : {}),
      ...(isPercent(dataBusyPercent) ? { dataBusyPercent } : {}),
    };
  },
});

function isPercent(value: BsonValue | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}

/** The largest certificate list that OpenSSL accepts from a peer, and so the largest certificate. */
const CERTIFICATE_MAX_BYTES = 100 * 1024;

/** Returns pong's signed statement about the connection, which includes the caller's 32 random bytes. */
export const attest = method<Buffer, Attestation>({
  service: PONG_SERVICE,
  method: 'Attest',
  writeParams: (nonce) => [nonce],
  readParams: ([nonce]) => requireBytes(nonce, NONCE_BYTES, NONCE_BYTES),
  writeResult: (attestation) => ({ $type: 'TentaclePong.Attestation, TentaclePong', ...attestation }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpectedValue('an attestation', value);
    return {
      statement: requireBytes(value['statement'], 0, STATEMENT_MAX_BYTES),
      signature: requireBytes(value['signature'], SIGNATURE_BYTES, SIGNATURE_BYTES),
      publicKey: requireBytes(value['publicKey'], PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES),
      certificate: requireBytes(value['certificate'], 0, CERTIFICATE_MAX_BYTES),
    };
  },
});

/** How the service says that it attests no more connections at the moment. */
export function attestationBusyMessage(retryAfterMs: number): string {
  return `Attest is busy; try again in ${retryAfterMs} ms`;
}

/** Older versions say it without a time. */
const BUSY_MESSAGE = /^Attest is (?:busy; try again in (\d{1,6}) ms|called too often; try again in a second)$/;

/** Returns the time after which a service that is too busy to attest asks to be called again; undefined for other errors. */
export function attestationRetryMs(message: string): number | undefined {
  const busy = BUSY_MESSAGE.exec(message);
  return busy === null ? undefined : Number(busy[1] ?? 1000);
}

/** Turns off the other end's TCP keep-alive on this connection only, so that neither end sends while it is idle. */
export const stopKeepAlive = method<null, null>({
  service: PONG_SERVICE,
  method: 'StopKeepAlive',
  writeParams: () => [],
  readParams: () => null,
  writeResult: () => null,
  readResult: () => null,
});

/** The result of a call, with the message that carried it. */
export interface CallResult<Result> {
  readonly result: Result;
  readonly answer: RpcResponse;
}

/** The destination that a call names. */
export interface CallEndpoint {
  readonly baseUri: string;
  readonly remoteThumbprint: string;
  /** A GUID under which both ends can log related calls; absent: each call has its own. */
  readonly activityId?: string;
}

/** A call that is encoded, ready to be sent. */
export interface PreparedCall<Result> {
  readonly request: RequestMessage;
  readonly bytes: Buffer;
  readonly readResult: (value: BsonValue) => Result;
}

/** Encodes a call. */
export function prepareCall<Params, Result>(
  method: Method<Params, Result>,
  params: Params,
  endpoint: CallEndpoint,
): PreparedCall<Result> {
  const request: RequestMessage = {
    id: `${method.service}::${method.method}[1] / ${randomUUID()}`,
    activityId: endpoint.activityId ?? randomUUID(),
    endpoint: endpointSettings(endpoint),
    service: method.service,
    method: method.method,
    params: method.writeParams(params),
  };
  return { request, bytes: encodeRequest(request), readResult: method.readResult };
}

/**
 * Sends a call over an exchange whose turn it is to send, see {@link ClientExchange.takeTurn}, and reads its answer.
 * @throws CallError SERVER_ERROR when the service answers with an error; WireError; the connection's own error.
 */
export async function sendCall<Result>(
  exchange: ClientExchange,
  { request, bytes, readResult }: PreparedCall<Result>,
  deadline: Deadline,
  streams: readonly OutgoingStream[] = [],
): Promise<CallResult<Result>> {
  const answer = await exchange.request(request, deadline, streams, bytes);
  const { error, result } = answer.response;
  if (error !== null) throw new CallError('SERVER_ERROR', error.message, error);
  return { result: readResult(result), answer };
}

/** {@link prepareCall} and {@link sendCall} in one. */
export async function call<Params, Result>(
  exchange: ClientExchange,
  method: Method<Params, Result>,
  params: Params,
  endpoint: CallEndpoint,
  deadline: Deadline,
  streams: readonly OutgoingStream[] = [],
): Promise<CallResult<Result>> {
  return sendCall(exchange, prepareCall(method, params, endpoint), deadline, streams);
}
