import { isIP } from 'node:net';
import { maskSecrets } from './mask-secrets.js';
import {
  COMMON_WORDS,
  FILE_KEYS,
  HOST_KEYS,
  KEPT_ADDRESSES,
  KEPT_HOSTS,
  KEPT_KEYS,
  KEPT_PATHS,
  NAME_KEYS,
  USER_KEYS,
} from './redacted-keys.js';

/** What is replaced, by the name that takes its place. */
type Kind = 'host' | 'address' | 'thumbprint' | 'key' | 'user' | 'path' | 'subject' | 'subscription';

/** A word as host names, addresses, thumbprints and user names consist of. */
const WORD = /[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?/gu;

/** A candidate for an IPv6 address, with a zone. `isIP` decides. */
const IPV6 = /(?<![\p{L}\p{N}:.])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(?:%[\w.-]+)?/giu;

/** SHA-1 with separators: `AA:BB:...`, `AA BB ...` */
const SEPARATED_THUMBPRINT = /\b(?:[0-9a-f]{2}[ :-]){19}[0-9a-f]{2}\b/gi;

/** `D9D25A34..1F6E` (thumbprints.ts) */
const SHORT_THUMBPRINT = /^([0-9a-f]{8})\.\.([0-9a-f]{4})$/i;

const URL_HOST = /\b[a-z][a-z0-9+.-]*:\/\/(?:[^\s/@"'<>]*@)?([^\s/:?#"'<>[\]]+)/gi;
/** The host of an HTTP request, as bytes of evidence have it. */
const REQUESTED_HOST = /\b(?:CONNECT |Host: ?)([\w.-]+)/gi;
const SUBSCRIPTION = /\bpoll:\/\/([a-z0-9]+)\/?/gi;

/** In Windows paths, folders may contain spaces; the last part ends at one. */
const WINDOWS_PATH = /(?:\b[a-z]:|\\\\[\w.$-]+)\\(?:[^\\"'<>|:*?\r\n]+\\)*[^\\\s"'<>|:*?\r\n]*/;
const POSIX_PATH = /(?<![\w:/.~*-])\/(?:[\w.@+-]+\/)+[\w.@+-]*/g;

/**
 * An account of a domain, `CORP\\user`, and not the end of a line as JSON writes it. Paths, keys of the registry and accounts
 * that every Windows has are none.
 */
const DOMAIN_USER =
  /(?<![\w\\:./-])(?!(?:AUTHORITY|BUILTIN|SERVICE|HKLM|HKCU|HKCR|LocalMachine|CurrentUser)\\)[a-z][a-z0-9-]{1,14}\\(?![nrt](?:[A-Z\s\\]|$))[\w.$-]{2,64}(?![\\\w])/;
/** Read together: folders of a path are not accounts. */
const WINDOWS_NAME = new RegExp(`${WINDOWS_PATH.source}|(${DOMAIN_USER.source})`, 'giu');
const USER_AT_DOMAIN = /[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi;

/** Bytes of evidence are searched for as many texts in their other encodings, each of which takes a search. */
const ENCODED_MAX = 200;

/** Shorter texts occur in bytes by chance. */
const ENCODED_MIN_CHARS = 5;

/**
 * Replaces what identifies machines and people in results by stable names, for a public ticket: hosts, addresses,
 * thumbprints, keys, users, file paths, certificate subjects and subscriptions, in every string, also in prose, URLs and the
 * bytes of evidence. The same value has the same name in all documents of one instance. Loopback addresses and the names and
 * paths of the products stay.
 */
export class Redactor {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();
  /** Hosts and users by their lower-case words. */
  readonly #words = new Map<string, Kind>();
  /** Domains of known hosts, below which every name is a host. */
  readonly #domains = new Set<string>();
  /** Texts of several words, replaced as a whole. */
  readonly #phrases = new Set<string>();
  readonly #bytes = new Map<string, string>();

  /** The document with names in place of what it identifies. Plain data; other objects stay. */
  redact<T>(document: T): T {
    this.#collect(document, '', '');
    return this.#replaced(document, '') as T;
  }

  /** Finds the names of hosts, users and subjects, which texts do not show to be names. */
  #collect(value: unknown, key: string, parent: string): void {
    if (typeof value === 'string') this.#collectText(value, key, parent);
    else if (Array.isArray(value)) for (const item of value) this.#collect(item, key, parent);
    else if (isPlain(value)) for (const [name, item] of Object.entries(value)) this.#collect(item, name, key);
  }

  #collectText(text: string, key: string, parent: string): void {
    const shown = key === 'hex' ? Buffer.from(text, 'hex').toString('latin1') : text;
    for (const pattern of [URL_HOST, REQUESTED_HOST])
      for (const [, host = ''] of shown.matchAll(pattern)) this.#addHost(host);
    if (HOST_KEYS.has(key) || (key === 'name' && parent === 'host')) this.#addHost(hostOf(text));
    if (USER_KEYS.has(key)) for (const [word] of text.matchAll(WORD)) this.#words.set(word.toLowerCase(), 'user');
    if (!NAME_KEYS.has(key) || text === '' || COMMON_WORDS.has(text.toLowerCase())) return;
    if (!/^CN=(?:Octopus (?:Tentacle|Portal)|tentacle-p[io]ng)$/.test(text)) this.#phrases.add(text);
  }

  #addHost(host: string): void {
    const name = host.toLowerCase().replace(/\.$/, '');
    if (name === '' || isIP(name) !== 0 || KEPT_HOSTS.has(name) || !/\p{L}/u.test(name)) return;
    this.#words.set(name, 'host');
    const [first = '', ...domain] = name.split('.');
    if (domain.length === 0) return;
    // A host of a domain is often named without it.
    if (first.length > 2 && /\d|-/.test(first)) this.#words.set(first, 'host');
    if (domain.length > 1) this.#domains.add(domain.join('.'));
  }

  #replaced(value: unknown, key: string): unknown {
    if (typeof value === 'string') return KEPT_KEYS.has(key) ? value : this.#text(value, key);
    if (Array.isArray(value)) return value.map((item) => this.#replaced(item, key));
    if (!isPlain(value)) return value;
    const entries = Object.entries(value).map(
      ([name, item]) => [this.#keyOf(name), this.#replaced(item, name)] as const,
    );
    return Object.fromEntries(entries);
  }

  /** Keys are names of the programs, apart from values that are counted by what they are. */
  #keyOf(key: string): string {
    return /^[a-z][a-z-]{0,40}$/i.test(key) ? key : this.#prose(key);
  }

  #text(text: string, key: string): string {
    if (text === '') return text;
    if (key === 'hex') return this.#hex(text);
    if (FILE_KEYS.has(key)) return this.#name('path', text);
    if (HOST_KEYS.has(key) && this.#words.has(text.toLowerCase())) return this.#name('host', text);
    if (USER_KEYS.has(key)) return this.#name('user', text);
    return this.#prose(text);
  }

  #prose(text: string): string {
    let result = text;
    for (const phrase of this.#phrases) result = result.replaceAll(phrase, () => this.#name('subject', phrase));
    return result
      .replaceAll(WINDOWS_NAME, (name, isUser: string | undefined) =>
        isUser === undefined ? this.#path(name) : this.#name('user', name),
      )
      .replaceAll(POSIX_PATH, (path) => this.#path(path))
      .replaceAll(USER_AT_DOMAIN, (user) => this.#name('user', user))
      .replaceAll(SUBSCRIPTION, (_, id: string) => `poll://${this.#name('subscription', id)}/`)
      .replaceAll(SEPARATED_THUMBPRINT, (print) => this.#name('thumbprint', print.replaceAll(/[ :-]/g, '')))
      .replaceAll(IPV6, (candidate) => this.#ipv6(candidate))
      .replaceAll(WORD, (word, offset: number, whole: string) => this.#word(word, whole, offset));
  }

  #word(word: string, text: string, offset: number): string {
    if (isIP(word) === 4) return this.#address(word);
    if (/^[0-9a-f]{40}$/i.test(word)) return this.#name('thumbprint', word);
    if (/^[0-9a-f]{32,}$/i.test(word)) return this.#name('key', word);
    const [, begin, end] = SHORT_THUMBPRINT.exec(word) ?? [];
    if (begin !== undefined && end !== undefined) return this.#shortThumbprint(word, begin, end);
    const lower = word.toLowerCase();
    const kind = this.#words.get(lower);
    if (kind === undefined) return this.#isInDomain(lower) ? this.#name('host', word) : word;
    // A word of every text is a name only where a text says so.
    const isNamed = text.slice(0, offset).endsWith('://') || /^:\d/.test(text.slice(offset + word.length));
    return COMMON_WORDS.has(lower) && !isNamed && text !== word ? word : this.#name(kind, word);
  }

  #isInDomain(word: string): boolean {
    const parts = word.split('.');
    return parts.some((_, i) => this.#domains.has(parts.slice(i).join('.')));
  }

  #ipv6(candidate: string): string {
    const [address = '', zone] = candidate.replace(/[.:]$/, (end) => (candidate.endsWith('::') ? end : '')).split('%');
    if (isIP(address) !== 6) return candidate;
    const rest = candidate.slice(address.length + (zone === undefined ? 0 : zone.length + 1));
    return `${this.#address(address)}${rest}`;
  }

  #address(address: string): string {
    const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
    return KEPT_ADDRESSES.test(plain) ? address : this.#name('address', plain);
  }

  #shortThumbprint(word: string, begin: string, end: string): string {
    const isThis = ([key]: readonly [string, string]): boolean =>
      key.startsWith(`thumbprint ${begin.toLowerCase()}`) && key.endsWith(end.toLowerCase());
    return [...this.#names].find(isThis)?.[1] ?? this.#name('thumbprint', word);
  }

  #path(path: string): string {
    return KEPT_PATHS.test(path) ? path : this.#name('path', path);
  }

  /** The bytes as text, first as they are, then in every other encoding. */
  #hex(hex: string): string {
    const known = this.#bytes.get(hex);
    if (known !== undefined) return known;
    const plain = Buffer.from(this.#prose(Buffer.from(hex, 'hex').toString('latin1')), 'latin1');
    const encoded = [...this.#words.keys()].filter((one) => one.length >= ENCODED_MIN_CHARS && !COMMON_WORDS.has(one));
    const result = maskSecrets(plain, encoded.slice(0, ENCODED_MAX)).toString('hex');
    this.#bytes.set(hex, result);
    return result;
  }

  #name(kind: Kind, original: string): string {
    const key = `${kind} ${original.toLowerCase()}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      const number = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, number);
      this.#names.set(key, (name = `${kind}-${number}`));
    }
    return name;
  }
}

/** The host of `host`, `host:port`, `[address]:port` or a URL. */
function hostOf(text: string): string {
  const [, host] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?([^\s/:?#[\]]+)/i.exec(text) ?? [];
  return host ?? '';
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
