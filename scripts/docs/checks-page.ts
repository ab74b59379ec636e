import { CHECK_GROUPS, findings } from 'tentacle-protocol/diagnostics';
import { GENERATED, stepLine } from './markdown.js';

/** docs/checks.md: everything that `check` can find, by group. */
export function checksPage(): string {
  const about =
    '`tentacle-pong check` tests the host of a Tentacle, and `tentacle-ping check` that of an Octopus Server. This is everything that they can find, by group, each with an example. Failures of connections have pages of their own, in [failures](failures/README.md). Ids are API: they are never renamed.';
  const sections = [...CHECK_GROUPS, 'any' as const].flatMap((group) => {
    const ofGroup = findings.filter((finding) => finding.group === group);
    if (ofGroup.length === 0) return [];
    return [
      `## ${group === 'any' ? 'any group' : group}`,
      ...ofGroup.flatMap(({ id, example }) => [`### ${id}`, ...body(example)]),
    ];
  });
  return `${[GENERATED, '# Checks', about, ...sections].join('\n\n')}\n`;
}

function body({ status, title, means, next }: (typeof findings)[number]['example']): string[] {
  return [
    `**${status}: ${title}.**${means === undefined ? '' : ` ${means}`}`,
    ...(next.length === 0 ? [] : [next.map((step, index) => stepLine(step, index)).join('\n')]),
  ];
}
