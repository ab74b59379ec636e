/** What varies in a known message and is worth keeping. */
export const SEEN_NAMES = [
  /** The end that was called: where to aim a ping. */
  'host',
  'port',
  /** The other side of a connection that was accepted. */
  'client',
  'thumbprint',
  'expectedThumbprint',
  'presentedThumbprint',
  'subject',
  'proxyHost',
  'proxyPort',
  'subscription',
  /** The number or name in the message that says which kind it is: an alert, a status, a service. */
  'detail',
] as const;

export type SeenName = (typeof SEEN_NAMES)[number];

/** What was taken out of a message. Hosts and ports are safe to stand in a command: letters, digits and `.:-_[]` only. */
export type Seen = Readonly<Partial<Record<SeenName, string>>>;

/** A host name, an IPv4 address, or an IPv6 address in brackets; never anything that a shell would read. */
export const HOST = '(?:\\[[0-9a-f:.]{2,45}(?:%[0-9a-z]{1,15})?\\]|[a-z0-9_][a-z0-9._-]{0,252})';
export const PORT = '\\d{1,5}';
/** An address as .NET prints it: IPv6 with or without brackets. */
export const ADDRESS = '[0-9a-z_[:][0-9a-z_.:%[\\]-]{0,252}';
export const THUMBPRINT = '[0-9a-f]{40}';

/** What any message may show, wherever it stands; a row's own captures come first. */
const ANYWHERE: readonly RegExp[] = [
  new RegExp(`\\b(?:https|wss)://(?<host>${HOST})(?::(?<port>${PORT}))?(?=[/'"\\s,;.]|$)`, 'i'),
  new RegExp(`\\blisten://[^\\s/]{1,60}?:(?<port>${PORT})/`, 'i'),
  /\bpoll:\/\/(?<subscription>[a-z0-9-]{1,64})/i,
  new RegExp(`thumbprint(?: of| with| is)?[\\s:='"]{0,20}(?<thumbprint>${THUMBPRINT})\\b`, 'i'),
];

/** Take out of a text what the expressions name, the earlier ones first. */
export function seenIn(text: string, captures: readonly RegExp[] = []): Seen {
  const seen: Partial<Record<SeenName, string>> = {};
  for (const regex of [...captures, ...ANYWHERE]) {
    const groups = regex.exec(text)?.groups;
    for (const name of SEEN_NAMES) {
      const value = groups?.[name];
      if (value !== undefined) seen[name] ??= tidy(name, value);
    }
  }
  // One of two is not "the" thumbprint.
  if (seen.expectedThumbprint !== undefined) delete seen.thumbprint;
  return seen;
}

function tidy(name: SeenName, value: string): string {
  const text = value.trim();
  if (name.endsWith('humbprint')) return text.toUpperCase();
  // An IPv4 address in IPv6 form, as dual-mode sockets of .NET print it.
  if (name === 'host' || name === 'proxyHost' || name === 'client')
    return text.replace(/^\[?::ffff:([\d.]+)\]?/i, '$1').replace(/[.:]+$/, '');
  return text;
}
