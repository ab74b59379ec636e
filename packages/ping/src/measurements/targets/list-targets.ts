import {
  omitUndefined,
  parseTarget,
  parseThumbprintOption,
  quote,
  type Target,
  UsageError,
} from 'tentacle-protocol/cli';

/** One of many targets. */
export interface ListedTarget extends Target {
  /** The required thumbprint. */
  readonly thumbprint?: string;
}

/** More Tentacles than any Octopus Server has; a longer list can be split. */
const TARGETS_MAX = 100_000;

/** The hosts of the command line, then those of the file, in order; a host that is listed twice is measured twice. */
export function listTargets(
  words: readonly string[],
  file?: { readonly name: string; readonly text: string },
): ListedTarget[] {
  const targets: ListedTarget[] = words.map((word) => parseTarget(word));
  if (file !== undefined) {
    for (const [index, line] of file.text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .entries()) {
      const target = targetIn(line, `${file.name}, line ${index + 1}`);
      if (target !== undefined) targets.push(target);
      if (targets.length > TARGETS_MAX)
        throw new UsageError(`more than ${TARGETS_MAX} targets; split them into several runs`);
    }
    if (targets.length === 0)
      throw new UsageError(`${quote(file.name)} contains no target; write one host[:port] per line`);
  }
  return targets;
}

/** Parses `host[:port] [thumbprint]`, with `#` before a comment; undefined for an empty line. */
function targetIn(line: string, where: string): ListedTarget | undefined {
  const [host, thumbprint, ...more] = line
    .replace(/#.*/, '')
    .trim()
    .split(/[\s,;]+/);
  if (host === undefined || host === '') return undefined;
  try {
    if (more.length > 0)
      throw new UsageError(`unexpected ${quote(more.join(' '))}; write host[:port] and, optionally, a thumbprint`);
    const isPinned = thumbprint !== undefined && thumbprint !== '';
    const pin = isPinned ? parseThumbprintOption(thumbprint, 'thumbprint') : undefined;
    return omitUndefined({ ...parseTarget(host), thumbprint: pin });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}
