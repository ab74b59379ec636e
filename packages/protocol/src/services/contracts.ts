import { randomUUID } from 'node:crypto';
import { CallError } from './call-error.js';
import type { Deadline } from '../time/clock.js';
import { SIGNATURE_BYTES, PUBLIC_KEY_BYTES } from '../identity/signing-key.js';
import type { Attestation } from '../identity/attestation.js';
import { NONCE_BYTES, STATEMENT_MAX_BYTES } from '../identity/statement.js';
import type { RpcResponse, ClientExchange } from '../halibut/client-exchange.js';
import type { OutgoingStream } from '../halibut/data-stream.js';
import { DataStreamRef, isBsonObject, type BsonValue } from '../halibut/bson-value.js';
import { endpointSettings, type RequestMessage } from '../halibut/messages.js';
import { WireError } from '../halibut/wire-error.js';

/**
 * One method of a service, typed on both sides. The readers take values that came from the network: they throw
 * WireError MALFORMED for what has another shape.
 */
export interface Method<Params, Result> {
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

export interface Capabilities {
  readonly supportedCapabilities: readonly string[];
}

const CAPABILITIES_TYPE = 'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2, Octopus.Tentacle.Contracts';

/** What a real Tentacle can do. Takes nothing and changes nothing: the one call that may be made on a stranger's. */
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
    if (!Array.isArray(list)) throw unexpected('a list of capabilities', value);
    return { supportedCapabilities: list.filter((item) => typeof item === 'string') };
  },
});

/** The service of tentacle-pong. Harmless whoever calls it: it gives back what it gets and tells what it sees. */
const PONG_SERVICE = 'ITentaclePongService';

/** Gives the payload back, byte for byte. */
export const echo = method<Buffer, Buffer>({
  service: PONG_SERVICE,
  method: 'Echo',
  writeParams: (payload) => [payload],
  readParams: ([payload]) => bytesOf(payload),
  writeResult: (payload) => payload,
  readResult: bytesOf,
});

/** What came of an upload. */
export interface UploadResult {
  readonly bytes: number;
  /** The offset of the first byte that is not the pattern's; absent when all are. */
  readonly differsAt?: number;
}

/** Takes a data stream, compares it with the pattern, drops it and answers what it was. */
export const upload = method<DataStreamRef, UploadResult>({
  service: PONG_SERVICE,
  method: 'Upload',
  writeParams: (stream) => [stream],
  readParams: ([stream]) => streamOf(stream),
  writeResult: ({ bytes, differsAt }) => ({
    $type: 'TentaclePong.Uploaded, TentaclePong',
    bytes: BigInt(bytes),
    differsAt: differsAt === undefined ? null : BigInt(differsAt),
  }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpected('what came of an upload', value);
    const { bytes, differsAt } = value;
    return {
      bytes: Number(int64Of(bytes)),
      ...(differsAt === null ? {} : { differsAt: Number(int64Of(differsAt)) }),
    };
  },
});

/** 1 TiB, a day at 100 Mbit/s: who asks for more than that has mistaken the unit. */
export const TRANSFER_MAX_BYTES = 1024 ** 4;

/** Answers a data stream of the pattern, as many bytes as are asked for. */
export const download = method<bigint, DataStreamRef>({
  service: PONG_SERVICE,
  method: 'Download',
  writeParams: (bytes) => [bytes],
  readParams: ([bytes]) => int64Of(bytes),
  writeResult: (stream) => stream,
  readResult: streamOf,
});

/** A connection as pong sees it. */
export interface ConnectionView {
  /** Pong's own name for the connection: the key by which both ends' records meet. */
  readonly connectionId: string;
  /** The caller's address and port as they arrive there. */
  readonly address: string;
  readonly port: number;
  readonly tlsVersion: string;
  readonly cipher: string;
  /** Of the client certificate that arrived; null when none did. */
  readonly clientThumbprint: string | null;
  readonly pongVersion: string;
  /** After so long without a call pong closes by itself; absent: it does not say. */
  readonly idleLimitMs?: number;
}

/** Tells the caller what its connection looks like from the other end. */
export const describeConnection = method<null, ConnectionView>({
  service: PONG_SERVICE,
  method: 'LookAtMe',
  writeParams: () => [],
  readParams: () => null,
  writeResult: (view) => ({ $type: 'TentaclePong.ConnectionView, TentaclePong', ...view }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpected('a view of the connection', value);
    const text = (key: string): string => textOf(value[key]);
    const { port, clientThumbprint, idleLimitMs } = value;
    if (typeof port !== 'number') throw unexpected('a port', port);
    return {
      connectionId: text('connectionId'),
      address: text('address'),
      port,
      tlsVersion: text('tlsVersion'),
      cipher: text('cipher'),
      clientThumbprint: clientThumbprint === null ? null : textOf(clientThumbprint),
      pongVersion: text('pongVersion'),
      ...(typeof idleLimitMs === 'number' ? { idleLimitMs } : {}),
    };
  },
});

/** The largest certificate list that OpenSSL takes from a peer, and so the largest certificate. */
const CERTIFICATE_MAX_BYTES = 100 * 1024;

/** Has pong sign what it sees of the connection, together with the 32 random bytes that are given. */
export const attest = method<Buffer, Attestation>({
  service: PONG_SERVICE,
  method: 'Attest',
  writeParams: (nonce) => [nonce],
  readParams: ([nonce]) => sizedBytesOf(nonce, [NONCE_BYTES, NONCE_BYTES]),
  writeResult: (attestation) => ({ $type: 'TentaclePong.Attestation, TentaclePong', ...attestation }),
  readResult: (value) => {
    if (!isBsonObject(value)) throw unexpected('an attestation', value);
    return {
      statement: sizedBytesOf(value['statement'], [0, STATEMENT_MAX_BYTES]),
      signature: sizedBytesOf(value['signature'], [SIGNATURE_BYTES, SIGNATURE_BYTES]),
      publicKey: sizedBytesOf(value['publicKey'], [PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES]),
      certificate: sizedBytesOf(value['certificate'], [0, CERTIFICATE_MAX_BYTES]),
    };
  },
});

/** Switches the other end's TCP keep-alive off, on this connection alone: what is left idle then is silent from both ends. */
export const stopKeepAlive = method<null, null>({
  service: PONG_SERVICE,
  method: 'StopKeepAlive',
  writeParams: () => [],
  readParams: () => null,
  writeResult: () => null,
  readResult: () => null,
});

/** What a call gave, with the message it came in. */
export interface CallResult<Result> {
  readonly result: Result;
  readonly answer: RpcResponse;
}

/** Whom a call names as its destination. */
export interface CallEndpoint {
  readonly baseUri: string;
  readonly remoteThumbprint: string;
  /** A GUID by which both ends can name what the call belongs to; without it, each call has one of its own. */
  readonly activityId?: string;
}

/**
 * Call a method over an exchange whose turn it is.
 * @throws CallError when the service answers with an error; WireError; whatever the connection throws.
 */
export async function call<Params, Result>(
  exchange: ClientExchange,
  method: Method<Params, Result>,
  params: Params,
  endpoint: CallEndpoint,
  deadline: Deadline,
  streams: readonly OutgoingStream[] = [],
): Promise<CallResult<Result>> {
  const request: RequestMessage = {
    id: `${method.service}::${method.method}[1] / ${randomUUID()}`,
    activityId: endpoint.activityId ?? randomUUID(),
    endpoint: endpointSettings(endpoint),
    service: method.service,
    method: method.method,
    params: method.writeParams(params),
  };
  const answer = await exchange.request(request, deadline, streams);
  const { error, result } = answer.response;
  if (error !== null) throw new CallError('SERVER_ERROR', error.message, error);
  return { result: method.readResult(result), answer };
}

function bytesOf(value: BsonValue | undefined): Buffer {
  if (!Buffer.isBuffer(value)) throw unexpected('bytes', value);
  return value;
}

/** @param bytes how many they may be: from the first to the second number. */
function sizedBytesOf(value: BsonValue | undefined, [least, most]: readonly [number, number]): Buffer {
  const bytes = bytesOf(value);
  if (bytes.length < least || bytes.length > most) throw unexpected(`${least} to ${most} bytes`, bytes.length);
  return bytes;
}

function textOf(value: BsonValue | undefined): string {
  if (typeof value !== 'string') throw unexpected('text', value);
  return value;
}

function int64Of(value: BsonValue | undefined): bigint {
  if (typeof value !== 'bigint') throw unexpected('an int64', value);
  return value;
}

function streamOf(value: BsonValue | undefined): DataStreamRef {
  if (!(value instanceof DataStreamRef)) throw unexpected('a data stream', value);
  return value;
}

function unexpected(what: string, got: unknown): WireError {
  return new WireError('MALFORMED', what, `got ${got === null ? 'null' : typeof got}`);
}
