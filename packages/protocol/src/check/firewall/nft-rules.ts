import { readArray, readObject } from '../powershell-values.js';
import { targetAction } from './iptables-rules.js';
import { canHave, matchNft, type NftSets } from './match-nft.js';
import type { Packet } from './packet.js';
import { type Action, both, type Chain, type Match, type Rule, type VerdictKind } from './ruleset.js';

type Json = Record<string, unknown>;

/** The hooks that an incoming packet passes before a listener gets it. */
const HOOKS: readonly unknown[] = ['ingress', 'prerouting', 'input'];

/**
 * Reads the output of `nft -j list ruleset`, for one packet.
 * @param texts from `nft -a list ruleset`.
 * @param saved the chains that iptables-save prints of the same tables: it has the conditions that nft does not know.
 */
export function readNft(
  json: unknown,
  packet: Packet,
  texts: NftTexts,
  saved: ReadonlyMap<string, Chain>,
): ReadonlyMap<string, Chain> {
  const items = readArray(readObject(json)?.['nftables']);
  const of = (kind: string): Json[] => items.map((item) => readObject(item[kind])).filter((item) => item !== undefined);
  const families = packet.family === 4 ? ['ip', 'inet', 'netdev'] : ['ip6', 'inet', 'netdev'];
  const dormant = new Set(texts.dormant);
  const isRelevant = (item: Json): boolean => families.includes(String(item['family'])) && !dormant.has(tableOf(item));
  const sets: NftSets = new Map(
    [...of('set'), ...of('map')].map((item) => [`${tableOf(item)} ${String(item['name'])}`, item['elem'] ?? []]),
  );
  const rules = of('rule').filter(isRelevant);
  return new Map(
    of('chain')
      .filter(isRelevant)
      .map((chain) => {
        const key = chainKey(chain);
        const items = rules.filter((item) => chainKey(item) === key);
        const printed = saved.get(key)?.rules ?? [];
        const all = items.flatMap((item, i) => {
          // iptables-save prints a line for each rule, those that it cannot express without their action.
          const own = printed.length === items.length && isForeign(item) ? printed[i] : undefined;
          return own === undefined ? rulesOf(item, packet, sets, ruleText(item, texts)) : [own];
        });
        return [key, { ...chainOf(chain, packet, texts), rules: all }];
      }),
  );
}

/** Whether a rule has a part of iptables, of which nft shows the name only. */
function isForeign(item: Json): boolean {
  return JSON.stringify(item['expr'] ?? '').includes('"xt"');
}

function ruleText(item: Json, texts: NftTexts): string {
  const table = tableOf(item);
  const text = texts.rules.get(`${table} ${String(item['handle'])}`) ?? `rule ${String(item['handle'])}`;
  return `${table} ${String(item['chain'])}: ${text}`;
}

/** What the text of `nft -a list ruleset` has beyond its JSON. */
export interface NftTexts {
  /** The rules as people write them, by table and handle. */
  readonly rules: ReadonlyMap<string, string>;
  /** Tables that are switched off, which the JSON of nft 1.0 does not say. */
  readonly dormant: readonly string[];
  /** The devices of chains that are for some only, by table and name, which the JSON of nft 1.0 does not have either. */
  readonly devices: ReadonlyMap<string, readonly string[]>;
}

/** Reads the output of `nft -a list ruleset`, in which the runner has replaced tabs by question marks. */
export function readNftTexts(text: string): NftTexts {
  const rules = new Map<string, string>();
  const dormant: string[] = [];
  const devices = new Map<string, readonly string[]>();
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    const [, family, name] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    const [, rule, handle] = /^[\s?]+(.*?) # handle (\d+)$/.exec(line) ?? [];
    const [, chainName] = /^[\s?]+chain (\S+) \{/.exec(line) ?? [];
    const [, deviceList] = /^[\s?]+type .* devices? (?:= )?(\{[^}]*\}|\S+)/.exec(line) ?? [];
    if (family !== undefined && name !== undefined) table = `${family} ${name}`;
    else if (chainName !== undefined) chain = `${table} ${chainName}`;
    else if (deviceList !== undefined) devices.set(chain, deviceList.match(/[^\s{},"]+/g) ?? []);
    else if (/^[\s?]*flags\b.*\bdormant\b/.test(line)) dormant.push(table);
    else if (rule !== undefined && handle !== undefined) rules.set(`${table} ${handle}`, rule);
  }
  return { rules, dormant, devices };
}

function tableOf(item: Json): string {
  return `${String(item['family'])} ${String(item['table'] ?? item['name'])}`;
}

function chainKey(item: Json): string {
  return `${tableOf(item)} ${String(item['chain'] ?? item['name'])}`;
}

function chainOf(item: Json, packet: Packet, texts: NftTexts): Omit<Chain, 'rules'> {
  const name = `nftables ${chainKey(item)}`;
  if (!HOOKS.includes(item['hook'])) return { name };
  const type = item['type'] === 'nat' ? 'nat' : 'filter';
  const match = item['hook'] === 'ingress' ? matchDevices(texts.devices.get(chainKey(item)), packet) : 'yes';
  return { name, base: { type, policy: item['policy'] === 'drop' ? 'drop' : 'accept', match } };
}

/** Whether the packet comes in by one of these devices, which may be below its interface: a part of a bridge or bond. */
function matchDevices(devices: readonly string[] | undefined, { interfaces }: Packet): Match {
  if (devices?.every((device) => device === 'lo') === true) return 'no';
  return interfaces.length > 0 && interfaces.every((own) => devices?.includes(own)) ? 'yes' : 'maybe';
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
      if (action.kind === 'untrack') rules.push({ match: both(matches), action, text });
      else if (action.kind !== 'continue') return [...rules, { match: both(matches), action, text }];
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
    const anyMatch = canHave(key, packet) ? 'yes' : 'no';
    const match = element === '*' ? anyMatch : matchNft({ op: '==', left: key, right: element }, packet, sets, table);
    return [{ match: both([...matches, match]), action: actionOf(kind, value, table), text }];
  });
}

/** What iptables-nft adds: of its matches, only the comment is known from here. Old versions of nft show nothing of it. */
function readExtension({ type, name }: Json): { readonly match: Match; readonly action?: Action } {
  if (type === 'match') return { match: name === 'comment' ? 'yes' : 'maybe' };
  const action = type === 'target' ? targetAction(String(name)) : undefined;
  if (action === undefined) return { match: 'maybe', action: { kind: 'other' } };
  return action.kind === 'continue' ? { match: 'yes' } : { match: 'yes', action };
}

const VERDICTS: ReadonlyMap<string, VerdictKind | 'return' | 'untrack'> = new Map([
  ['accept', 'accept'],
  ['drop', 'drop'],
  ['reject', 'reject'],
  ['return', 'return'],
  ['dnat', 'redirect'],
  ['redirect', 'redirect'],
  ['tproxy', 'redirect'],
  // They change the sender's address, and end the chain.
  ['snat', 'accept'],
  ['masquerade', 'accept'],
  ['notrack', 'untrack'],
]);

/** Statements after which the packet goes on to the next one. */
const PASSING: ReadonlySet<string> = new Set([
  'continue',
  'counter',
  'log',
  'last',
  'mangle',
  'set',
  'map',
  'dup',
  'flow',
  'reset',
  'secmark',
  'ct helper',
  'ct timeout',
  'ct expectation',
]);

function actionOf(kind: string, value: unknown, table: string): Action {
  const verdict = VERDICTS.get(kind);
  if (verdict !== undefined) return { kind: verdict };
  if (kind === 'jump' || kind === 'goto') return { kind, chain: `${table} ${String(readObject(value)?.['target'])}` };
  return { kind: PASSING.has(kind) ? 'continue' : 'other' };
}
