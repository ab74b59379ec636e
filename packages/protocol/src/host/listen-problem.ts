import { ownAddresses, type Interfaces } from './addresses.js';
import { portHolder } from './port-holder.js';

/** What was to be listened on. */
export interface Wanted {
  readonly port: number;
  readonly bind?: string;
  /** How another port is asked for: `--port 10934`. */
  readonly otherPort: string;
}

/** Why this host does not let us listen, in one line, with what to do. Undefined for an error that is none of these. */
export async function listenProblem(
  error: unknown,
  wanted: Wanted,
  platform: NodeJS.Platform,
  interfaces: Interfaces,
): Promise<string | undefined> {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const { port, bind, otherPort } = wanted;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken${await takenBy(port, platform)}; end that, or give another port, as in ${otherPort}`;
    case 'EACCES':
    case 'EPERM':
      return port > 0 && port < 1024
        ? `port ${port} is reserved: ports under 1024 need an administrator's rights here; give another, as in ${otherPort}`
        : `this account may not listen on port ${port} (${code}): a policy of this host forbids it; try another, as in ${otherPort}`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      if (bind === undefined) return `cannot listen on port ${port} (${code})`;
      return `--bind ${bind} is no address of this host; it has ${ownAddresses(interfaces).join(', ')}`;
    default:
      return syscall === undefined || code === undefined ? undefined : `cannot listen on port ${port} (${code})`;
  }
}

/** The holder in words; on systems that do not tell, the command that does. */
async function takenBy(port: number, platform: NodeJS.Platform): Promise<string> {
  if (platform === 'win32') return ` (netstat -a -n -o -b -p tcp shows by which process)`;
  if (platform !== 'linux') return ` (sudo lsof -nP -iTCP:${port} -sTCP:LISTEN shows by which process)`;
  const holder = await portHolder(port);
  if (holder === undefined) return '';
  if (holder.kind === 'process') return ` by process ${holder.pid} (${holder.name})`;
  return ` by another account's process (user id ${holder.userId}; as root, ss -ltnp 'sport = :${port}' names it)`;
}
