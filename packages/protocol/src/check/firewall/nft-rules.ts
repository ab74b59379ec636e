import { readArray, readObject } from '../powershell-values.js';
import { matchNft, type NftSets } from './match-nft.js';
import type { Packet } from './packet.js';
import { type Action, both, type Chain, type Match, type Rule, type VerdictKind } from './ruleset.js';

type Json = Record<string, unknown>;

/** What nftables has, for one packet. */
export interface NftRules {
  readonly chains: ReadonlyMap<string, Chain>;
  /** Tables with rules of iptables, which iptables-save prints in full: `ip filter`. */
  readonly foreignTables: readonly string[];
}

/** The hooks that an incoming packet passes before a listener gets it. */
const HOOKS: readonly unknown[] = ['ingress', 'prerouting', 'input'];

/** Reads the output of `nft -j list ruleset`. @param texts from `nft -a list ruleset`. */
export function readNft(json: unknown, packet: Packet, texts: NftTexts): NftRules {
  const items = readArray(readObject(json)?.['nftables']);
  const of = (kind: string): Json[] => items.map((item) => readObject(item[kind])).filter((item) => item !== undefined);
  const families = packet.family === 4 ? ['ip', 'inet', 'netdev'] : ['ip6', 'inet', 'netdev'];
  const dormant = new Set(texts.dormant);
  const isRelevant = (item: Json): boolean => families.includes(String(item['family'])) && !dormant.has(tableOf(item));
  const sets: NftSets = new Map(
    [...of('set'), ...of('map')].map((item) => [`${tableOf(item)} ${String(item['name'])}`, item['elem'] ?? []]),
  );
  const chains = new Map<string, { name: string; rules: Rule[]; base?: NonNullable<Chain['base']> }>();
  for (const item of of('chain').filter(isRelevant)) chains.set(chainKey(item), chainOf(item));
  const foreign = new Set<string>();
  for (const item of of('rule').filter(isRelevant)) {
    const table = tableOf(item);
    if (JSON.stringify(item['expr'] ?? '').includes('"xt"')) foreign.add(table);
    const text = texts.rules.get(`${table} ${String(item['handle'])}`) ?? `rule ${String(item['handle'])}`;
    const chain = String(item['chain']);
    chains.get(chainKey(item))?.rules.push(...rulesOf(item, packet, sets, `${table} ${chain}: ${text}`));
  }
  return { chains, foreignTables: [...foreign] };
}

/** What the text of `nft -a list ruleset` has beyond its JSON. */
export interface NftTexts {
  /** The rules as people write them, by table and handle. */
  readonly rules: ReadonlyMap<string, string>;
  /** Tables that are switched off, which the JSON of nft 1.0 does not say. */
  readonly dormant: readonly string[];
}

/** Reads the output of `nft -a list ruleset`, in which the runner has replaced tabs by question marks. */
export function readNftTexts(text: string): NftTexts {
  const rules = new Map<string, string>();
  const dormant: string[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    const [, family, name] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    const [, rule, handle] = /^[\s?]+(.*?) # handle (\d+)$/.exec(line) ?? [];
    if (family !== undefined && name !== undefined) table = `${family} ${name}`;
    else if (/^[\s?]*flags\b.*\bdormant\b/.test(line)) dormant.push(table);
    else if (rule !== undefined && handle !== undefined) rules.set(`${table} ${handle}`, rule);
  }
  return { rules, dormant };
}

function tableOf(item: Json): string {
  return `${String(item['family'])} ${String(item['table'] ?? item['name'])}`;
}

function chainKey(item: Json): string {
  return `${tableOf(item)} ${String(item['chain'] ?? item['name'])}`;
}

function chainOf(item: Json): { name: string; rules: Rule[]; base?: NonNullable<Chain['base']> } {
  const name = `nftables ${chainKey(item)}`;
  if (!HOOKS.includes(item['hook'])) return { name, rules: [] };
  const type = item['type'] === 'nat' ? 'nat' : 'filter';
  return { name, rules: [], base: { type, policy: item['policy'] === 'drop' ? 'drop' : 'accept' } };
}

/** A rule with a verdict map is several: one for each of its elements. */
function rulesOf(item: Json, packet: Packet, sets: NftSets, text: string): readonly Rule[] {
  const matches: Match[] = [];
  const rules: Rule[] = [];
  for (const expression of readArray(item['expr'])) {
    const [kind = '', value] = Object.entries(expression)[0] ?? [];
    if (kind === 'match') matches.push(matchNft(readObject(value) ?? {}, packet, sets, tableOf(item)));
    else if (kind === 'limit' || kind === 'quota' || kind === 'ct count' || kind === 'meter') matches.push('maybe');
    else if (kind === 'xt') {
      const { match, action } = readExtension(readObject(value) ?? {});
      matches.push(match);
      if (action !== undefined) return [{ match: both(matches), action, text }];
    } else if (kind === 'vmap') rules.push(...mapRules(readObject(value) ?? {}, { packet, sets, matches, text }, item));
    else {
      const action = actionOf(kind, value, tableOf(item));
      if (action.kind !== 'continue') return [...rules, { match: both(matches), action, text }];
    }
  }
  return rules;
}

interface RuleContext {
  readonly packet: Packet;
  readonly sets: NftSets;
  readonly matches: readonly Match[];
  readonly text: string;
}

function mapRules(vmap: Json, { packet, sets, matches, text }: RuleContext, item: Json): readonly Rule[] {
  const table = tableOf(item);
  const { data, key } = vmap;
  const named = typeof data === 'string' ? sets.get(`${table} ${data.slice(1)}`) : readObject(data)?.['set'];
  if (!Array.isArray(named)) return [{ match: 'maybe', action: { kind: 'other' }, text }];
  return named.flatMap((pair: unknown): Rule[] => {
    const [element, verdict] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const [kind = '', value] = Object.entries(readObject(verdict) ?? {})[0] ?? [];
    const isAny = element === '*';
    const match = isAny ? 'yes' : matchNft({ op: '==', left: key, right: element }, packet, sets, table);
    return [{ match: both([...matches, match]), action: actionOf(kind, value, table), text }];
  });
}

/** What iptables-nft adds: of its matches, only the comment is known from here. */
function readExtension({ type, name }: Json): { readonly match: Match; readonly action?: Action } {
  if (type === 'match') return { match: name === 'comment' ? 'yes' : 'maybe' };
  if (name === 'REJECT') return { match: 'yes', action: { kind: 'reject' } };
  if (name === 'DNAT' || name === 'REDIRECT') return { match: 'yes', action: { kind: 'redirect' } };
  return { match: 'yes' };
}

const VERDICTS: Readonly<Record<string, VerdictKind | 'return'>> = {
  accept: 'accept',
  drop: 'drop',
  reject: 'reject',
  return: 'return',
  queue: 'other',
  dnat: 'redirect',
  redirect: 'redirect',
  tproxy: 'redirect',
};

function actionOf(kind: string, value: unknown, table: string): Action {
  const verdict = VERDICTS[kind];
  if (verdict !== undefined) return { kind: verdict };
  if (kind !== 'jump' && kind !== 'goto') return { kind: 'continue' };
  return { kind, chain: `${table} ${String(readObject(value)?.['target'])}` };
}
