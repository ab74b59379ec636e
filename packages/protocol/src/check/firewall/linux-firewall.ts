import type { Check } from '../../diagnostics/checks/check.js';
import { firewallFindings, type FirewallManager } from '../../diagnostics/checks/firewall.js';
import { isLinkLocal } from '../addresses/address-kinds.js';
import { readText } from '../../host/read-text.js';
import { singleLine } from '../../text/sanitize.js';
import type { Host } from '../host.js';
import type { CommandResult } from '../run-command.js';
import { readIptables } from './iptables-rules.js';
import { type FamilyResult, judgeFirewall } from './judge-firewall.js';
import { type NftTexts, readNft, readNftTexts } from './nft-rules.js';
import type { Packet } from './packet.js';
import { type Chain, evaluate } from './ruleset.js';

/** What the commands of Linux's firewalls printed. */
interface LinuxRules {
  /** `nft -j list ruleset` */
  readonly json: unknown;
  readonly texts: NftTexts;
  /** The rules of iptables, by the command that printed them. */
  readonly saved: readonly { readonly family: 4 | 6; readonly source: string; readonly text: string }[];
  /** Lines about programs that manage the rules. */
  readonly managers: readonly string[];
}

/** A large ruleset takes a second. */
const COMMAND_MS = 4000;

/** The names of a few tables. */
const NAMES_MAX_BYTES = 4096;

/** Judges each port by the rules that the kernel has. */
export async function checkLinuxFirewall(host: Host, ports: readonly number[]): Promise<readonly Check[]> {
  const rules = await readRules(host);
  if ('lacked' in rules) return ports.map((port) => firewallFindings.unread.check({ port, ...rules }, rules.evidence));
  return ports.flatMap((port) => {
    const families = familiesOf(host).map(
      ({ family, name, interfaces }): FamilyResult & { chains: readonly string[] } => {
        const chains = chainsOf(rules, { family, port, interfaces });
        return { family: name, results: evaluate(chains), chains: [...chains.keys()] };
      },
    );
    const manager = managerOf(
      families.flatMap(({ chains }) => chains),
      rules,
    );
    return judgeFirewall(port, families, manager, rules.managers);
  });
}

interface Family {
  readonly family: 4 | 6;
  readonly name: 'IPv4' | 'IPv6';
  readonly interfaces: readonly string[];
}

/** The families of which this host has an address that others can use. */
function familiesOf({ interfaces }: Host): readonly Family[] {
  const outer = Object.entries(interfaces).flatMap(([device, infos = []]) =>
    infos.filter(({ internal }) => !internal).map((info) => ({ ...info, device })),
  );
  const names = [...new Set(outer.map(({ device }) => device))];
  const all = [
    { family: 4, name: 'IPv4', interfaces: names },
    { family: 6, name: 'IPv6', interfaces: names },
  ] as const;
  const used = all.filter(({ name }) => outer.some(({ family, address }) => family === name && !isLinkLocal(address)));
  return used.length === 0 ? all.slice(0, 1) : used;
}

function chainsOf(rules: LinuxRules, packet: Omit<Packet, 'isTracked'>): ReadonlyMap<string, Chain> {
  const chains = readChains(rules, { ...packet, isTracked: true });
  const mayUntrack = [...chains.values()].some((chain) =>
    chain.rules.some(({ match, action }) => match !== 'no' && action.kind === 'untrack'),
  );
  return mayUntrack ? readChains(rules, { ...packet, isTracked: false }) : chains;
}

function readChains({ json, texts, saved }: LinuxRules, packet: Packet): ReadonlyMap<string, Chain> {
  const printed = saved.filter(({ family }) => family === packet.family);
  const read = (source: string, text: string): ReadonlyMap<string, Chain> => readIptables(text, packet, source);
  const isOfNft = (source: string): boolean => json !== undefined && source === NFT_SOURCE;
  const own = printed.filter(({ source }) => !isOfNft(source)).flatMap(({ source, text }) => [...read(source, text)]);
  // Its tables are those that nft lists.
  const table = packet.family === 4 ? 'ip' : 'ip6';
  const known = printed.filter(({ source }) => isOfNft(source)).flatMap(({ text }) => [...read(table, text)]);
  return new Map([...readNft(json, packet, texts, new Map(known)), ...own]);
}

function managerOf(chains: readonly string[], { saved }: LinuxRules): FirewallManager {
  if (chains.some((key) => / ufw6?-/.test(key))) return 'ufw';
  if (chains.some((key) => /firewalld|IN_public/.test(key))) return 'firewalld';
  return saved.length > 0 ? 'iptables' : 'nftables';
}

/** The commands that print the rules of iptables which the kernel has as those of nftables. */
const NFT_SOURCE = 'iptables-nft';

interface Unread {
  readonly what: string;
  readonly lacked: string;
  readonly evidence: readonly string[];
}

async function readRules(host: Host): Promise<LinuxRules | Unread> {
  const { run, fileRoot } = host;
  const save = async (family: 4 | 6, source: string): Promise<LinuxRules['saved']> => {
    const result = await run(
      `${source}-save`.replace('iptables', family === 4 ? 'iptables' : 'ip6tables'),
      [],
      COMMAND_MS,
    );
    return result.kind === 'done' && result.status === 0 ? [{ family, source, text: result.stdout }] : [];
  };
  const [nft, nftTexts, legacyNames, legacyNames6, managers] = await Promise.all([
    run('nft', ['-j', 'list', 'ruleset'], COMMAND_MS),
    run('nft', ['-a', 'list', 'ruleset'], COMMAND_MS),
    readText(`${fileRoot}/proc/net/ip_tables_names`, NAMES_MAX_BYTES),
    readText(`${fileRoot}/proc/net/ip6_tables_names`, NAMES_MAX_BYTES),
    readManagers(host),
  ]);
  const json = parseJson(nft);
  const lines = [lineOf('nft', nft), ...managers];
  // Where nft shows no table of iptables, its command has nothing to add; the older kind has its own list of tables.
  const needsSaved = json === undefined || JSON.stringify(json).includes('"xt"');
  const isLegacy = (names: string | undefined): boolean => (names ?? '').trim() !== '';
  const saved = await Promise.all([
    ...(needsSaved ? [save(4, nft.kind === 'missing' ? 'iptables' : NFT_SOURCE)] : []),
    ...(needsSaved ? [save(6, nft.kind === 'missing' ? 'iptables' : NFT_SOURCE)] : []),
    ...(isLegacy(legacyNames) ? [save(4, 'iptables-legacy')] : []),
    ...(isLegacy(legacyNames6) ? [save(6, 'iptables-legacy')] : []),
  ]);
  const all = saved.flat();
  if (json === undefined && !(nft.kind === 'missing' && all.length > 0))
    return {
      what: nft.kind === 'missing' ? 'nftables and iptables' : 'nftables',
      lacked: lackOf(nft),
      evidence: lines,
    };
  if ((isLegacy(legacyNames) || isLegacy(legacyNames6)) && !all.some(({ source }) => source.includes('legacy')))
    return { what: 'iptables (legacy)', lacked: 'the command iptables-legacy-save', evidence: lines };
  const texts = readNftTexts(nftTexts.kind === 'done' ? nftTexts.stdout : '');
  return { json, texts, saved: all, managers };
}

function parseJson(result: CommandResult): unknown {
  if (result.kind !== 'done' || result.status !== 0) return undefined;
  try {
    return JSON.parse(result.stdout) as unknown;
  } catch {
    return undefined;
  }
}

function lackOf(result: CommandResult): string {
  switch (result.kind) {
    case 'missing':
      return 'a command that lists them (nft or iptables-save), installed';
    case 'timeout':
      return `an answer of nft within ${COMMAND_MS / 1000} s`;
    case 'too-long':
      return 'a list of at most 16 MB';
    case 'denied':
      return 'the command nft: it is missing, or this account may not run it';
    case 'done':
      return /not permitted|denied|must be root/i.test(result.stderr)
        ? 'the right to read them, which root has (CAP_NET_ADMIN)'
        : 'a list from nft that can be read';
  }
}

/** What the programs that manage rules say about themselves. */
async function readManagers({ run }: Host): Promise<readonly string[]> {
  const results = await Promise.all([
    run('ufw', ['status'], COMMAND_MS).then((result) => lineOf('ufw', result)),
    run('firewall-cmd', ['--state'], COMMAND_MS).then((result) => lineOf('firewalld', result)),
    run('firewall-cmd', ['--list-all'], COMMAND_MS).then((result) => lineOf('firewalld', result)),
  ]);
  // What a folder of the PATH hides from this account is not installed for it either.
  return [...new Set(results.filter((line) => !line.endsWith(MISSING)))];
}

const MISSING = 'not installed';

/** An output is as long as its rules are many; they are in the evidence themselves. */
const LINE_MAX_CHARS = 300;

function lineOf(name: string, result: CommandResult): string {
  if (result.kind === 'missing' || result.kind === 'denied') return `${name}: ${MISSING}`;
  if (result.kind !== 'done') return `${name}: ${result.kind}`;
  const isFine = result.status === 0;
  return `${name}: ${singleLine(isFine && name !== 'nft' ? result.stdout : result.stderr, LINE_MAX_CHARS) || 'read'}`;
}
