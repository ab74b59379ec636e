import { randomUUID } from 'node:crypto';
import {
  DataStreamRef,
  getCapabilities,
  type IncomingCall,
  type Method,
  methodNotFoundError,
  noMatchingOverloadError,
  type OutgoingStream,
  type Reply,
  serviceExceptionError,
  serviceNotFoundError,
  type BsonValue,
  TransportError,
  WireError,
} from 'tentacle-protocol';
import {
  attest,
  attestationBusyMessage,
  type ConnectionView,
  download,
  echo,
  describeConnection,
  records,
  type RecordsPage,
  type RecordsQuery,
  TestDataVerifier,
  stopKeepAlive,
  TRANSFER_MAX_BYTES,
  upload,
} from 'tentacle-protocol/diagnostics';
import { omitUndefined } from 'tentacle-protocol/cli';
import type { AttestConnection } from './attestor.js';
import { ServiceError, TransferLimitError } from './service-error.js';
import type { ConnectionTransfers } from './connection-transfers.js';

/** Returns the records of the connections that belong to the caller. */
export type QueryRecords = (query: RecordsQuery) => RecordsPage;

/** What an answer may use of the connection that the call arrived on. */
export interface CallContext {
  readonly view: () => ConnectionView;
  readonly queryRecords: QueryRecords;
  readonly attest: AttestConnection;
  readonly transfers: ConnectionTransfers;
  /** Turns TCP keep-alive off, on that connection only. */
  readonly stopKeepAlive: () => void;
}

/** One method that pong answers. */
interface Operation {
  readonly service: string;
  readonly method: string;
  readonly answer: (call: IncomingCall, context: CallContext) => Promise<Reply>;
}

/** What a method returns: its result, and the data streams that the result names. */
interface MethodResult<Result> {
  readonly result: Result;
  readonly streams?: readonly OutgoingStream[];
}

/** @param signature the method as .NET prints it, for callers that send other arguments. */
function operation<Params, Result>(
  contract: Method<Params, Result>,
  signature: string,
  run: (
    params: Params,
    call: IncomingCall,
    context: CallContext,
  ) => MethodResult<Result> | Promise<MethodResult<Result>>,
): Operation {
  const parameters = signature.endsWith('()') ? 0 : 1;
  const { service, method } = contract;
  return {
    service,
    method,
    answer: async (call, context) => {
      const values = call.request.params;
      const params = values.length === parameters ? readParams(contract, values) : undefined;
      if (params === undefined) return failed(noMatchingOverloadError([signature], values));
      const { result, streams } = await run(params.params, call, context);
      const written = contract.writeResult(result);
      return streams === undefined ? { error: null, result: written } : { error: null, result: written, streams };
    },
  };
}

const OPERATIONS: readonly Operation[] = [
  // The first call of a real server to any Tentacle. The list is empty, so that the server calls none of the Tentacle's
  // services, which pong does not have.
  operation(
    getCapabilities,
    'Octopus.Tentacle.Contracts.Capabilities.CapabilitiesResponseV2 GetCapabilities()',
    () => ({ result: { supportedCapabilities: [] } }),
  ),
  operation(echo, 'Byte[] Echo(Byte[])', (payload, _call, { transfers }) => {
    transfers.countEcho(payload.length);
    return { result: payload };
  }),
  operation(upload, 'TentaclePong.Uploaded Upload(Halibut.DataStream)', async (_stream, call, { transfers }) => {
    const check = new TestDataVerifier();
    await transfers.receive(call, (piece) => check.add(piece));
    const { countedBytes: bytes, differsAt } = check;
    return { result: omitUndefined({ bytes, differsAt }) };
  }),
  operation(download, 'Halibut.DataStream Download(Int64)', (bytes, _call, { transfers }) => {
    if (bytes < 0n || bytes > BigInt(TRANSFER_MAX_BYTES)) {
      throw new ServiceError(`Download returns 0 to ${TRANSFER_MAX_BYTES} bytes, not ${bytes}`);
    }
    const id = randomUUID();
    const lengthBytes = Number(bytes);
    return {
      result: new DataStreamRef(id, lengthBytes),
      streams: [{ id, lengthBytes, chunks: transfers.send(lengthBytes) }],
    };
  }),
  operation(describeConnection, 'TentaclePong.ConnectionView LookAtMe()', (_none, _call, { view }) => ({
    result: view(),
  })),
  operation(records, 'TentaclePong.Records Records(TentaclePong.RecordsQuestion)', (question, _call, context) => ({
    result: context.queryRecords(question),
  })),
  operation(attest, 'TentaclePong.Attestation Attest(Byte[])', (nonce, _call, context) => {
    const result = context.attest(nonce);
    if (result === 'once-only') throw new ServiceError('Attest answers once per connection');
    if (result === 'polls')
      throw new ServiceError('Attest is answered by a listening tentacle-pong, not by a polling one');
    if ('retryAfterMs' in result) throw new ServiceError(attestationBusyMessage(result.retryAfterMs));
    return { result };
  }),
  operation(stopKeepAlive, 'Void StopKeepAlive()', (_none, _call, context) => {
    context.stopKeepAlive();
    return { result: null };
  }),
];

const SERVICES = new Set(OPERATIONS.map(({ service }) => service));

/** Returns the name to count a call under: `service.method`, or `other`, because an untrusted client could invent any number of names. */
export function metricName({ request }: IncomingCall): string {
  const known = OPERATIONS.find(({ service, method }) => service === request.service && method === request.method);
  return known === undefined ? 'other' : `${known.service}.${known.method}`;
}

/**
 * Answers one call. Every call has an answer, in the form that every client version understands.
 * @throws what the connection throws while a data stream is read; anything else is a bug in pong.
 */
export async function answerCall(call: IncomingCall, context: CallContext): Promise<Reply> {
  try {
    return await answerWithin(call, context);
  } catch (error) {
    if (error instanceof TransferLimitError && call.streams.length > 0) {
      const rejection = new TransportError('TRANSFER_LIMIT', error.message);
      return { ...failed(serviceExceptionError(error.message)), rejection };
    }
    if (error instanceof ServiceError) return failed(serviceExceptionError(error.message));
    throw error;
  }
}

/** @throws ServiceError for what the service itself refuses. */
async function answerWithin(call: IncomingCall, context: CallContext): Promise<Reply> {
  const { service, method } = call.request;
  const match = OPERATIONS.find((operation) => operation.service === service && operation.method === method);
  // Whatever a request brings counts, also where no method takes it.
  const isTakenByMethod = match?.method === upload.method && call.streams.length === 1;
  if (call.streams.length > 0 && !isTakenByMethod) await context.transfers.receive(call);
  if (match === undefined)
    return failed(SERVICES.has(service) ? methodNotFoundError(service, method) : serviceNotFoundError(service));
  return match.answer(call, context);
}

/** Returns the arguments, or undefined when the method does not take them. */
function readParams<Params, Result>(
  contract: Method<Params, Result>,
  values: readonly BsonValue[],
): { params: Params } | undefined {
  try {
    return { params: contract.readParams(values) };
  } catch (error) {
    if (error instanceof WireError && error.code === 'MALFORMED') return undefined;
    throw error;
  }
}

function failed(error: Reply['error']): Reply {
  return { error, result: null };
}
