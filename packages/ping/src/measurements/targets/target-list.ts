import { parseTarget, parseThumbprintOption, quote, type Target, UsageError } from 'tentacle-protocol';

/** One of many targets. */
export interface ListedTarget extends Target {
  /** The thumbprint that it must have. */
  readonly thumbprint?: string;
}

/** More Tentacles than any Octopus Server has; who has more runs it once for each part. */
const TARGETS_MOST = 100_000;

/** The hosts of the command line, then those of the file, in order; one that stands twice is measured twice. */
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
      if (targets.length > TARGETS_MOST)
        throw new UsageError(`more than ${TARGETS_MOST} targets; split them into several runs`);
    }
    if (targets.length === 0)
      throw new UsageError(`${quote(file.name)} names no target; write one host[:port] on a line`);
  }
  return targets;
}

/** `host[:port] [thumbprint]`, and `#` before a remark; undefined for an empty line. */
function targetIn(line: string, where: string): ListedTarget | undefined {
  const [host, thumbprint, ...more] = line
    .replace(/#.*/, '')
    .trim()
    .split(/[\s,;]+/);
  if (host === undefined || host === '') return undefined;
  try {
    if (more.length > 0)
      throw new UsageError(`what is ${quote(more.join(' '))}? write host[:port] and, if need be, a thumbprint`);
    return {
      ...parseTarget(host),
      ...(thumbprint === undefined || thumbprint === ''
        ? {}
        : { thumbprint: parseThumbprintOption(thumbprint, 'thumbprint') }),
    };
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}
