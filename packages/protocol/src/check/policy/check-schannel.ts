import type { Check } from '../../diagnostics/checks/check.js';
import { policyFindings } from '../../diagnostics/checks/policy.js';
import type { Host } from '../host.js';

/** The key above `Protocols`, which is absent where the defaults apply: reg.exe says in words only why it failed. */
const KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL';

/** One protocol in one role, where the registry has a key for it. */
export interface SchannelProtocol {
  /** `TLS 1.2` */
  readonly protocol: string;
  readonly role: 'Client' | 'Server';
  readonly enabled?: boolean;
  readonly disabledByDefault?: boolean;
}

/** Reads the output of `reg query ... /s`. Names of keys and values do not depend on the language of Windows. */
export function parseSchannel(output: string): SchannelProtocol[] {
  const found: SchannelProtocol[] = [];
  for (const block of output.split(/\n(?=HKEY_)/)) {
    const [, protocol, role] =
      /\\SCHANNEL\\Protocols\\([^\\\n]+)\\(Client|Server)\s*$/im.exec(block.split(/\n\s/)[0] ?? '') ?? [];
    if (protocol === undefined || role === undefined) continue;
    const enabled = dword(block, 'Enabled');
    const disabledByDefault = dword(block, 'DisabledByDefault');
    found.push({
      protocol,
      role: role.toLowerCase() === 'client' ? 'Client' : 'Server',
      ...(enabled === undefined ? {} : { enabled: enabled !== 0 }),
      ...(disabledByDefault === undefined ? {} : { disabledByDefault: disabledByDefault !== 0 }),
    });
  }
  return found;
}

function dword(block: string, name: string): number | undefined {
  const hex = new RegExp(`^\\s+${name}\\s+REG_DWORD\\s+0x([0-9a-f]+)\\s*$`, 'im').exec(block)?.[1];
  return hex === undefined ? undefined : Number.parseInt(hex, 16);
}

/** The TLS versions that Windows allows. */
export async function checkSchannel(host: Host): Promise<readonly Check[]> {
  const { schannel, schannelOff, schannelUnread } = policyFindings;
  const result = await host.run('reg.exe', ['query', KEY, '/s']);
  if (result.kind !== 'done') return [schannelUnread.check({ why: `reg.exe: ${result.kind}` })];
  if (result.status !== 0) return [schannelUnread.check({ why: `reg.exe: exit status ${result.status}` })];
  const protocols = parseSchannel(result.stdout);
  const evidence = protocols.map(describeProtocol);
  const off = protocols.filter((one) => one.protocol === 'TLS 1.2' && isOff(one));
  if (off.length > 0)
    return off.map(({ role }) => schannelOff.check({ role: role === 'Client' ? 'clients' : 'servers' }, evidence));
  const settings =
    protocols.length === 0
      ? 'the TLS versions are the defaults'
      : 'TLS 1.2 is enabled for clients and servers, or as by default';
  return [schannel.check({ settings }, evidence)];
}

/** `DisabledByDefault` alone leaves it to the program, and .NET asks for what the system has by default. */
function isOff({ enabled, disabledByDefault }: SchannelProtocol): boolean {
  return enabled === false || disabledByDefault === true;
}

function describeProtocol({ protocol, role, enabled, disabledByDefault }: SchannelProtocol): string {
  const parts = [
    ...(enabled === undefined ? [] : [`Enabled ${enabled ? 1 : 0}`]),
    ...(disabledByDefault === undefined ? [] : [`DisabledByDefault ${disabledByDefault ? 1 : 0}`]),
  ];
  return `${protocol} ${role}: ${parts.length === 0 ? 'no values' : parts.join(', ')}`;
}
