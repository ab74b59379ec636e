import { describeSystemError } from '../text/system-error.js';
import type { Interfaces } from '../net/interfaces.js';
import { ownAddresses } from './addresses.js';
import { portHolder } from './port-holder.js';
import { windowsPortHolder } from './windows-port-holder.js';

/** The port and address that a program could not listen on. */
export interface ListenRequest {
  readonly port: number;
  readonly bind?: string;
  /** The option that selects another port: `--port 10934`. */
  readonly otherPort: string;
}

/** Explains in one line why this process cannot listen, and what to do. Undefined for any other error. */
export async function describeListenProblem(
  error: unknown,
  request: ListenRequest,
  platform: NodeJS.Platform,
  interfaces: Interfaces,
): Promise<string | undefined> {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const { port, bind, otherPort } = request;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use${await describeHolder(port, platform)}; stop that process, or use another port, for example ${otherPort}`;
    case 'EACCES':
    case 'EPERM':
      // Windows reports this too for a port that a process holds exclusively, as HTTP.sys does.
      if (platform === 'win32' && (await windowsPortHolder(port)) !== undefined)
        return describeListenProblem({ code: 'EADDRINUSE' }, request, platform, interfaces);
      return port > 0 && port < 1024
        ? `port ${port} is privileged: ports below 1024 require administrator rights on this host; use another port, for example ${otherPort}`
        : `this account may not listen on port ${port}: ${platform === 'win32' ? 'Windows has reserved it (netsh interface ipv4 show excludedportrange protocol=tcp lists such ports), or a policy forbids it' : 'a policy of this host forbids it'}; use another port, for example ${otherPort}`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      if (bind === undefined) return `cannot listen on port ${port}: ${describeSystemError(error)}`;
      return `--bind ${bind} is not an address of this host${describeOwn(interfaces)}`;
    default:
      return syscall === undefined || code === undefined
        ? undefined
        : `cannot listen on port ${port}: ${describeSystemError(error)}`;
  }
}

function describeOwn(interfaces: Interfaces): string {
  const own = ownAddresses(interfaces);
  return own.length === 0 ? '' : `; its addresses are ${own.join(', ')}`;
}

/** Names the process that holds the port or, where it is unknown, the command that does. */
async function describeHolder(port: number, platform: NodeJS.Platform): Promise<string> {
  if (platform !== 'linux' && platform !== 'win32')
    return ` (sudo lsof -nP -iTCP:${port} -sTCP:LISTEN shows the process)`;
  const holder = await (platform === 'linux' ? portHolder(port) : windowsPortHolder(port));
  if (holder === undefined) return platform === 'linux' ? '' : ` (${windowsCommand(port)} shows the process)`;
  if (holder.kind === 'process') {
    // The kernel listens for all web sites and services that use HTTP.sys.
    const isHttpSys = platform === 'win32' && holder.pid === HTTP_SYS_PID;
    const hint = isHttpSys ? '; netsh http show servicestate lists the programs that listen through it' : '';
    return ` by process ${holder.pid} (${holder.name}${hint})`;
  }
  return ` by a process of another account (user ID ${holder.userId}; as root, ss -ltnp 'sport = :${port}' names it)`;
}

/** The process that Windows calls System. */
const HTTP_SYS_PID = 4;

function windowsCommand(port: number): string {
  return `Get-Process -Id (Get-NetTCPConnection -LocalPort ${port} -State Listen).OwningProcess`;
}
