import { describeSystemError } from '../text/system-error.js';
import { ownAddresses, type Interfaces } from './addresses.js';
import { portHolder } from './port-holder.js';

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
      return port > 0 && port < 1024
        ? `port ${port} is privileged: ports below 1024 require administrator rights on this host; use another port, for example ${otherPort}`
        : `this account may not listen on port ${port}: ${platform === 'win32' ? 'Windows has reserved it (netsh interface ipv4 show excludedportrange protocol=tcp lists such ports), or a policy forbids it' : 'a policy of this host forbids it'}; use another port, for example ${otherPort}`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      if (bind === undefined) return `cannot listen on port ${port}: ${describeSystemError(error)}`;
      return `--bind ${bind} is not an address of this host; its addresses are ${ownAddresses(interfaces).join(', ')}`;
    default:
      return syscall === undefined || code === undefined
        ? undefined
        : `cannot listen on port ${port}: ${describeSystemError(error)}`;
  }
}

/** Names the process that holds the port or, on systems that do not report it, the command that does. */
async function describeHolder(port: number, platform: NodeJS.Platform): Promise<string> {
  if (platform === 'win32') return ' (netstat -a -n -o -b -p tcp shows the process)';
  if (platform !== 'linux') return ` (sudo lsof -nP -iTCP:${port} -sTCP:LISTEN shows the process)`;
  const holder = await portHolder(port);
  if (holder === undefined) return '';
  if (holder.kind === 'process') return ` by process ${holder.pid} (${holder.name})`;
  return ` by a process of another account (user ID ${holder.userId}; as root, ss -ltnp 'sport = :${port}' names it)`;
}
