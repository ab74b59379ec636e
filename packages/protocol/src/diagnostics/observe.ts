import { CallError } from '../services/call-error.js';
import type { ConnectionTrace } from '../trace.js';
import { HandshakeError, isExternalCode, ProxyError } from '../net/transport-error.js';
import { InterruptedError, WireError } from '../halibut/wire-error.js';
import type { Observation, ErrorSignature } from './failure-definition.js';

/** The observation that rows classify: an error, and the trace that it ended. */
export function observe(error: unknown, trace: ConnectionTrace): Observation {
  const where = { shownAt: trace.currentStage, elapsedUs: trace.elapsedInStageUs };
  return {
    signature: { received: Buffer.alloc(0), receivedBytes: 0, ...where, ...symptomOf(error) },
    facts: trace.facts,
  };
}

function symptomOf(error: unknown): Pick<ErrorSignature, 'code'> & Partial<ErrorSignature> {
  if (error instanceof WireError) {
    const { code, received, receivedBytes, awaiting } = error;
    return { code, received, receivedBytes, purpose: awaiting };
  }
  if (error instanceof InterruptedError && isExternalCode(error.code)) {
    const { code, received, receivedBytes, awaiting, syscall } = error;
    return { code, received, receivedBytes, purpose: awaiting, ...(syscall === undefined ? {} : { syscall }) };
  }
  if (error instanceof ProxyError) {
    const { code, received, receivedBytes, syscall } = error;
    const awaiting = "the proxy's response";
    return { code, received, receivedBytes, purpose: awaiting, ...(syscall === undefined ? {} : { syscall }) };
  }
  if (error instanceof CallError) {
    return { code: error.code, ...(error.serverError === undefined ? {} : { serverError: error.serverError }) };
  }
  if (!(error instanceof Error)) return { code: 'OWN_BUG', bug: String(error) };
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !isExternalCode(code)) return { code: 'OWN_BUG', bug: `${error.name}: ${error.message}` };
  return {
    code,
    ...(syscall === undefined ? {} : { syscall }),
    ...(error instanceof HandshakeError ? { receivedBytes: error.receivedBytes } : {}),
  };
}
