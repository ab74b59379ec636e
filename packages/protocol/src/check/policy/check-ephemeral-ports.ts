import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import { readText } from '../../host/read-text.js';
import type { Host } from '../host.js';
import { readObject } from '../powershell-values.js';
import { powershellJson } from '../run-command.js';

/** Above this share, a burst of connections uses up the rest. */
const SHARE_MAX = 0.8;

/** The ports for outgoing connections, and how many are in use. */
interface PortUse {
  readonly first: number;
  readonly total: number;
  readonly used: number;
}

/** How many ports for outgoing connections are left. */
export async function checkEphemeralPorts(host: Host): Promise<Check> {
  const { ports, fewPorts, portsUnread } = policyFindings;
  const found = host.platform === 'win32' ? await windowsPorts(host) : await linuxPorts(host);
  if (typeof found === 'string') return portsUnread.check({ why: found });
  const { first, total, used } = found;
  const facts = { used, total, first, last: first + total - 1 };
  return (used > total * SHARE_MAX ? fewPorts : ports).check(facts);
}

const RANGE_MAX_BYTES = 100;

/** The tables of sockets on a host with all ports in use are 10 MB. */
const TABLE_MAX_BYTES = 64 * 1024 * 1024;

async function linuxPorts({ fileRoot }: Host): Promise<PortUse | string> {
  const range = await readText(`${fileRoot}/proc/sys/net/ipv4/ip_local_port_range`, RANGE_MAX_BYTES);
  const [, low, high] = /^\s*(\d+)\s+(\d+)/.exec(range ?? '') ?? [];
  if (low === undefined || high === undefined) return 'ip_local_port_range cannot be read';
  const first = Number(low);
  const last = Number(high);
  const read = await Promise.all(
    ['tcp', 'tcp6'].map(async (name) => readText(`${fileRoot}/proc/net/${name}`, TABLE_MAX_BYTES)),
  );
  const tables = read.filter((table) => table !== undefined);
  if (tables.length === 0) return '/proc/net/tcp cannot be read';
  const ports = new Set(tables.flatMap((table) => localPorts(table)));
  const used = [...ports].filter((port) => port >= first && port <= last).length;
  return { first, total: last - first + 1, used };
}

/** The local ports in a table of sockets, those of closed connections that still wait included. */
function localPorts(table: string): number[] {
  return [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)].map(([, hex = '']) => Number.parseInt(hex, 16));
}

/** Both numbers by cmdlets, whose output has the same names in all languages. */
const SCRIPT =
  '$s = Get-NetTCPSetting -SettingName Internet; [pscustomobject]@{ First = $s.DynamicPortRangeStartPort; Total = $s.DynamicPortRangeNumberOfPorts; Used = @(Get-NetTCPConnection | Where-Object LocalPort -ge $s.DynamicPortRangeStartPort | Select-Object -ExpandProperty LocalPort -Unique).Count }';

async function windowsPorts({ run }: Host): Promise<PortUse | string> {
  const { First: first, Total: total, Used: used } = readObject(await powershellJson(run, SCRIPT)) ?? {};
  if (typeof first === 'number' && typeof total === 'number' && typeof used === 'number') return { first, total, used };
  const range = await netshRange(run);
  return range === undefined
    ? 'neither PowerShell nor netsh showed them'
    : `PowerShell did not count them; the range is ${range.first} to ${range.first + range.total - 1}`;
}

/** The range by `netsh`, whose words differ by language and whose numbers do not: the start, then how many. */
async function netshRange(run: Host['run']): Promise<{ first: number; total: number } | undefined> {
  const result = await run('netsh.exe', ['int', 'ipv4', 'show', 'dynamicport', 'tcp']);
  return result.kind === 'done' ? parseDynamicPorts(result.stdout) : undefined;
}

/** Reads the two lines with a number after a colon. */
export function parseDynamicPorts(output: string): { first: number; total: number } | undefined {
  const numbers = [...output.matchAll(/:\s*(\d{1,5})\s*$/gm)].map(([, digits]) => Number(digits));
  const [first, total] = numbers;
  return first === undefined || total === undefined ? undefined : { first, total };
}
