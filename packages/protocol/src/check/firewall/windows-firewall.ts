import type { Check } from '../../diagnostics/checks/check.js';
import { firewallFindings } from '../../diagnostics/checks/firewall.js';
import type { Host } from '../host.js';
import { readArray, readObject, readText, readTexts } from '../powershell-values.js';
import { powershellJson } from '../run-command.js';

/** Windows has some hundred rules, whose filters PowerShell reads in about 3 s. */
const TIMEOUT_MS = 8000;

/**
 * Filters are read in bulk and joined by their identifiers: asked for one by one, each rule takes 50 ms. Names of enumerations
 * are the same in every language.
 */
const SCRIPT = [
  '$ports=@{}; Get-NetFirewallPortFilter -PolicyStore ActiveStore | ForEach-Object {$ports[$_.InstanceID]=$_};',
  '$programs=@{}; Get-NetFirewallApplicationFilter -PolicyStore ActiveStore | ForEach-Object {$programs[$_.InstanceID]=$_};',
  '$addresses=@{}; Get-NetFirewallAddressFilter -PolicyStore ActiveStore | ForEach-Object {$addresses[$_.InstanceID]=$_};',
  '$services=@{}; Get-NetFirewallServiceFilter -PolicyStore ActiveStore | ForEach-Object {$services[$_.InstanceID]=$_};',
  "$rules=@(Get-NetFirewallRule -PolicyStore ActiveStore | Where-Object {[string]$_.Direction -eq 'Inbound' -and [string]$_.Enabled -eq 'True'});",
  '$active=@(Get-NetConnectionProfile | ForEach-Object {[string]$_.NetworkCategory});',
  '@{profiles=@(Get-NetFirewallProfile -PolicyStore ActiveStore | ForEach-Object {@{name=$_.Name; enabled=[string]$_.Enabled;',
  'inbound=[string]$_.DefaultInboundAction; allowRules=[string]$_.AllowInboundRules}}); active=$active;',
  "rules=@($rules | Where-Object {$p=$ports[$_.InstanceID]; $p -and (@('TCP','Any','6') -contains $p.Protocol)} | ForEach-Object {$id=$_.InstanceID;",
  '@{name=$_.DisplayName; action=[string]$_.Action; profile=[string]$_.Profile; port=@($ports[$id].LocalPort);',
  'program=$programs[$id].Program; package=$programs[$id].Package; service=$services[$id].Service; remote=@($addresses[$id].RemoteAddress); local=@($addresses[$id].LocalAddress)}})}',
].join(' ');

interface WindowsRule {
  readonly name: string;
  readonly action: string;
  /** Empty: all. */
  readonly profiles: readonly string[];
  readonly ports: readonly string[];
  /** Whether it has a condition that this check does not decide: a program, a service or addresses. */
  readonly conditions: readonly string[];
}

interface WindowsProfile {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly blocksByDefault: boolean;
  readonly allowsRules: boolean;
}

/** Judges each port by the rules in force and the profiles of the connected networks. */
export async function checkWindowsFirewall(host: Host, ports: readonly number[]): Promise<readonly Check[]> {
  const facts = readObject(await powershellJson(host.run, SCRIPT, TIMEOUT_MS));
  if (facts === undefined) {
    const lacked = 'the output of PowerShell (Get-NetFirewallRule)';
    return ports.map((port) => firewallFindings.unread.check({ port, what: 'Windows Firewall', lacked }));
  }
  const rules = readArray(facts['rules']).map(readRule);
  const all = readArray(facts['profiles']).map(readProfile);
  const active = new Set(readTexts(facts['active']).map(profileName));
  const profiles = active.size === 0 ? all : all.filter(({ name }) => active.has(name));
  return ports.flatMap((port) => profiles.map((profile) => judgeProfile(port, profile, rules)));
}

/** A network category of Get-NetConnectionProfile, by its profile's name. */
function profileName(category: string): string {
  return category === 'DomainAuthenticated' ? 'Domain' : category;
}

function readProfile(item: Record<string, unknown>): WindowsProfile {
  return {
    name: readText(item['name']) ?? 'unknown',
    isEnabled: item['enabled'] !== 'False',
    // Not configured is "block", as Windows is delivered.
    blocksByDefault: item['inbound'] !== 'Allow',
    allowsRules: item['allowRules'] !== 'False',
  };
}

function readRule(item: Record<string, unknown>): WindowsRule {
  const profile = readText(item['profile']) ?? 'Any';
  const conditions = (['program', 'package', 'service', 'remote', 'local'] as const).flatMap((kind) =>
    readTexts(item[kind])
      .filter((value) => value !== 'Any' && value !== 'System')
      .map((value) => `${kind} ${value}`),
  );
  return {
    name: readText(item['name']) ?? 'unnamed',
    action: readText(item['action']) ?? '',
    profiles: profile === 'Any' ? [] : profile.split(/,\s*/),
    ports: readTexts(item['port']),
    conditions,
  };
}

/** A rule that blocks beats one that allows; without either, the profile's default applies. */
function judgeProfile(port: number, profile: WindowsProfile, rules: readonly WindowsRule[]): Check {
  const { name, isEnabled, blocksByDefault, allowsRules } = profile;
  const facts = { port, scope: `${name} profile`, manager: 'Windows Firewall' } as const;
  if (!isEnabled) return firewallFindings.none.check(facts, [`${name}: off`]);
  const relevant = rules.filter(
    ({ profiles, ports }) =>
      (profiles.length === 0 || profiles.includes(name)) && ports.some((text) => holdsPort(text, port)),
  );
  const lines = (some: readonly WindowsRule[]): readonly string[] => [
    ...some.map(
      (rule) => `${rule.action}: ${rule.name} (${['port ' + rule.ports.join(', '), ...rule.conditions].join('; ')})`,
    ),
    `${name}: default ${blocksByDefault ? 'block' : 'allow'}`,
  ];
  const blocks = relevant.filter(({ action }) => action === 'Block');
  const sureBlock = blocks.filter(({ conditions }) => conditions.length === 0);
  const allows = allowsRules ? relevant.filter(({ action }) => action === 'Allow') : [];
  const sureAllow = allows.filter(({ conditions }) => conditions.length === 0);
  if (sureBlock.length > 0) return firewallFindings.blocked.check({ ...facts, isRejected: false }, lines(sureBlock));
  if (sureAllow.length > 0 || !blocksByDefault)
    return (blocks.length > 0 ? firewallFindings.undecided : firewallFindings.allowed).check(
      facts,
      lines([...blocks, ...sureAllow]),
    );
  // Rules of Windows' own programs, services and packages for any port are not for the program that is checked.
  const named = allows.filter(({ ports, conditions }) => !ports.includes('Any') || !conditions.some(isOfWindows));
  if (named.length > 0) return firewallFindings.restricted.check(facts, lines([...blocks, ...named]));
  return firewallFindings.blocked.check({ ...facts, isRejected: false }, lines([]));
}

function isOfWindows(condition: string): boolean {
  return /^(?:package|service) |^program (?:%SystemRoot%|%windir%|[a-z]:\\Windows)\\/i.test(condition);
}

/** `Any`, `10933` or `10930-10940`; names such as `RPC` are ports of Windows itself. */
function holdsPort(text: string, port: number): boolean {
  if (text === 'Any') return true;
  const [from, to = from] = text.split('-').map(Number);
  return from !== undefined && to !== undefined && port >= from && port <= to;
}
