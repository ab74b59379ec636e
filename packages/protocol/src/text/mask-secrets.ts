/*
 * Every repetition is bounded: bytes that another program chose must not make a search quadratic.
 */

/** What replaces a secret. */
const MASK = '***';

/** At the end of bytes that were cut, the beginning of a secret of at least this many characters is masked too. */
const CUT_MIN_CHARS = 4;

/** The middle of base64 text that encodes a secret at any offset: shorter parts occur by chance. */
const BASE64_MIN_CHARS = 6;

/** HTML's names of characters that passwords often contain. */
const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '!': 'excl',
  '@': 'commat',
  ':': 'colon',
  '/': 'sol',
  '+': 'plus',
  '=': 'equals',
  '?': 'quest',
};

/**
 * Masks secrets in bytes that another program sent, in all forms in which headers, pages and messages repeat what they were
 * sent: as they are, in UTF-8, Latin-1 or UTF-16, percent-encoded (also twice), with HTML, JSON or backslash escapes,
 * quoted-printable, each character in any of these; in hexadecimal; and within base64 at any offset. A secret that the end of
 * the bytes cuts off is masked up to there.
 */
export function maskSecrets(bytes: Buffer, secrets: readonly string[]): Buffer {
  let text = bytes.toString('latin1');
  for (const secret of secrets.filter((one) => one !== '')) {
    for (const pattern of patternsOf(secret)) text = text.replaceAll(pattern, MASK);
  }
  return Buffer.from(text, 'latin1');
}

function patternsOf(secret: string): RegExp[] {
  const characters = Array.from(secret).map(formsOf);
  return [
    new RegExp(characters.join(''), 'g'),
    ...(characters.length > CUT_MIN_CHARS ? [new RegExp(cutForm(characters), 'g')] : []),
    new RegExp(hexForm(secret), 'gi'),
    ...base64Forms(secret),
  ];
}

/** One character in every form, as the source of a regular expression over Latin-1 text. */
function formsOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  const utf8 = [...Buffer.from(character)];
  const hex = code.toString(16);
  const name = ENTITY_NAMES[character];
  const forms = [
    // As it is, in UTF-8 and in UTF-16 of either order.
    bytesForm(utf8),
    ...(code < 256 ? [bytesForm([code])] : []),
    bytesForm([...Buffer.from(character, 'utf16le')]),
    bytesForm([...Buffer.from(character, 'utf16le').swap16()]),
    // Percent-encoded, also more than once; quoted-printable, with soft line breaks; escapes of C strings.
    utf8.map((byte) => `%(?:25){0,3}${anyCase(hexByte(byte))}`).join(''),
    utf8.map((byte) => `=(?:\\r?\\n=)?${anyCase(hexByte(byte))}`).join(''),
    utf8.map((byte) => `\\\\x${anyCase(hexByte(byte))}`).join(''),
    utf8.map((byte) => `\\\\0{0,2}${byte.toString(8)}`).join(''),
    ...(code < 256 ? [`%(?:25){0,3}${anyCase(hexByte(code))}`, `=${anyCase(hexByte(code))}`] : []),
    // HTML and JSON.
    `&(?:amp;){0,3}#0{0,6}${code};?`,
    `&(?:amp;){0,3}#[xX]0{0,6}${anyCase(hex)};?`,
    units.map((unit) => `\\\\{1,4}u(?:\\{0{0,6})?${anyCase(unit.toString(16).padStart(4, '0'))}\\}?`).join(''),
    `\\\\{1,4}u\\{0{0,6}${anyCase(hex)}\\}`,
    `%u${anyCase(hex.padStart(4, '0'))}`,
    ...(name === undefined ? [] : [`&(?:amp;){0,3}${name};`]),
    ...(character === "'" ? ['&(?:amp;){0,3}#39;'] : []),
    ...(character === ' ' ? ['\\+', '&nbsp;'] : []),
    // A backslash before it.
    ...(code < 128 ? [`\\\\{1,4}${bytesForm([code])}`] : []),
  ];
  return `(?:${[...new Set(forms)].join('|')})`;
}

/** The first characters, then as many more as there are before the end of the bytes. */
function cutForm(characters: readonly string[]): string {
  const rest = characters.slice(CUT_MIN_CHARS).reduceRight((inner, form) => `(?:${form}${inner})?`, '');
  return `${characters.slice(0, CUT_MIN_CHARS).join('')}${rest}[%&\\\\=]?[0-9A-Za-z#]{0,6}$`;
}

/** `70:61:73...`, with or without separators. */
function hexForm(secret: string): string {
  return [...Buffer.from(secret)].map(hexByte).join('[ :-]?');
}

/**
 * The secret within base64 text, in both alphabets, at each of three offsets: the characters that depend on the secret
 * alone, and with them one on each side, which depends on a part of it.
 */
function base64Forms(secret: string): RegExp[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = offset === 0 ? 0 : offset + 1;
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const core = encoded.slice(start, end);
    if (core.length < BASE64_MIN_CHARS) return [];
    const either = Array.from(core)
      .map((one) => (one === '+' ? '[+-]' : one === '/' ? '[/_]' : one))
      .join('(?:\\r?\\n)?');
    return [new RegExp(`[A-Za-z0-9+/_-]?${either}[A-Za-z0-9+/_-]?=*`, 'g')];
  });
}

function bytesForm(bytes: readonly number[]): string {
  return bytes.map((byte) => `\\x${hexByte(byte)}`).join('');
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function anyCase(hex: string): string {
  return Array.from(hex)
    .map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit))
    .join('');
}
