import type { BsonValue, DataStreamRef } from '../halibut/bson-value.js';
import type { OutgoingStream } from '../halibut/data-stream.js';
import {
  methodNotFoundError,
  noMatchingOverloadError,
  type ServerError,
  serviceExceptionError,
  serviceNotFoundError,
} from '../halibut/messages.js';
import type { IncomingCall, Reply } from '../halibut/service-exchange.js';
import { WireError } from '../halibut/wire-error.js';
import type { Method } from './contracts.js';

/** The client that a call is from. */
export interface CallingClient {
  /** Its address and port, as they arrive at the listener. */
  readonly address: string;
  readonly port: number;
  /** The thumbprint of its certificate; null when it presented none. */
  readonly thumbprint: string | null;
}

/** The connection that a call arrived on. */
export interface CallOrigin {
  readonly client: CallingClient;
  /** Aborted when the connection is closed: work on the call has no receiver anymore. */
  readonly signal: AbortSignal;
}

/** The call that a method answers, apart from its parameters. */
export interface ServiceCall extends CallOrigin {
  /** The client's GUID for the activity that the call belongs to. */
  readonly activityId: string | undefined;
  /** The data streams that the parameters refer to, in the order in which {@link readStream} returns them. */
  readonly streams: readonly DataStreamRef[];
  /** The content of the next data stream. A stream that is not read is skipped. */
  readonly readStream: () => AsyncIterable<Buffer>;
  /** Sends a data stream after the result, which refers to it by a `DataStreamRef` with its id and length. */
  readonly sendStream: (stream: OutgoingStream) => void;
}

/** One method together with the code that answers it, see {@link implement}. */
export interface ServiceMethod {
  readonly service: string;
  readonly method: string;
  readonly answer: (call: IncomingCall, origin: CallOrigin) => Promise<Reply>;
}

/**
 * Combines a method with the code that answers it.
 * @param run returns the result. An error that it throws is returned to the client as the service's exception, with its
 * message, and the connection stays open.
 */
export function implement<Params, Result>(
  contract: Method<Params, Result>,
  run: (params: Params, call: ServiceCall) => Result | Promise<Result>,
): ServiceMethod {
  const { service, method } = contract;
  const answer = async (incoming: IncomingCall, origin: CallOrigin): Promise<Reply> => {
    const { request, streams } = incoming;
    const params = readParams(contract, request.params);
    if (params === undefined) return failed(noMatchingOverloadError([`${service}.${method}`], request.params));
    const observed = observeStreams(incoming);
    const sent: OutgoingStream[] = [];
    const call: ServiceCall = {
      ...origin,
      activityId: request.activityId,
      streams,
      readStream: observed.readStream,
      sendStream: (stream) => void sent.push(stream),
    };
    let reply: Reply;
    try {
      reply = { error: null, result: contract.writeResult(await run(params.params, call)), streams: sent };
    } catch (error) {
      reply = failed(serviceExceptionError(error instanceof Error ? error.message : String(error)));
    }
    // A stream that failed ends the connection whatever the code made of it: its rest would be read as a message.
    if (observed.error !== undefined) throw observed.error as Error;
    return reply;
  };
  return { service, method, answer };
}

/**
 * Answers a call by the method that it names, or with the error of a real service that does not have it.
 * @throws the connection's error while a data stream is read, and whatever a method's `readParams` throws that is not
 * WireError MALFORMED.
 */
export async function answerByMethod(
  methods: readonly ServiceMethod[],
  call: IncomingCall,
  origin: CallOrigin,
): Promise<Reply> {
  const { service, method } = call.request;
  const ofService = methods.filter((one) => one.service === service);
  const match = ofService.find((one) => one.method === method);
  if (match !== undefined) return match.answer(call, origin);
  return failed(ofService.length === 0 ? serviceNotFoundError(service) : methodNotFoundError(service, method));
}

/** The call's data streams, and the error with which reading one of them failed. */
function observeStreams(call: IncomingCall): { readonly readStream: () => AsyncIterable<Buffer>; error: unknown } {
  const observed = {
    error: undefined as unknown,
    readStream: (): AsyncIterable<Buffer> => {
      const pieces = call.readStream()[Symbol.asyncIterator]();
      const next = async (): Promise<IteratorResult<Buffer>> => {
        try {
          return await pieces.next();
        } catch (error) {
          observed.error = error;
          throw error;
        }
      };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
  };
  return observed;
}

/** The parameters, or undefined when the method does not take these values. */
function readParams<Params, Result>(
  contract: Method<Params, Result>,
  values: readonly BsonValue[],
): { readonly params: Params } | undefined {
  try {
    return { params: contract.readParams(values) };
  } catch (error) {
    if (error instanceof WireError && error.code === 'MALFORMED') return undefined;
    throw error;
  }
}

function failed(error: ServerError): Reply {
  return { error, result: null };
}
