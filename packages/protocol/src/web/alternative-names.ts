import { isIPv6 } from 'node:net';
import { readDer, readOid, TAG, type DerValue } from '../identity/der.js';

/** Context tags of the names that are compared: an address of mail, a name of DNS, a URI, an IP address. */
const NAME_TAG = { email: 0x81, dns: 0x82, uri: 0x86, ip: 0x87 } as const;

/** The tag of the extensions in a certificate's signed part, and the identifier of the alternative names. */
const EXTENSIONS_TAG = 0xa3;
const OCTET_STRING = 0x04;
const ALTERNATIVE_NAMES = '2.5.29.17';

/** Parts of a certificate; a real one has about ten extensions, and a few names. */
const PARTS_MAX = 10_000;

/**
 * The subject alternative names of a certificate: names of DNS, IP addresses, URIs and addresses of mail, each as its text.
 * They are read from its bytes, because a list in one text cannot be divided safely: a name may contain any separator.
 */
export function alternativeNames(certificate: Uint8Array): string[] {
  const [signed] = partsOf(readDer(certificate)?.content);
  const extensions = partsOf(signed?.content).find(({ tag }) => tag === EXTENSIONS_TAG);
  const [list] = partsOf(extensions?.content);
  for (const { content } of partsOf(list?.content)) {
    const [id, ...values] = partsOf(content);
    if (id?.tag !== TAG.objectId || readOid(id.content) !== ALTERNATIVE_NAMES) continue;
    const value = values.find(({ tag }) => tag === OCTET_STRING);
    return partsOf(readDer(value?.content ?? new Uint8Array())?.content).flatMap(textOf);
  }
  return [];
}

/** An IP address as the text that these names have; any other text stays as it is. */
export function comparableName(name: string): string {
  if (!isIPv6(name)) return name;
  return new URL(`http://[${name.replace(/%.*/, '')}]/`).hostname.slice(1, -1);
}

function textOf({ tag, content }: DerValue): string[] {
  if (tag === NAME_TAG.ip) return addressOf(content);
  if (tag !== NAME_TAG.dns && tag !== NAME_TAG.uri && tag !== NAME_TAG.email) return [];
  // These texts are ASCII; a name that is not equals none of a list.
  return content.every((byte) => byte < 0x80) ? [Buffer.from(content).toString('latin1')] : [];
}

function addressOf(bytes: Uint8Array): string[] {
  if (bytes.length === 4) return [bytes.join('.')];
  if (bytes.length !== 16) return [];
  const groups = Array.from({ length: 8 }, (_, index) =>
    Buffer.from(bytes)
      .readUInt16BE(2 * index)
      .toString(16),
  );
  return [comparableName(groups.join(':'))];
}

/** The values in a value, up to the first that is cut off. */
function partsOf(content: Uint8Array | undefined): DerValue[] {
  const parts: DerValue[] = [];
  if (content === undefined) return parts;
  let part = readDer(content);
  while (part?.whole === true && parts.length < PARTS_MAX) {
    parts.push(part);
    part = readDer(content, part.next);
  }
  return parts;
}
