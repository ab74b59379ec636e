/** Variable parts of a known message that are worth reporting. */
export const CAPTURED_FIELD_NAMES = [
  /** The end that was called: the address for a ping. */
  'host',
  'port',
  /** The remote side of an accepted connection. */
  'client',
  'thumbprint',
  'expectedThumbprint',
  'presentedThumbprint',
  'subject',
  'proxyHost',
  'proxyPort',
  'subscription',
  /** The number or name in the message that specifies its kind: an alert, a status, a service. */
  'detail',
] as const;

export type CapturedFieldName = (typeof CAPTURED_FIELD_NAMES)[number];

/** Values captured from a message. Hosts and ports are safe in a command: letters, digits and `.:-_[]` only. */
export type CapturedFields = Readonly<Partial<Record<CapturedFieldName, string>>>;

/** A host name, an IPv4 address, or an IPv6 address in brackets; never a character that a shell interprets. */
export const HOST = '(?:\\[[0-9a-f:.]{2,45}(?:%[0-9a-z]{1,15})?\\]|[a-z0-9_][a-z0-9._-]{0,252})';
export const PORT = '\\d{1,5}';
/** An address as .NET prints it, with or without a port: IPv6 with or without brackets; never a word. */
export const ADDRESS =
  '(?:\\[[0-9a-f:.]{2,45}(?:%[0-9a-z]{1,15})?\\]|\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|(?=[0-9a-f.]{0,40}:[0-9a-f.]{0,40}:)[0-9a-f:.]{2,45}(?:%[0-9a-z]{1,15})?)(?::\\d{1,5})?(?![0-9a-z])';
export const THUMBPRINT = '[0-9a-f]{40}';
/** The client in messages of an end that accepted it. */
export const CLIENT_AT = new RegExp(`client at (?<client>${ADDRESS})`, 'i');

/** Octopus's own pages of help, to which many messages link. */
const NOT_HELP = '(?!g\\.octopushq\\.com|oc\\.to|(?:www\\.)?octopus\\.com/|help\\.octopus)';

/** An address at the end of a message of the operating system: `192.0.2.20:10943`, `[::ffff:192.0.2.20]:10933`. */
const ADDRESS_AND_PORT = `(?<host>\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:.%]{2,60}\\]):(?<port>${PORT})`;

/** Captures that apply to every message; a row's own captures take precedence. */
const COMMON_CAPTURES: readonly RegExp[] = [
  new RegExp(
    `\\b(?:https|wss)://${NOT_HELP}(?<host>${HOST})(?::(?<port>${PORT}))?(?=[/'"\\s<>\u2019]|[,;.](?:\\s|$)|$)`,
    'i',
  ),
  new RegExp(`\\blisten://[^\\s/]{1,60}?:(?<port>${PORT})/`, 'i'),
  // .NET Core adds name and port in brackets, .NET Framework the address; names of source files look the same.
  new RegExp(
    `\\((?<host>[a-z0-9_-]{0,63}[a-z][a-z0-9._-]{0,252}(?<!\\.(?:cs|java|js|ts|py|go|ps1))):(?<port>${PORT})\\)`,
    'i',
  ),
  /\bpoll:\/\/(?<subscription>[a-z0-9-]{1,64})/i,
  new RegExp(`thumbprint(?: of| with| is)?[\\s:='"]{0,20}(?<thumbprint>${THUMBPRINT})\\b`, 'i'),
];

const TRAILING_ADDRESS = new RegExp(
  `(?:^|(?<![:,]|\\b(?:at|by|client|from|on))\\s)\\(?${ADDRESS_AND_PORT}(?=[\\s.,;:'")\u3002]|$)`,
  'i',
);

const URL_WITHOUT_PORT = /(?:https|wss):\/\/[^:]{1,253}$/i;

/** Returns the values that the expressions capture from a text; earlier expressions take precedence. */
export function captureFields(text: string, captures: readonly RegExp[] = []): CapturedFields {
  const seen: Partial<Record<CapturedFieldName, string>> = {};
  // What a listener writes behind its own address is the address of a client.
  const common = text.includes('listen://') ? COMMON_CAPTURES : [...COMMON_CAPTURES, TRAILING_ADDRESS];
  for (const regex of [...captures, ...common]) {
    const match = regex.exec(text);
    if (match?.groups === undefined) continue;
    const { host } = match.groups;
    // Host and port of one address belong together.
    const isOtherHost = host !== undefined && seen.host !== undefined && seen.host !== normalize('host', host);
    for (const name of CAPTURED_FIELD_NAMES) {
      const value = match.groups[name];
      if (value !== undefined && !(isOtherHost && name === 'port')) seen[name] ??= normalize(name, value);
    }
    // The default port of the schemes.
    if (!isOtherHost && URL_WITHOUT_PORT.test(match[0])) seen.port ??= '443';
  }
  // The address of a client is not that of the end that was called.
  if (seen.host !== undefined && seen.client?.startsWith(`${seen.host}:`) === true) {
    if (seen.client === `${seen.host}:${seen.port ?? ''}`) delete seen.port;
    delete seen.host;
  }
  // With two thumbprints in the message, neither of them is "the" thumbprint.
  if (seen.expectedThumbprint !== undefined) delete seen.thumbprint;
  return seen;
}

function normalize(name: CapturedFieldName, value: string): string {
  const text = value.trim();
  if (name.endsWith('humbprint')) return text.toUpperCase();
  // An IPv4 address in IPv6 form, as dual-mode sockets of .NET print it.
  if (name === 'host' || name === 'proxyHost' || name === 'client')
    return text.replace(/^\[?::ffff:([\d.]+)\]?/i, '$1').replace(/[.:]+$/, '');
  return text;
}
