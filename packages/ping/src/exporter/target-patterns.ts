import { parseTarget, type Target, UsageError } from 'tentacle-protocol/cli';

/** Hosts and ports that may be probed: `*.example.com:10933`, in which `*` matches any characters of a host. */
export interface TargetPattern {
  readonly text: string;
  readonly host: RegExp;
  /** Absent: any port. */
  readonly port?: number;
}

/** As long as a DNS name: longer ones match nothing. */
const PATTERN_MAX_CHARS = 253;

/** Two wildcards let a hostile name cost a matcher no more than the square of its 253 characters. */
const WILDCARDS_MAX = 2;

/** A letter that no host name here has: the runic letter gebo, which looks like a cross. */
const WILDCARD_LETTER = '\u16B7';

/** @throws UsageError */
export function parseTargetPattern(text: string): TargetPattern {
  if ((text.match(/\*/g)?.length ?? 0) > WILDCARDS_MAX || text.length > PATTERN_MAX_CHARS)
    throw new UsageError(`a pattern has at most ${WILDCARDS_MAX} asterisks and ${PATTERN_MAX_CHARS} characters`);
  // Whatever is a target is a pattern, once its asterisks are read as letters.
  const hasPort = /(?:^[^:]*|\]):\d+$/.test(text);
  const { host, port } = parseTarget(text.replaceAll('*', WILDCARD_LETTER));
  const pattern = host
    .toLowerCase()
    .replace(/\.$/, '')
    .split(WILDCARD_LETTER)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  return { text, host: new RegExp(`^${pattern}$`, 'u'), ...(hasPort ? { port } : {}) };
}

/** Whether a target may be probed; without patterns, any may. */
export function isAllowed({ host, port }: Target, patterns: readonly TargetPattern[]): boolean {
  if (patterns.length === 0) return true;
  const name = host.toLowerCase().replace(/\.$/, '');
  return patterns.some((pattern) => (pattern.port ?? port) === port && pattern.host.test(name));
}
