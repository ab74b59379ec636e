import type { TLSSocket } from 'node:tls';
import { readDer } from '../identity/der.js';

/** What only the two ends of one TLS session have in common. */
export interface ChannelBinding {
  /** 32 bytes exported from the session's secrets; nothing of the secrets can be learned from them. */
  readonly keyingMaterial: Buffer;
  /** Whether they depend on the whole handshake, certificates included. */
  readonly handshakeBound: boolean;
}

/** Ours alone, so that what is exported here is of no use to another protocol (RFC 5705, section 4). */
const LABEL = 'EXPORTER-tentacle-pong-attestation';

/** As many as a SHA-256 hash has: they cannot be guessed. */
const KEYING_MATERIAL_BYTES = 32;

/** @param context what the proof is for, such as a nonce; for another one the session gives other bytes. */
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
 * Below TLS 1.3 the keys follow from the certificates only with the extended master secret (RFC 7627). Node does not
 * tell whether that was agreed on; the session that OpenSSL would resume by does.
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
