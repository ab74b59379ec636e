import type { Check } from '../../diagnostics/checks/check.js';
import { firewallFindings, type FirewallFacts, type FirewallManager } from '../../diagnostics/checks/firewall.js';
import type { ChainResult, Verdict } from './ruleset.js';

/** What the rules of one family do to the packet. */
export interface FamilyResult {
  readonly family: 'IPv4' | 'IPv6';
  readonly results: readonly ChainResult[];
}

type Decision = 'none' | 'allowed' | 'blocked' | 'rejected' | 'restricted' | 'undecided' | 'redirected';

interface Decided {
  readonly decision: Decision;
  /** The rules that it is by. */
  readonly rules: readonly string[];
  /** Whether it applies to some connections only. */
  readonly isPartial?: true;
}

/** Judges a port by the rules of both families, as one check where they agree. */
export function judgeFirewall(
  port: number,
  families: readonly FamilyResult[],
  manager: FirewallManager,
  evidence: readonly string[],
): readonly Check[] {
  const decided = families.map(({ family, results }) => ({ family, ...decide(results) }));
  const decisions = [...new Set(decided.map(({ decision }) => decision))];
  return decisions.map((decision) => {
    const same = decided.filter((one) => one.decision === decision);
    const scope = same.map(({ family }) => family).join(' and ');
    const rules = [...new Set(same.flatMap((one) => one.rules))];
    const isPartial = same.some((one) => one.isPartial);
    return checkOf(decision, { port, scope, manager, isPartial }, [...rules, ...evidence]);
  });
}

function checkOf(
  decision: Decision,
  facts: FirewallFacts & { readonly isPartial: boolean },
  evidence: readonly string[],
): Check {
  switch (decision) {
    case 'blocked':
    case 'rejected':
      return firewallFindings.blocked.check({ ...facts, isRejected: decision === 'rejected' }, evidence);
    case 'none':
    case 'allowed':
    case 'restricted':
    case 'undecided':
    case 'redirected':
      return firewallFindings[decision].check(facts, evidence);
  }
}

const UNTRANSLATED: Verdict = { kind: 'accept', rule: 'no connection tracking, where no other rule needs it' };

/** Every base chain must accept a packet, and any of them can drop it. */
function decide(results: readonly ChainResult[]): Decided {
  const redirects = results.flatMap(({ verdicts }) => verdicts.filter(({ kind }) => kind === 'redirect'));
  if (redirects.length > 0) {
    const isSure = results.some(({ verdicts }) => verdicts.every(({ kind }) => kind === 'redirect'));
    const rules = redirects.map(({ rule }) => rule);
    return { decision: 'redirected', rules, ...(isSure ? {} : { isPartial: true }) };
  }
  // Chains that translate addresses may drop the packet too, but see it only where connections are tracked.
  const filters = results.flatMap((result) => {
    if (result.type === 'filter') return [result];
    return result.verdicts.some(isBlock) ? [{ ...result, verdicts: [...result.verdicts, UNTRANSLATED] }] : [];
  });
  const chains = filters.map(decideChain);
  const first = (...decisions: readonly Decision[]): Decided | undefined =>
    chains.find(({ decision }) => decisions.includes(decision));
  const isUnfiltered = filters.every(
    ({ verdicts }) => verdicts.length === 1 && verdicts[0]?.rule.startsWith('policy accept'),
  );
  if (isUnfiltered) return { decision: 'none', rules: [] };
  return (
    first('blocked', 'rejected') ??
    first('restricted') ??
    first('undecided') ?? { decision: 'allowed', rules: chains.flatMap(({ rules }) => rules) }
  );
}

/** The last verdict is that of a packet to which no rule with conditions applies. */
function decideChain({ verdicts }: ChainResult): Decided {
  const last = verdicts.at(-1);
  const rules = verdicts.map(({ rule }) => rule);
  if (verdicts.every(isBlock)) return { decision: last?.kind === 'reject' ? 'rejected' : 'blocked', rules };
  if (verdicts.every(({ kind }) => kind === 'accept')) return { decision: 'allowed', rules: rules.slice(-1) };
  return { decision: last !== undefined && isBlock(last) ? 'restricted' : 'undecided', rules };
}

function isBlock({ kind }: Verdict): boolean {
  return kind === 'drop' || kind === 'reject';
}
