import type { TLSSocket } from 'node:tls';
import { readDer } from '../identity/der.js';

/** Keying material that only the two ends of one TLS session can export (RFC 5705, RFC 9266). */
export interface ChannelBinding {
  /** 32 bytes derived from the session's secrets, which cannot be derived from them in turn. */
  readonly keyingMaterial: Buffer;
  /** Whether the bytes depend on the whole handshake, certificates included. */
  readonly handshakeBound: boolean;
}

/** A label of this protocol only, so that the exported bytes are useless for any other protocol (RFC 5705, section 4). */
const LABEL = 'EXPORTER-tentacle-pong-attestation';

/** The length of a SHA-256 hash, which cannot be guessed. */
const KEYING_MATERIAL_BYTES = 32;

/** Exports the binding of a session. @param context such as a nonce; a session returns other bytes for another context. */
export function exportChannelBinding(tls: TLSSocket, context: Buffer): ChannelBinding {
  return {
    keyingMaterial: tls.exportKeyingMaterial(KEYING_MATERIAL_BYTES, LABEL, context),
    handshakeBound: tls.getProtocol() === 'TLSv1.3' || hasExtendedMasterSecret(tls),
  };
}

/** The field `flags` of OpenSSL's SSL_SESSION in its DER form, and the flag of RFC 7627 in it. */
const FLAGS_TAG = 0xad;
const FLAG_EXTENDED_MASTER_SECRET = 1;

/**
 * Below TLS 1.3 the keys depend on the certificates only with the extended master secret (RFC 7627). Node does not show
 * whether it was negotiated; the serialized session, by which OpenSSL would resume, does.
 */
function hasExtendedMasterSecret(tls: TLSSocket): boolean {
  const session = tls.getSession();
  const fields = session === undefined ? undefined : readDer(session)?.content;
  if (fields === undefined) return false;
  for (let field = readDer(fields); field !== undefined; field = readDer(fields, field.next)) {
    if (field.tag !== FLAGS_TAG) continue;
    const flags = readDer(field.content)?.content.at(-1) ?? 0;
    return (flags & FLAG_EXTENDED_MASTER_SECRET) !== 0;
  }
  return false;
}
