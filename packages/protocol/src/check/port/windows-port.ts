import { kindOf, type ProcessFacts } from '../../host/process-facts.js';
import type { PortListener } from '../../host/port-listeners.js';
import type { PortRange } from '../../host/port-rules.js';
import { quote } from '../../text/sanitize.js';
import { powershellJson, type RunCommand } from '../run-command.js';
import { readArray, readNumber, readObject, readText } from '../powershell-values.js';
import type { PortFacts } from './port-facts.js';

/** PowerShell takes 2 s to start on a busy server, and the list of processes another. */
const TIMEOUT_MS = 6000;

/** Dates as text in UTC, because ConvertTo-Json of Windows PowerShell writes them in a form of its own. */
const script = (port: number): string =>
  [
    `$all=@(Get-NetTCPConnection -LocalPort ${port} -ErrorAction SilentlyContinue);`,
    "$listen=@($all | Where-Object {$_.State -eq 'Listen'}); $ids=@($listen | ForEach-Object {$_.OwningProcess});",
    '$processes=@(Get-CimInstance Win32_Process | Where-Object {$ids -contains $_.ProcessId -or $ids -contains $_.ParentProcessId});',
    '$parents=@{}; Get-Process | ForEach-Object {$parents[[int]$_.Id]=$_.ProcessName};',
    '@{connections=$all.Count-$listen.Count;',
    'listeners=@($listen | ForEach-Object {@{address=$_.LocalAddress; pid=$_.OwningProcess}});',
    'processes=@($processes | ForEach-Object {@{pid=$_.ProcessId; parent=$_.ParentProcessId; parentName=$parents[[int]$_.ParentProcessId];',
    "name=$_.Name; program=$_.ExecutablePath; started=$(if($_.CreationDate){$_.CreationDate.ToUniversalTime().ToString('o')});",
    'user=$(if($ids -contains $_.ProcessId){(Invoke-CimMethod -InputObject $_ -MethodName GetOwner -ErrorAction SilentlyContinue).User})}});',
    'services=@(Get-CimInstance Win32_Service | Where-Object {$ids -contains $_.ProcessId} | ForEach-Object {@{pid=$_.ProcessId; name=$_.Name}})}',
  ].join(' ');

/** Reads what listens on a port of Windows; without PowerShell, what netstat shows of it. Needs no elevation. */
export async function readWindowsPort(run: RunCommand, port: number): Promise<PortFacts | string> {
  const [json, excludedText, dynamicText] = await Promise.all([
    powershellJson(run, script(port), TIMEOUT_MS),
    printed(run, 'netsh.exe', ['interface', 'ipv4', 'show', 'excludedportrange', 'protocol=tcp']),
    printed(run, 'netsh.exe', ['interface', 'ipv4', 'show', 'dynamicport', 'tcp']),
  ]);
  const ephemeral = parseDynamicRange(dynamicText);
  const rules = {
    ...(ephemeral === undefined ? {} : { ephemeral }),
    reserved: [],
    excluded: parseExcludedRanges(excludedText),
    unprivilegedFrom: 0,
  };
  const facts = readObject(json);
  if (facts !== undefined) return { use: { ...parseUse(facts), elsewhere: [], isComplete: true }, rules };
  const netstat = await printed(run, 'netstat.exe', ['-ano']);
  if (!/^\s*TCP\s+\S+:\d+/m.test(netstat)) return 'PowerShell and netstat printed no list of sockets';
  const tasks = await printed(run, 'tasklist.exe', ['/FO', 'CSV', '/NH']);
  return { use: { ...parseNetstat(netstat, tasks, port), elsewhere: [], isComplete: false }, rules };
}

async function printed(run: RunCommand, file: string, args: readonly string[]): Promise<string> {
  const result = await run(file, args, TIMEOUT_MS);
  return result.kind === 'done' ? result.stdout : '';
}

function parseUse(facts: Record<string, unknown>): { listeners: PortListener[]; connections: number } {
  const services = new Map(
    readArray(facts['services']).map((item) => [readNumber(item['pid']), readText(item['name'])] as const),
  );
  const processes = readArray(facts['processes']).flatMap((item) => parseProcess(item, services));
  const listeners = readArray(facts['listeners']).map((item): PortListener => {
    const pid = readNumber(item['pid']) ?? 0;
    const address = readText(item['address']) ?? '';
    const owner = processes.filter((process) => process.pid === pid);
    if (owner.length > 0 || pid === 0) return { address, holders: owner, socket: String(pid) };
    // The process that opened it has ended: its children may hold it.
    const children = processes.filter(({ parentPid }) => parentPid === pid);
    return { address, holders: children, endedPid: pid, socket: String(pid) };
  });
  return { listeners, connections: readNumber(facts['connections']) ?? 0 };
}

function parseProcess(
  item: Record<string, unknown>,
  services: ReadonlyMap<number | undefined, string | undefined>,
): ProcessFacts[] {
  const pid = readNumber(item['pid']);
  if (pid === undefined) return [];
  const name = (readText(item['name']) ?? 'unknown').replace(/\.exe$/i, '');
  const texts = {
    program: readText(item['program']),
    user: readText(item['user']),
    startedAt: readText(item['started']),
    parentName: readText(item['parentName']),
    service: services.get(pid),
    parentPid: readNumber(item['parent']),
  };
  const known = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return [{ pid, name, kind: kindOf([name]), ...known }];
}

/** A row of `netsh ... show excludedportrange` in any language: start, end, and a star where an administrator set it. */
export function parseExcludedRanges(text: string): readonly PortRange[] {
  return text.split('\n').flatMap((line) => {
    const [, from, to] = /^\s*(\d+)\s+(\d+)\s*\*?\s*$/.exec(line) ?? [];
    return from === undefined || to === undefined ? [] : [[Number(from), Number(to)] as const];
  });
}

/** The two numbers of `netsh ... show dynamicport` in any language: the first port, and how many there are. */
export function parseDynamicRange(text: string): PortRange | undefined {
  const [first, number] = [...text.matchAll(/:\s*(\d+)\s*$/gm)].map(([, value]) => Number(value));
  return first === undefined || number === undefined ? undefined : [first, first + number - 1];
}

/**
 * Lines such as `TCP 0.0.0.0:10933 0.0.0.0:0 LISTENING 4712`. The state is in the language of Windows; only a listening
 * socket has no port at its other end. Lines of tasklist: `"Tentacle.exe","4712","Services","0","45,000 K"`.
 */
function parseNetstat(
  netstat: string,
  tasklist: string,
  port: number,
): { listeners: PortListener[]; connections: number } {
  const names = new Map([...tasklist.matchAll(/^"([^"]+)","(\d+)"/gm)].map(([, name, pid]) => [Number(pid), name]));
  const listeners: PortListener[] = [];
  let connections = 0;
  for (const line of netstat.split('\n')) {
    const [, address, local, remotePort, pidText] =
      /^\s*TCP\s+\[?([^\]\s]+?)\]?:(\d+)\s+\S+:(\d+|\*)\s+\S.*?\s(\d+)\s*$/.exec(line) ?? [];
    if (address === undefined || Number(local) !== port) continue;
    const pid = Number(pidText);
    if (remotePort !== '0' && remotePort !== '*') connections++;
    else {
      const name = names.get(pid)?.replace(/\.exe$/i, '');
      const isEnded = name === undefined && names.size > 0 && pid > 0;
      const shown = quote(name ?? 'unknown').slice(1, -1);
      const holders: ProcessFacts[] = isEnded ? [] : [{ pid, name: shown, kind: kindOf([shown]) }];
      listeners.push({ address, holders, socket: String(pid), ...(isEnded ? { endedPid: pid } : {}) });
    }
  }
  return { listeners, connections };
}
