/** Whether a rule applies to the packet that is asked about. */
export type Match = 'yes' | 'no' | 'maybe';

/** What becomes of a packet. `other`: what a rule does that this program does not know. */
export type VerdictKind = 'accept' | 'drop' | 'reject' | 'redirect' | 'other';

/** What a rule does to a packet that it applies to. `untrack`: exempts it from connection tracking, and continues. */
export type Action =
  | { readonly kind: VerdictKind | 'return' | 'continue' | 'untrack' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };

/** One rule, evaluated for the packet. */
export interface Rule {
  readonly match: Match;
  readonly action: Action;
  /** As its program prints it. */
  readonly text: string;
}

/** A list of rules. */
export interface Chain {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Where the system itself starts; absent for a chain that only others jump to. */
  readonly base?: {
    readonly type: 'filter' | 'nat';
    readonly policy: VerdictKind;
    /** Whether the packet passes it: one at a device is for the packets of that device only. */
    readonly match: Match;
  };
}

/** A possible end of the packet, and the rule or policy that it is by. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly rule: string;
}

/** What one base chain does to the packet. */
export interface ChainResult {
  readonly chain: string;
  readonly type: 'filter' | 'nat';
  /** All that is possible, in the order of the rules. The last one applies if no earlier one does. */
  readonly verdicts: readonly Verdict[];
}

interface Walk {
  readonly verdicts: readonly Verdict[];
  /** Whether the packet may come out at the chain's end. */
  readonly fallsThrough: boolean;
}

/** Jumps within jumps; the kernel allows 16. */
const DEPTH_MAX = 16;

/** Evaluates every base chain. A rule that may apply adds its verdict and lets the packet pass on. */
export function evaluate(chains: ReadonlyMap<string, Chain>): readonly ChainResult[] {
  const walks = new Map<string, Walk>();
  const walk = (name: string, depth: number): Walk => {
    const known = walks.get(name);
    if (known !== undefined) return known;
    const chain = chains.get(name);
    if (chain === undefined || depth > DEPTH_MAX)
      return { verdicts: [{ kind: 'other', rule: `chain ${name}` }], fallsThrough: true };
    const result = walkRules(chain.rules, (target) => walk(target, depth + 1));
    walks.set(name, result);
    return result;
  };
  return [...chains].flatMap(([key, { name, base }]) => {
    if (base === undefined || base.match === 'no') return [];
    const { verdicts, fallsThrough } = walk(key, 0);
    const policy: Verdict = { kind: base.policy, rule: `policy ${base.policy} of ${name}` };
    const passed: Verdict = { kind: 'accept', rule: `devices that ${name} is not for` };
    const ends = [...verdicts, ...(fallsThrough ? [policy] : []), ...(base.match === 'maybe' ? [passed] : [])];
    return [{ chain: name, type: base.type, verdicts: ends }];
  });
}

function walkRules(rules: readonly Rule[], walk: (chain: string) => Walk): Walk {
  const verdicts: Verdict[] = [];
  let mayReturn = false;
  for (const { match, action, text } of rules) {
    if (match === 'no' || action.kind === 'continue' || action.kind === 'untrack') continue;
    const isSure = match === 'yes';
    if (action.kind === 'return') {
      if (isSure) return { verdicts, fallsThrough: true };
      mayReturn = true;
    } else if (action.kind === 'jump' || action.kind === 'goto') {
      const target = walk(action.chain);
      verdicts.push(...target.verdicts);
      if (isSure && action.kind === 'goto') return { verdicts, fallsThrough: target.fallsThrough || mayReturn };
      if (isSure && !target.fallsThrough) return { verdicts, fallsThrough: mayReturn };
    } else {
      verdicts.push({ kind: action.kind, rule: text });
      if (isSure) return { verdicts, fallsThrough: mayReturn };
    }
  }
  return { verdicts, fallsThrough: true };
}

export function negate(match: Match): Match {
  return match === 'maybe' ? 'maybe' : match === 'yes' ? 'no' : 'yes';
}

/** All of them: one that does not apply decides. */
export function both(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('maybe') ? 'maybe' : 'yes';
}
