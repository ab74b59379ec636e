/** Text that must not reach a terminal: escape sequences, then (below) every invisible character. */
const ESC = '\\u001b';
const ESCAPES = [
  // Colors, cursor movement and similar; titles and links; the remaining two-character sequences.
  new RegExp(`(?:${ESC}\\[|\\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]?`, 'g'),
  new RegExp(
    `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007${ESC}\\u009c]{0,4096}(?:\\u0007|${ESC}\\\\|\\u009c)?`,
    'g',
  ),
  new RegExp(`${ESC}[ -/]{0,4}[0-~]?`, 'g'),
];
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\s]+/gu;

const MASK = '***';

/** Names whose values are secret, in any spelling that logs use. */
const NAME =
  '[\\w-]{0,40}(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|token|credential)s?';

const SECRETS: readonly (readonly [regex: RegExp, replacement: string])[] = [
  // Quoted as in JSON, XML and scripts; then ended as in connection strings; then up to the next space.
  [new RegExp(`(${NAME}["']?\\s{0,3}[=:]\\s{0,3})(?:"[^"]{0,4096}"?|'[^']{0,4096}'?)`, 'gi'), `$1${MASK}`],
  [new RegExp(`(${NAME}\\s{0,3}=)[^;"']{1,200}(?=;)`, 'gi'), `$1${MASK}`],
  [new RegExp(`(${NAME}["']?\\s{0,3}[=:]\\s{0,3})(?!\\*\\*\\*)[^\\s,;&<>"']+`, 'gi'), `$1${MASK}`],
  [new RegExp(`(<${NAME}>)[^<]{0,4096}`, 'gi'), `$1${MASK}`],
  // Command-line options, and the API keys of Octopus.
  [new RegExp(`(--?${NAME}\\s{1,3})(?![-*])\\S+`, 'gi'), `$1${MASK}`],
  [/\bAPI-[A-Z0-9]{4,64}/gi, `API-${MASK}`],
  [/(authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:[a-z]{1,12}\s{1,3})?)[^\s"',;]{1,4096}/gi, `$1${MASK}`],
  [
    /\b([Bb]asic|[Bb]earer|[Nn]egotiate|NTLM)\s{1,3}(?=\S{0,200}(?:[0-9=]|[a-z][A-Z]))[\w+/.~-]{8,4096}={0,2}/g,
    `$1 ${MASK}`,
  ],
  [/(:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,400}@/g, `$1${MASK}@`],
  [/\beyJ[\w-]{8,4096}\.[\w-]{0,4096}(?:\.[\w-]{0,4096})?/g, MASK],
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*/g, MASK],
];

/** The text with `***` for every password, key and token that its context shows to be one. */
export function maskNamedSecrets(text: string): string {
  let masked = text;
  for (const [regex, replacement] of SECRETS) masked = masked.replaceAll(regex, replacement);
  return masked;
}

/** A piece of a log that is safe to print: one line, no control characters, no secrets, at most `maxChars`. */
export function sanitizeLine(text: string, maxChars: number): string {
  let cleaned = text;
  for (const escape of ESCAPES) cleaned = cleaned.replaceAll(escape, '');
  cleaned = maskNamedSecrets(cleaned.replaceAll(INVISIBLE, ' ').trim());
  const cut = cleaned.length <= maxChars ? cleaned : `${cleaned.slice(0, maxChars - 3)}...`;
  // A copy, because a slice would keep the whole chunk of the log in memory.
  return Buffer.from(cut).toString();
}
