import { quote } from '../text/sanitize.js';

/** Ends of file names; none is a top-level domain. */
const FILE_NAME =
  /\.(?:txt|log|json|ndjson|csv|pem|pfx|p12|cer|crt|key|xml|config|conf|evtx|pcap(?:ng)?|exe|dll|ps1|html)$/i;

/** Dashes that a word processor puts in place of hyphens: from U+2010 to U+2015, and the minus sign. */
const TYPESET_DASH = /^[\u2010-\u2015\u2212]+/;

const QUOTE_MARKS = /^["'\u2018\u2019\u201c\u201d`]|["'\u2018\u2019\u201c\u201d`]$/g;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0]/u;

/**
 * What a text is in place of a host, and what was probably meant: a path, a network, a list, an option. Undefined for every
 * text that may be a host.
 * @param text as it was written: a URL or not.
 */
export function whyNotHost(bare: string, text: string, defaultPort: number): string | undefined {
  const dashes = TYPESET_DASH.exec(bare)?.[0];
  if (dashes !== undefined)
    return `begins with a typeset dash, not a hyphen; write ${quote(bare.replace(dashes, bare.length - dashes.length > 1 ? '--' : '-')).slice(1, -1)}`;
  const invisible = INVISIBLE.exec(bare)?.[0];
  if (invisible !== undefined)
    return `has a character that cannot be seen (U+${(invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}); type the host again`;
  if (/^[a-z]:[\\/]|^\\\\|^\.{1,2}[\\/]|^~?\/|\\/i.test(bare)) {
    const share = /^\\\\([\w.-]+)/.exec(bare)?.[1];
    return `is a path, not a host; ${share === undefined ? '' : `use ${share}:${defaultPort} for that machine, or `}${FILE_COMMANDS}`;
  }
  if (FILE_NAME.test(bare))
    return `looks like the name of a file; ${WRITES_TO[bare.slice(bare.lastIndexOf('.')).toLowerCase()] ?? FILE_COMMANDS}. For a host of that name, write ${bare}:${defaultPort}`;
  if (/^"|"$|^'|'$|^[\u2018\u2019\u201c\u201d`]/.test(bare))
    return `has quotation marks; write ${bare.replaceAll(QUOTE_MARKS, '') || 'host'} without them`;
  if (/^[\d.]+\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i.test(bare) || /^[\w.-]+\/\d{1,2}$/.test(bare))
    return 'is a network, not a host; write its hosts one by one, or in a file with --targets FILE';
  if (bare.includes('@'))
    return `has a user name, which cannot be used here; write only the host, as in host:${defaultPort}`;
  if (bare.includes('*')) return 'has a wildcard; write the hosts one by one, or in a file with --targets FILE';
  if (/[,;]/.test(bare))
    return `is a list; write the hosts as separate words: ${bare
      .split(/[\s,;]+/)
      .filter(Boolean)
      .join(' ')}`;
  if (/\s/.test(bare)) return `has a space; write one host as one word, as in host:${defaultPort}`;
  if (bare.includes('/')) return `has a path, which cannot be used here; use ${bare.replace(/\/.*/, '') || 'host'}`;
  if (/^\d{1,5}$/.test(bare) && bare === text)
    return `is a number, not a host; write a port behind its host, as in host:${bare}`;
  if (/[\uff01-\uff5e\u3002]/.test(bare))
    return 'has full-width characters; write ordinary letters, digits, dots and colons';
  return undefined;
}

/** How files are written whose names end like this: `--csv x.csv` is a usual mistake, because --csv takes no file. */
const WRITES_TO: Readonly<Record<string, string>> = {
  '.csv': '--csv --output FILE writes results to it',
  '.html': '--html FILE writes a report to it',
};

const FILE_COMMANDS = 'tentacle-ping explain FILE reads a log, and tentacle-ping compare FILE FILE reports';
