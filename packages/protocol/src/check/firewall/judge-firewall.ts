import type { Check } from '../../diagnostics/checks/check.js';
import { firewallFindings, type FirewallFacts, type FirewallManager } from '../../diagnostics/checks/firewall.js';
import type { ChainResult } from './ruleset.js';

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
    return checkOf(decision, { port, scope, manager }, [...rules, ...evidence]);
  });
}

function checkOf(decision: Decision, facts: FirewallFacts, evidence: readonly string[]): Check {
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

/** Every base chain must accept a packet, and any of them can drop it. */
function decide(results: readonly ChainResult[]): Decided {
  const redirects = results.flatMap(({ type, verdicts }) =>
    type === 'nat' ? verdicts.filter(({ kind }) => kind === 'redirect') : [],
  );
  if (redirects.length > 0) return { decision: 'redirected', rules: redirects.map(({ rule }) => rule) };
  const filters = results.filter(({ type }) => type === 'filter');
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
  const isBlock = (kind: string | undefined): boolean => kind === 'drop' || kind === 'reject';
  if (verdicts.every(({ kind }) => isBlock(kind)))
    return { decision: last?.kind === 'reject' ? 'rejected' : 'blocked', rules };
  if (verdicts.every(({ kind }) => kind === 'accept')) return { decision: 'allowed', rules: rules.slice(-1) };
  return { decision: isBlock(last?.kind) ? 'restricted' : 'undecided', rules };
}
