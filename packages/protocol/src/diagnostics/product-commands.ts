import type { Commands } from './step.js';

/** Where the installers put the programs. Neither is on PATH (only in Octopus's containers). */
const TENTACLE_WINDOWS = "& 'C:\\Program Files\\Octopus Deploy\\Tentacle\\Tentacle.exe'";
const TENTACLE_LINUX = 'sudo /opt/octopus/tentacle/Tentacle';
const SERVER_WINDOWS = "& 'C:\\Program Files\\Octopus Deploy\\Octopus\\Octopus.Server.exe'";

/** Commands of Tentacle, one per line. They need an elevated prompt, and `--instance NAME` where there are several. */
export function tentacleCommand(...commands: readonly string[]): Required<Commands> {
  return { windows: eachWith(TENTACLE_WINDOWS, commands), linux: eachWith(TENTACLE_LINUX, commands) };
}

/** Commands of Octopus Server, one per line. On Linux it runs only in containers, where its host has no such command. */
export function octopusServerCommand(...commands: readonly string[]): Commands {
  return { windows: eachWith(SERVER_WINDOWS, commands) };
}

/** A command that is the same on every platform: this project's own. */
export function sameCommand(...commands: readonly string[]): Required<Commands> {
  const text = commands.join('\n');
  return { windows: text, linux: text };
}

function eachWith(program: string, commands: readonly string[]): string {
  return commands.map((command) => `${program} ${command}`).join('\n');
}

/** Commands of Tentacle that are about all instances. */
const FOR_ALL = /^(?:help|list-instances|version)\b/;

/** The step with an option, such as `--instance "web"`, at each command of Tentacle that has none and is about one instance. */
export function addOptionToTentacleCommands<T extends Commands>(step: T, option: string): T {
  const add = (program: string, commands: string): string =>
    commands
      .split('\n')
      .map((line) => {
        const command = line.startsWith(`${program} `) ? line.slice(program.length + 1) : undefined;
        const isComplete = command === undefined || FOR_ALL.test(command) || / --(?:instance|config) /.test(command);
        return isComplete ? line : `${line} ${option}`;
      })
      .join('\n');
  return {
    ...step,
    ...(step.windows === undefined ? {} : { windows: add(TENTACLE_WINDOWS, step.windows) }),
    ...(step.linux === undefined ? {} : { linux: add(TENTACLE_LINUX, step.linux) }),
  };
}

/** What each command of Octopus's programs needs, for the end of a list of steps. */
export const PRODUCT_COMMAND_NOTE =
  "Octopus's commands need administrator rights (an elevated PowerShell, or sudo). With several instances, add --instance NAME; list-instances shows the names.";

/** Whether it is, or contains, a command of Tentacle or Octopus Server. */
export function isProductCommand({ windows = '', linux = '' }: Commands): boolean {
  return windows.includes('Tentacle.exe') || windows.includes('Octopus.Server.exe') || linux.includes(TENTACLE_LINUX);
}

/** Shows which process listens on a port. Needs no elevation on Windows; on Linux only root sees the processes of others. */
export function listenerCommand(port: number | string): Required<Commands> {
  return {
    windows: `Get-NetTCPConnection -LocalPort ${port} -State Listen | ForEach-Object { Get-Process -Id $_.OwningProcess }`,
    linux: `sudo ss -ltnp 'sport = :${port}'`,
  };
}

/** Shows the inbound rules of the host's own firewall for a port, with their names and actions. */
export function firewallRulesCommand(port: number | string): Required<Commands> {
  return {
    windows: `Get-NetFirewallPortFilter | Where-Object LocalPort -eq ${port} | Get-NetFirewallRule`,
    linux: 'sudo nft list ruleset\nsudo iptables -S',
  };
}

/** Shows the end of Tentacle's log. The folder has the instance's name on Linux: `Tentacle` by the installer's script. */
export const TENTACLE_LOG: Required<Commands> = {
  windows: 'Get-Content -Tail 100 C:\\Octopus\\Logs\\OctopusTentacle.txt',
  linux: "sudo sh -c 'tail -n 100 /etc/octopus/*/Logs/OctopusTentacle.txt'",
};

/** Octopus Server's log, where its installer puts it. */
export const SERVER_LOG_FILE = 'C:\\Octopus\\Logs\\OctopusServer.txt';

/** Shows the end of Octopus Server's log, which is also at Configuration > Diagnostics. */
export const SERVER_LOG: Commands = {
  windows: `Get-Content -Tail 100 ${SERVER_LOG_FILE}`,
};
