import { firewallRulesCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineFinding } from './finding.js';

/** What manages the rules: the program in which to change them. */
export type FirewallManager = 'ufw' | 'firewalld' | 'nftables' | 'iptables' | 'Windows Firewall';

/** A port, and the firewall that decides about it. */
export interface FirewallFacts {
  readonly port: number;
  /** `IPv4`, `IPv6`, `IPv4 and IPv6`, or the profiles of Windows. */
  readonly scope: string;
  readonly manager: FirewallManager;
}

const EXAMPLE: FirewallFacts = { port: 10933, scope: 'IPv4 and IPv6', manager: 'nftables' };

function allow({ port, manager }: FirewallFacts): Step {
  const action = `Allow inbound TCP port ${port} in ${manager}, at least from the addresses of the Octopus Server.`;
  switch (manager) {
    case 'ufw':
      return { who: 'tentacle-admin', action, linux: `sudo ufw allow ${port}/tcp` };
    case 'firewalld':
      return {
        who: 'tentacle-admin',
        action,
        linux: `sudo firewall-cmd --permanent --add-port=${port}/tcp\nsudo firewall-cmd --reload`,
      };
    case 'Windows Firewall':
      return {
        who: 'tentacle-admin',
        action,
        windows: `netsh advfirewall firewall add rule name="Octopus Tentacle ${port}" dir=in action=allow protocol=TCP localport=${port}`,
      };
    case 'nftables':
    case 'iptables':
      return {
        who: 'tentacle-admin',
        action: `${action} Change the file that the rules are loaded from, too.`,
        linux:
          manager === 'iptables'
            ? `sudo iptables -I INPUT -p tcp --dport ${port} -j ACCEPT`
            : 'sudo nft -a list ruleset',
      };
  }
}

function showRules(port: number): Step {
  return { who: 'tentacle-admin', action: 'Show the rules.', ...firewallRulesCommand(port) };
}

/** What can be found about the firewall of this host. */
export const firewallFindings = {
  notNeeded: defineFinding({
    id: 'firewall.not-needed',
    group: 'firewall',
    status: 'skipped',
    title: () => 'No inbound rule was checked: as configured, no instance listens (or use --port)',
    example: {},
  }),
  none: defineFinding({
    id: 'firewall.none',
    group: 'firewall',
    status: 'ok',
    title: ({ port, scope }: Omit<FirewallFacts, 'manager'>) =>
      `No firewall of this host filters port ${port} (${scope})`,
    example: EXAMPLE,
  }),
  allowed: defineFinding({
    id: 'firewall.allowed',
    group: 'firewall',
    status: 'ok',
    title: ({ port, scope, manager }: FirewallFacts) =>
      `${manager} on this host allows incoming connections to port ${port} (${scope})`,
    example: EXAMPLE,
  }),
  blocked: defineFinding({
    id: 'firewall.blocked',
    group: 'firewall',
    status: 'problem',
    title: ({ port, scope, manager }: FirewallFacts & { readonly isRejected: boolean }) =>
      `${manager} on this host blocks incoming connections to port ${port} (${scope})`,
    means: ({ isRejected }) =>
      isRejected
        ? 'A rule rejects every new connection from another host. Clients see "refused" or "unreachable" at once.'
        : 'No rule accepts a new connection from another host, so its packets are dropped. Clients wait until they time out.',
    next: (facts) => [showRules(facts.port), allow(facts)],
    example: { ...EXAMPLE, isRejected: false },
  }),
  restricted: defineFinding({
    id: 'firewall.restricted',
    group: 'firewall',
    status: 'warning',
    title: ({ port, scope, manager }: FirewallFacts) =>
      `${manager} on this host accepts connections to port ${port} under conditions only (${scope})`,
    means: () =>
      'Rules accept some connections, for example those from some addresses, and all others are blocked. Whether the Octopus Server meets the conditions is not decided here.',
    next: ({ port, manager, scope }) => [
      {
        who: 'tentacle-admin',
        action: "Compare the rules' conditions with the address that the Octopus Server connects from.",
      },
      showRules(port),
      allow({ port, manager, scope }),
    ],
    example: EXAMPLE,
  }),
  undecided: defineFinding({
    id: 'firewall.undecided',
    group: 'firewall',
    status: 'unknown',
    title: ({ port, scope, manager }: FirewallFacts) =>
      `${manager} on this host allows port ${port}, except where rules with conditions apply (${scope})`,
    means: () =>
      'The rules below block some connections. Whether they apply to the Octopus Server depends on its address, on rates or on marks.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: "Check whether a rule's conditions fit the address of the Octopus Server." },
      showRules(port),
    ],
    example: EXAMPLE,
  }),
  redirected: defineFinding({
    id: 'firewall.redirected',
    group: 'firewall',
    status: 'warning',
    title: ({ port, scope, manager, isPartial }: FirewallFacts & { readonly isPartial: boolean }) =>
      `${manager} on this host forwards ${isPartial ? 'some connections to ' : ''}port ${port} to another place (${scope})`,
    means: ({ isPartial }) =>
      isPartial
        ? 'Connections to which the rule applies go where it leads, such as to a container, and not to a program that listens here. Its conditions are not decided here.'
        : 'Connections from other hosts go where the rule leads, such as to a container. A program that listens on this port here gets local ones only.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Check that the rule leads to the Tentacle.', linux: 'sudo nft list ruleset' },
      showRules(port),
    ],
    example: { ...EXAMPLE, isPartial: false },
  }),
  unread: defineFinding({
    id: 'firewall.unread',
    group: 'firewall',
    status: 'unknown',
    title: ({ what }: { readonly port: number; readonly what: string; readonly lacked: string }) =>
      `The rules of ${what} could not be read`,
    means: ({ lacked }) => `What this check lacked: ${lacked}. Whether a rule blocks the port is unknown.`,
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: 'Run this check as root or as an administrator, or show the rules.',
        ...firewallRulesCommand(port),
      },
    ],
    example: { port: 10933, what: 'nftables', lacked: 'the right to read them, which root has' },
  }),
  notWindowsOrLinux: defineFinding({
    id: 'firewall.not-supported',
    group: 'firewall',
    status: 'skipped',
    title: ({ platform }: { readonly platform: string }) => `The firewall of ${platform} is not read`,
    example: { platform: 'darwin' },
  }),
};
