/** What a log may hold and a terminal must not get: escape sequences first, then every character that is not to be seen. */
const ESC = '\\u001b';
const ESCAPES = [
  // Colours, cursor and the like; titles and links; the rest of the two-character ones.
  new RegExp(`(?:${ESC}\\[|\\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]?`, 'g'),
  new RegExp(
    `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007${ESC}\\u009c]{0,4096}(?:\\u0007|${ESC}\\\\|\\u009c)?`,
    'g',
  ),
  new RegExp(`${ESC}[ -/]{0,4}[0-~]?`, 'g'),
];
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\s]+/gu;

const MASK = '***';

/** Names whose values are nobody's business, however a log writes them. */
const NAME =
  '[\\w-]{0,40}(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|token|credential)s?';

const SECRETS: readonly (readonly [regex: RegExp, instead: string])[] = [
  // As JSON, XML and scripts quote them, then as connection strings end them, then up to the next blank.
  [new RegExp(`(${NAME}["']?\\s{0,3}[=:]\\s{0,3})(?:"[^"]{0,4096}"?|'[^']{0,4096}'?)`, 'gi'), `$1${MASK}`],
  [new RegExp(`(${NAME}\\s{0,3}=)[^;"']{1,200}(?=;)`, 'gi'), `$1${MASK}`],
  [new RegExp(`(${NAME}["']?\\s{0,3}[=:]\\s{0,3})(?!\\*\\*\\*)[^\\s,;&<>"']+`, 'gi'), `$1${MASK}`],
  [new RegExp(`(<${NAME}>)[^<]{0,4096}`, 'gi'), `$1${MASK}`],
  // Options of a command, and short ones that Tentacle and Octopus have.
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

/** A piece of a log, fit to be shown: on one line, no control characters, no secrets, no longer than `maxChars`. */
export function clean(text: string, maxChars: number): string {
  let shown = text;
  for (const escape of ESCAPES) shown = shown.replaceAll(escape, '');
  shown = shown.replaceAll(UNSEEN, ' ').trim();
  for (const [regex, instead] of SECRETS) shown = shown.replaceAll(regex, instead);
  const cut = shown.length <= maxChars ? shown : `${shown.slice(0, maxChars - 3)}...`;
  // A copy: a slice would keep the whole piece of the log in memory that it is a part of.
  return Buffer.from(cut).toString();
}
