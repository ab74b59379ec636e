import type { Packet } from './packet.js';
import { matchInterface } from './packet.js';
import { type Action, both, type Chain, type Match, negate, type Rule, type VerdictKind } from './ruleset.js';

/** The chains that an incoming packet passes, by table. */
const BASE_CHAINS: readonly string[] = ['INPUT', 'PREROUTING'];

const POLICIES: Readonly<Record<string, VerdictKind>> = { ACCEPT: 'accept', DROP: 'drop' };

/**
 * Reads the output of iptables-save or ip6tables-save, for the packet. Chains are keyed by their table.
 * @param source the first word of each key: the command, or the family of nftables.
 */
export function readIptables(text: string, packet: Packet, source: string): ReadonlyMap<string, Chain> {
  const chains = new Map<string, { name: string; rules: Rule[]; base?: NonNullable<Chain['base']> }>();
  let table = '';
  const keyOf = (chain: string): string => `${source} ${table} ${chain}`;
  for (const line of text.split('\n')) {
    const [, name] = /^\*(\S+)/.exec(line) ?? [];
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    const [, rulesOf, rest] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) table = name;
    else if (chain !== undefined) {
      const isBase = BASE_CHAINS.includes(chain);
      const base = {
        type: table === 'nat' ? 'nat' : 'filter',
        policy: POLICIES[policy ?? ''] ?? 'accept',
        match: 'yes',
      } as const;
      chains.set(keyOf(chain), { name: `${source} ${table} ${chain}`, rules: [], ...(isBase ? { base } : {}) });
    } else if (rulesOf !== undefined)
      chains.get(keyOf(rulesOf))?.rules.push({ ...readRule(rest ?? '', packet, keyOf), text: line });
  }
  return chains;
}

function readRule(text: string, packet: Packet, keyOf: (chain: string) => string): Pick<Rule, 'match' | 'action'> {
  const words = (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
  const matches: Match[] = [];
  let isNegated = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '!') isNegated = true;
    else if (word === '-j' || word === '-g') {
      return { match: both(matches), action: actionOf(words.slice(i + 1), word === '-g', keyOf) };
    } else if (word === '--comment') {
      // Any text, also that of an option.
      i++;
    } else if (word.startsWith('-')) {
      const values: string[] = [];
      while (words[i + 1] !== undefined && words[i + 1] !== '!' && !(words[i + 1] ?? '').startsWith('-'))
        values.push(words[++i] ?? '');
      const match = matchOption(word, values, packet);
      matches.push(isNegated ? negate(match) : match);
      isNegated = false;
    }
  }
  return { match: both(matches), action: { kind: 'continue' } };
}

/** Modules whose options are all known here, or that a rule may have without any. */
const KNOWN_MODULES: readonly (string | undefined)[] = [
  'tcp',
  'udp',
  'icmp',
  'icmp6',
  'multiport',
  'comment',
  'state',
  'conntrack',
  'addrtype',
  'rpfilter',
];

function matchOption(option: string, values: readonly string[], packet: Packet): Match {
  const [value = ''] = values;
  const list = value.split(',');
  const isOneOf = (word: string): Match => (list.includes(word) ? 'yes' : 'no');
  switch (option) {
    case '-m':
      return KNOWN_MODULES.includes(value) ? 'yes' : 'maybe';
    case '-p':
      return value === 'tcp' || value === '6' || value === 'all' ? 'yes' : 'no';
    case '-i':
      return matchInterface(packet, value, '+');
    case '--dport':
    case '--dports':
      return list.some((range) => holdsPort(range, packet.port)) ? 'yes' : 'no';
    case '--state':
    case '--ctstate':
      return packet.isTracked ? isOneOf('NEW') : 'maybe';
    case '--dst-type':
      return isOneOf('LOCAL');
    case '--tcp-flags':
      // Of the first packet of a connection, SYN alone is set.
      return (values[1] ?? '') === (list.includes('SYN') || value === 'ALL' ? 'SYN' : 'NONE') ? 'yes' : 'no';
    case '--syn':
      return 'yes';
    case '--invert':
    case '-f':
      // A reverse path filter drops packets that come from where no route leads; a fragment is not the first packet.
      return 'no';
    case '-s':
    case '-d':
      return value.startsWith('127.') || value === '::1/128' ? 'no' : 'maybe';
    default:
      return option.startsWith('--icmp') ? 'no' : 'maybe';
  }
}

/** `22` or `8000:8010` */
function holdsPort(range: string, port: number): boolean {
  const [from, to = from] = range.split(':').map(Number);
  return from !== undefined && to !== undefined && port >= from && port <= to;
}

const TARGETS: ReadonlyMap<string, VerdictKind | 'return' | 'untrack'> = new Map([
  ['ACCEPT', 'accept'],
  ['DROP', 'drop'],
  ['REJECT', 'reject'],
  ['RETURN', 'return'],
  ['DNAT', 'redirect'],
  ['REDIRECT', 'redirect'],
  ['TPROXY', 'redirect'],
  ['QUEUE', 'other'],
  ['NFQUEUE', 'other'],
  ['NOTRACK', 'untrack'],
]);

/** Targets after which the packet goes on to the next rule. */
const PASSING =
  /^(?:LOG|NFLOG|ULOG|MARK|CONNMARK|CT|TRACE|SET|TCPMSS|TOS|DSCP|TTL|HL|AUDIT|CONNSECMARK|SECMARK|CLASSIFY|CHECKSUM|TEE)$/;

/** What a target that is not a chain does; undefined for any other name. */
export function targetAction(target: string): Action | undefined {
  const kind = TARGETS.get(target);
  if (kind !== undefined) return { kind };
  return PASSING.test(target) ? { kind: 'continue' } : undefined;
}

/** @param words the target and its options. */
function actionOf(words: readonly string[], isGoto: boolean, keyOf: (chain: string) => string): Action {
  const [target = ''] = words;
  if (target === 'CT' && words.includes('--notrack')) return { kind: 'untrack' };
  return targetAction(target) ?? { kind: isGoto ? 'goto' : 'jump', chain: keyOf(target) };
}
