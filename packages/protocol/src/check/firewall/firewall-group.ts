import { firewallFindings } from '../../diagnostics/checks/firewall.js';
import type { AddCheck, CheckContext, CheckGroupDefinition } from '../check-context.js';
import { readCheckedPorts } from '../port/configured-ports.js';
import { checkLinuxFirewall } from './linux-firewall.js';
import { checkWindowsFirewall } from './windows-firewall.js';

/** Whether the rules of this host let other hosts connect. */
export const firewallGroup: CheckGroupDefinition = {
  name: 'firewall',
  title: 'Firewall of this host',
  // PowerShell reads some hundred rules of Windows.
  timeoutMs: 9000,
  run: async (context: CheckContext, add: AddCheck) => {
    const { host } = context;
    const ports = (await readCheckedPorts(context)).map(({ port }) => port);
    if (ports.length === 0) {
      add(firewallFindings.notNeeded.check({}));
      return;
    }
    if (host.platform !== 'linux' && host.platform !== 'win32') {
      add(firewallFindings.notWindowsOrLinux.check({ platform: host.platform }));
      return;
    }
    const check = host.platform === 'linux' ? checkLinuxFirewall : checkWindowsFirewall;
    for (const result of await check(host, ports)) add(result);
  },
};
