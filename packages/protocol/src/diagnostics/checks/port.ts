import { listenerCommand, TENTACLE_LOG, tentacleCommand } from '../product-commands.js';
import type { Step } from '../step.js';
import { defineFinding } from './finding.js';

/** A process that holds a port. */
interface PortProcess {
  readonly pid: number;
  readonly name: string;
  readonly user?: string;
  /** UTC, ISO 8601. */
  readonly startedAt?: string;
}

/** A port, and the process that listens on it. */
export interface HeldPort extends PortProcess {
  readonly port: number;
  /** The addresses that it listens on; empty: all. */
  readonly addresses?: readonly string[];
}

interface BoundPort {
  readonly port: number;
  readonly addresses: readonly string[];
}

interface PortRangeFacts {
  readonly port: number;
  readonly from: number;
  readonly to: number;
}

const EXAMPLE: HeldPort = {
  port: 10933,
  pid: 4711,
  name: 'Tentacle',
  user: 'root',
  startedAt: '2026-01-02T03:04:05.000Z',
};

const BOUND: BoundPort = { port: 10933, addresses: ['192.0.2.10'] };

const OTHER: HeldPort = { ...EXAMPLE, name: 'nginx', user: 'www-data' };

/** `Tentacle (process 4711, root, since 2026-01-02 03:04Z)` */
function processText({ pid, name, user, startedAt }: PortProcess): string {
  const since = startedAt === undefined ? '' : `, since ${startedAt.slice(0, 16).replace('T', ' ')}Z`;
  return `${name} (process ${pid}${user === undefined ? '' : `, ${user}`}${since})`;
}

function showHolder(port: number): Step {
  return { who: 'tentacle-admin', action: 'Show the process that listens on the port.', ...listenerCommand(port) };
}

const RESTART: Step = {
  who: 'tentacle-admin',
  action: 'Restart the Tentacle once the port is free.',
  ...tentacleCommand('service --restart'),
};

function anotherPort(port: number): Step {
  return {
    who: 'tentacle-admin',
    action: `Otherwise set another port, and change the address of this deployment target in Octopus likewise.`,
    ...tentacleCommand(`configure --port ${port + 1}`, 'service --restart'),
  };
}

/** What can be found about a port of this host. */
export const portFindings = {
  notNeeded: defineFinding({
    id: 'local.port-not-needed',
    group: 'port',
    status: 'skipped',
    title: () => 'As configured, no instance listens (give a port with --port)',
    example: {},
  }),
  free: defineFinding({
    id: 'local.port-free',
    group: 'port',
    status: 'ok',
    title: ({ port }: { readonly port: number }) => `Port ${port} is free`,
    example: { port: 10933 },
  }),
  held: defineFinding({
    id: 'local.port-held',
    group: 'port',
    status: 'ok',
    title: ({ port, addresses = [], ...process }: HeldPort) =>
      `Port ${port} is held by ${processText(process)}${addresses.length === 0 ? '' : ` at ${addresses.join(', ')}`}`,
    example: EXAMPLE,
  }),
  notListening: defineFinding({
    id: 'local.port-not-listening',
    group: 'port',
    status: 'problem',
    title: ({ port, instance }: { readonly port: number; readonly instance: string }) =>
      `No process listens on port ${port}, which the instance "${instance}" has`,
    means: ({ port }) =>
      `The Tentacle does not run, or failed to open port ${port}. The Octopus Server's connections are refused.`,
    next: () => [
      { who: 'tentacle-admin', action: 'Start the Tentacle.', ...tentacleCommand('service --start') },
      { who: 'tentacle-admin', action: 'If it does not stay up, look for the reason in its log.', ...TENTACLE_LOG },
    ],
    example: { port: 10933, instance: 'Tentacle' },
  }),
  heldByOther: defineFinding({
    id: 'local.port-held-by-other',
    group: 'port',
    status: 'problem',
    title: ({ port, ...process }: HeldPort) => `Port ${port} is held by ${processText(process)}, not by the Tentacle`,
    means: ({ port, name }) =>
      `The Tentacle cannot listen on port ${port} while ${name} holds it. The Octopus Server reaches ${name} in its place.`,
    next: ({ port }) => [
      showHolder(port),
      { who: 'tentacle-admin', action: 'If that program does not need this port, stop it.' },
      RESTART,
      anotherPort(port),
    ],
    example: OTHER,
  }),
  heldByPong: defineFinding({
    id: 'local.port-held-by-pong',
    group: 'port',
    status: 'warning',
    title: ({ port, ...process }: HeldPort) => `Port ${port} is held by ${processText(process)}, a stand-in`,
    means: () => 'The Tentacle cannot start while its stand-in listens. Deployments to this host fail until then.',
    next: ({ pid }) => [
      {
        who: 'you',
        action: 'Stop the stand-in when the test is over: press Ctrl+C in its window, or end its process.',
        windows: `Stop-Process -Id ${pid}`,
        linux: `sudo kill ${pid}`,
      },
      RESTART,
    ],
    example: { ...EXAMPLE, name: 'tentacle-pong' },
  }),
  orphan: defineFinding({
    id: 'local.port-orphan',
    group: 'port',
    status: 'problem',
    title: ({ port, ended, ...process }: HeldPort & { readonly ended: number }) =>
      `Port ${port} is held by ${processText(process)}, whose parent ended`,
    means: ({ name, ended }) =>
      `${name} does not listen by itself: it inherited the socket of ${ended > 1 ? `process ${ended}` : 'a process'} that has ended. ` +
      'The port stays taken until this child ends, so the Tentacle cannot start. Connections are accepted and never answered.',
    next: ({ pid, port }) => [
      {
        who: 'server-admin',
        action:
          'Check in Octopus whether a task still runs on this target. Ending the process cuts the script that it runs.',
      },
      {
        who: 'tentacle-admin',
        action: 'Show what the process is.',
        windows: `Get-CimInstance Win32_Process -Filter 'ProcessId = ${pid}' | Format-List Name, ParentProcessId, CreationDate, CommandLine`,
        linux: `sudo ps -fp ${pid}`,
      },
      {
        who: 'tentacle-admin',
        action: 'If no task needs it, end it. This frees the port unless another child holds it too.',
        windows: `Stop-Process -Id ${pid}`,
        linux: `sudo kill ${pid}`,
      },
      showHolder(port),
      RESTART,
    ],
    example: { ...EXAMPLE, name: 'powershell', ended: 4242 },
  }),
  ended: defineFinding({
    id: 'local.port-holder-ended',
    group: 'port',
    status: 'problem',
    title: ({ port, ended }: { readonly port: number; readonly ended: number }) =>
      `Port ${port} is held by process ${ended}, which has ended`,
    means: () =>
      'A process that it started inherited the socket and keeps it open. That process is no longer listed as its child.',
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: 'Look for processes that a deployment left: PowerShell, Calamari, and the tools that scripts start.',
        windows:
          'Get-CimInstance Win32_Process | Sort-Object CreationDate | Format-List Name, ProcessId, ParentProcessId, CreationDate',
      },
      { who: 'tentacle-admin', action: 'If none is found, restart the host. This ends whatever holds the port.' },
      showHolder(port),
    ],
    example: { port: 10933, ended: 4242 },
  }),
  inherited: defineFinding({
    id: 'local.port-inherited',
    group: 'port',
    status: 'warning',
    title: ({ port, heir, ...process }: HeldPort & { readonly heir: PortProcess }) =>
      `Port ${port}, held by ${process.name} (process ${process.pid}), is also open in ${heir.name} (process ${heir.pid})`,
    means: ({ heir }) =>
      `${heir.name} inherited the socket. If the Tentacle restarts while it runs, the new Tentacle cannot open its port.`,
    next: ({ heir }) => [
      {
        who: 'tentacle-admin',
        action: 'Before the Tentacle is restarted, wait until this process has ended.',
        windows: `Get-Process -Id ${heir.pid}`,
        linux: `ps -fp ${heir.pid}`,
      },
    ],
    example: { ...EXAMPLE, heir: { pid: 4712, name: 'Calamari' } },
  }),
  severalHolders: defineFinding({
    id: 'local.port-several-holders',
    group: 'port',
    status: 'warning',
    title: ({
      port,
      names,
    }: {
      readonly port: number;
      readonly names: readonly string[];
      readonly isShared: boolean;
    }) => `Port ${port} is held by ${names.length} processes: ${names.join(', ')}`,
    means: ({ isShared }) =>
      isShared
        ? 'They listen at the same address, and the system spreads connections over them. Which one answers changes.'
        : 'They listen at different addresses. Which one answers depends on the address that a client connects to.',
    next: ({ port }) => [
      showHolder(port),
      { who: 'tentacle-admin', action: 'Stop those that should not listen on this port.' },
    ],
    example: { port: 10933, names: ['Tentacle (4711)', 'nginx (812)'], isShared: false },
  }),
  heldByHidden: defineFinding({
    id: 'local.port-holder-hidden',
    group: 'port',
    status: 'unknown',
    title: ({ port, user }: { readonly port: number; readonly user: string }) =>
      `Port ${port} is held by a process of another account (${user})`,
    means: () => 'Only root sees which process of another account holds a port.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'Run this check as root, or show the process.', ...listenerCommand(port) },
    ],
    example: { port: 10933, user: 'octopus' },
  }),
  holderElsewhere: defineFinding({
    id: 'local.port-holder-elsewhere',
    group: 'port',
    status: 'unknown',
    title: ({ port, user }: { readonly port: number; readonly user: string }) =>
      `Port ${port} is held by a process that is not visible from here (${user})`,
    means: () =>
      'Root sees all processes of its own namespace. The holder is in another one, or it is the kernel itself.',
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: 'Show the process on the host, outside any container.',
        ...listenerCommand(port),
      },
    ],
    example: { port: 10933, user: 'root' },
  }),
  container: defineFinding({
    id: 'local.port-container',
    group: 'port',
    status: 'ok',
    title: ({ port, pid, name, forwardsTo }: HeldPort & { readonly forwardsTo: string }) =>
      `Port ${port} is forwarded by ${name} (process ${pid}) to a container at ${forwardsTo}`,
    example: { ...EXAMPLE, name: 'docker-proxy', forwardsTo: '172.17.0.2:10933' },
  }),
  otherNamespace: defineFinding({
    id: 'local.port-other-namespace',
    group: 'port',
    status: 'ok',
    title: ({ port, name, pid }: HeldPort) =>
      `Port ${port} is free here; ${name} (process ${pid}) has it in another network namespace`,
    example: EXAMPLE,
  }),
  loopbackOnly: defineFinding({
    id: 'local.port-loopback-only',
    group: 'port',
    status: 'problem',
    title: ({ port, addresses }: BoundPort) => `Port ${port} is open for this host only: ${addresses.join(', ')}`,
    means: () => 'The listener is bound to a loopback address, so connections from other hosts are refused.',
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'Let the Tentacle listen on all addresses.',
        ...tentacleCommand('configure --listenIpAddress any', 'service --restart'),
      },
    ],
    example: { port: 10933, addresses: ['127.0.0.1'] },
  }),
  oneAddress: defineFinding({
    id: 'local.port-one-address',
    group: 'port',
    status: 'warning',
    title: ({ port, addresses }: BoundPort) => `Port ${port} is open at ${addresses.join(', ')} only`,
    means: ({ addresses }) =>
      `Connections to any other address of this host are refused, also those to localhost. The Octopus Server must use ${addresses.join(' or ')}.`,
    next: () => [
      {
        who: 'tentacle-admin',
        action: 'If the Octopus Server uses another address, let the Tentacle listen on all.',
        ...tentacleCommand('configure --listenIpAddress any', 'service --restart'),
      },
    ],
    example: BOUND,
  }),
  oneFamily: defineFinding({
    id: 'local.port-one-family',
    group: 'port',
    status: 'warning',
    title: ({
      port,
      missing,
    }: {
      readonly port: number;
      readonly missing: 'IPv4' | 'IPv6';
      readonly addresses: readonly string[];
    }) => `Port ${port} is not open for ${missing}, of which this host has addresses`,
    means: ({ missing, addresses }) =>
      `Clients that resolve this host's name to ${addresses.join(', ')} are refused. Names often have addresses of both families, and Octopus tries ${missing} too.`,
    next: ({ missing }) => [
      {
        who: 'dns-owner',
        action: `If the program listens this way on purpose, remove the ${missing} address from DNS.`,
      },
    ],
    example: { port: 10933, missing: 'IPv6', addresses: ['2001:db8::10'] },
  }),
  excluded: defineFinding({
    id: 'local.port-excluded',
    group: 'port',
    status: 'problem',
    title: ({ port, from, to }: PortRangeFacts) => `Port ${port} is free, and Windows has reserved ${from}-${to}`,
    means: () =>
      'No program can listen on a port of an excluded range: Windows denies it. Hyper-V, WSL and Docker reserve such ranges at startup.',
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: 'Show the reserved ranges.',
        windows: 'netsh interface ipv4 show excludedportrange protocol=tcp',
      },
      {
        who: 'tentacle-admin',
        action: 'Restart the host. Ranges without a star are then often elsewhere.',
      },
      anotherPort(port),
    ],
    example: { port: 10933, from: 10900, to: 10999 },
  }),
  ephemeral: defineFinding({
    id: 'local.port-ephemeral',
    group: 'port',
    status: 'warning',
    title: ({ port, from, to }: PortRangeFacts) =>
      `Port ${port} is in ${from}-${to}, from which clients get their ports`,
    means: () =>
      'Any outgoing connection can get this port. If one has it when the Tentacle starts, the Tentacle cannot listen.',
    next: ({ port }) => [
      anotherPort(10932),
      {
        who: 'tentacle-admin',
        action: 'If the port must stay, reserve it, so that no client gets it.',
        windows: `netsh interface ipv4 add excludedportrange protocol=tcp startport=${port} numberofports=1 store=persistent`,
        linux: `sudo sysctl -w net.ipv4.ip_local_reserved_ports=${port}`,
      },
    ],
    example: { port: 40933, from: 32768, to: 60999 },
  }),
  clientSocket: defineFinding({
    id: 'local.port-client-socket',
    group: 'port',
    status: 'warning',
    title: ({ port, connections }: { readonly port: number; readonly connections: number }) =>
      `No process listens on port ${port}, and ${connections} connections have it here`,
    means: () =>
      'They are what an ended listener left, or a client that got this port for an outgoing connection. Until they end, a start can fail with "address already in use".',
    next: ({ port }) => [
      {
        who: 'tentacle-admin',
        action: 'Show them, and wait until they end: TIME-WAIT ends after a minute, or four on Windows.',
        windows: `Get-NetTCPConnection -LocalPort ${port}`,
        linux: `sudo ss -tanp 'sport = :${port}'`,
      },
    ],
    example: { port: 10933, connections: 2 },
  }),
  privileged: defineFinding({
    id: 'local.port-privileged',
    group: 'port',
    status: 'warning',
    title: ({ port, unprivilegedFrom }: { readonly port: number; readonly unprivilegedFrom: number }) =>
      `Port ${port} is privileged: ports below ${unprivilegedFrom} require root`,
    means: () => 'A Tentacle whose service runs as another account cannot listen on it.',
    next: ({ port }) => [
      { who: 'tentacle-admin', action: 'If the service does not run as root, use a port from 1024 on.' },
      anotherPort(port < 1024 ? 10932 : port),
    ],
    example: { port: 443, unprivilegedFrom: 1024 },
  }),
  unread: defineFinding({
    id: 'local.port-unread',
    group: 'port',
    status: 'unknown',
    title: ({ port }: { readonly port: number; readonly reason: string }) =>
      `Whether port ${port} is free is unknown: the system's list could not be read`,
    means: ({ reason }) => `What this check lacked: ${reason}.`,
    next: ({ port }) => [showHolder(port)],
    example: { port: 10933, reason: 'PowerShell and netstat did not run' },
  }),
};
