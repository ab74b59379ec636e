import type { Step } from '../step.js';
import type { Check, CheckGroupName, CheckStatus } from './check.js';

/** The group whose checks find it; `any`: it can happen to each group. */
export type FindingGroup = CheckGroupName | 'any';

/** One kind of thing that a check can find, with its texts. */
export interface FindingDefinition<Id extends string, Facts> {
  /** `group.what`, or `local.what` for faults of this host. API: never renamed. */
  readonly id: Id;
  readonly group: FindingGroup;
  readonly status: CheckStatus;
  /** What was found, in one line of at most 100 characters, with its names and numbers. */
  readonly title: (facts: Facts) => string;
  /** What that means for the connection. */
  readonly means?: (facts: Facts) => string;
  readonly next?: (facts: Facts) => readonly Step[];
  /** Facts that are typical for it, with documentation names and addresses. */
  readonly example: NoInfer<Facts>;
}

/** A kind of finding as documents show it. */
export interface Finding<Id extends string = string> {
  readonly id: Id;
  readonly group: FindingGroup;
  /** The check of its typical facts. */
  readonly example: Check;
}

/** A kind of finding as checks use it. */
export interface FindingOf<Id extends string, Facts> extends Finding<Id> {
  /** @param evidence what it was found from. */
  readonly check: (facts: Facts, evidence?: readonly string[]) => Check;
}

/** Returns the finding, with its id as a literal type. */
export function defineFinding<const Id extends string, Facts>(
  definition: FindingDefinition<Id, Facts>,
): FindingOf<Id, Facts> {
  const { id, group, status, title, means, next, example } = definition;
  const check = (facts: Facts, evidence: readonly string[] = []): Check => ({
    id,
    status,
    title: title(facts),
    ...(means === undefined ? {} : { means: means(facts) }),
    evidence,
    next: next?.(facts) ?? [],
    page: `checks.md#${id.replaceAll('.', '')}`,
  });
  return {
    id,
    group,
    check,
    // Only documents and `explain` need it.
    get example() {
      return check(example);
    },
  };
}
