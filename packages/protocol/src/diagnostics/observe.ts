import { CallError } from '../services/call-error.js';
import type { ConnectionTrace } from '../trace.js';
import { AddressError, HandshakeError, isExternalCode, ProxyError } from '../net/transport-error.js';
import { omitUndefined } from '../plain-data/omit-undefined.js';
import { InterruptedError, WireError } from '../halibut/wire-error.js';
import type { Observation, ErrorSignature } from './failure-definition.js';

/** The observation that rows classify: an error, and the trace that it ended. */
export function observe(error: unknown, trace: ConnectionTrace): Observation {
  const position = { shownAt: trace.currentStage, elapsedUs: trace.elapsedInStageUs };
  return {
    signature: { received: Buffer.alloc(0), receivedBytes: 0, ...position, ...signatureOf(error) },
    facts: trace.facts,
  };
}

function signatureOf(error: unknown): Pick<ErrorSignature, 'code'> & Partial<ErrorSignature> {
  if (error instanceof WireError) {
    const { code, received, receivedBytes, purpose } = error;
    return { code, received, receivedBytes, purpose };
  }
  if (error instanceof InterruptedError && isExternalCode(error.code)) {
    const { code, received, receivedBytes, purpose, syscall } = error;
    return omitUndefined({ code, received, receivedBytes, purpose, syscall });
  }
  if (error instanceof ProxyError) {
    const { code, received, receivedBytes, syscall } = error;
    return omitUndefined({ code, received, receivedBytes, purpose: "the proxy's response", syscall });
  }
  if (error instanceof CallError) {
    return omitUndefined({ code: error.code, serverError: error.serverError });
  }
  if (!(error instanceof Error)) return { code: 'OWN_BUG', bug: String(error) };
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || !isExternalCode(code)) return { code: 'OWN_BUG', bug: `${error.name}: ${error.message}` };
  const receivedBytes = error instanceof HandshakeError ? error.receivedBytes : undefined;
  const elapsedUs = error instanceof AddressError ? error.elapsedUs : undefined;
  return omitUndefined({ code, syscall, receivedBytes, elapsedUs });
}
