import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Failure } from '../../packages/protocol/src/diagnostics/index.js';

/** The job of the process in the namespace; see namespaced-attempt.js. */
interface Job {
  readonly host: string;
  readonly port?: number;
  readonly proxy?: { readonly host: string; readonly port: number };
  readonly timeoutMs?: number;
  /** The reply of the only resolver: a DNS response code, or none. */
  readonly resolver?: number | 'silent';
  /** The command prefix that starts a TLS peer in its own namespace. */
  readonly peerBehind?: readonly string[];
  readonly loseHostBefore?: 'identity' | 'rpc';
  readonly loseHost?: string;
}

const RESOLVER = `
mount -t tmpfs tmpfs /mnt
printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n' > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf`;

/** A second namespace on the other side of a link: 192.0.2.1 here, 192.0.2.2 there. */
const FAR = `
mount -t tmpfs tmpfs /run
ip netns add far
ip link add near0 type veth peer name far0 netns far
ip addr add 192.0.2.1/24 dev near0
ip link set near0 up
ip netns exec far ip addr add 192.0.2.2/24 dev far0
ip netns exec far ip link set far0 up
sysctl -qw net.ipv4.neigh.near0.mcast_solicit=1 net.ipv4.neigh.near0.retrans_time_ms=100`;

/** Runs one attempt in its own namespaces, set up by this shell script. They are removed when it ends. */
async function attemptIn(script: string, job: Job): Promise<Failure> {
  const program = fileURLToPath(new URL('namespaced-attempt.js', import.meta.url));
  const jobText = JSON.stringify({ timeoutMs: 20_000, ...job });
  const shell = ['sh', '-ec', `ip link set lo up\n${script}\nexec "$@"`, 'sh', process.execPath, program, jobText];
  const { stdout } = await promisify(execFile)('unshare', ['-n', '-m', ...shell]);
  return JSON.parse(stdout) as Failure;
}

/** Resolves a name with a resolver that has this reply. */
export function lookUp(resolver: number | 'silent', timeoutMs?: number): Promise<Failure> {
  const job = { host: 'tentacle.example', port: 10933, resolver };
  return attemptIn(RESOLVER, timeoutMs === undefined ? job : { ...job, timeoutMs });
}

/** Connects to 192.0.2.1 after these commands. */
export function connectWhere(...commands: readonly string[]): Promise<Failure> {
  return attemptIn(commands.join('\n'), { host: '192.0.2.1', port: 10933 });
}

/** Connects to a name that has these addresses in the hosts file, after these commands. */
export function connectByName(addresses: readonly string[], ...commands: readonly string[]): Promise<Failure> {
  const lines = addresses.map((address) => `${address} tentacle.example`).join('\\n');
  const hosts = `mount -t tmpfs tmpfs /mnt\nprintf '${lines}\\n' > /mnt/hosts\nmount --bind /mnt/hosts /etc/hosts`;
  return attemptIn([hosts, ...commands].join('\n'), { host: 'tentacle.example', port: 10933 });
}

/** Resolves a proxy's name with a resolver that has this reply. */
export function lookUpProxy(resolver: number | 'silent'): Promise<Failure> {
  return attemptIn(RESOLVER, {
    host: '192.0.2.9',
    port: 10933,
    proxy: { host: 'proxy.example', port: 3128 },
    resolver,
  });
}

/** Connects to a proxy at 192.0.2.1 after these commands. */
export function connectToProxyWhere(...commands: readonly string[]): Promise<Failure> {
  return attemptIn(commands.join('\n'), { host: '192.0.2.9', port: 10933, proxy: { host: '192.0.2.1', port: 3128 } });
}

/** Connects to an IPv6 address on a machine with IPv6 and without a route. */
export function connectToIpv6(): Promise<Failure> {
  return attemptIn('', { host: '2001:db8::1', port: 10933 });
}

/** Connects to ::1 on a machine without IPv6. */
export function connectWithoutIpv6(): Promise<Failure> {
  return attemptIn('sysctl -qw net.ipv6.conf.lo.disable_ipv6=1', { host: '::1', port: 10933 });
}

/** Disconnects the other machine before this stage: its packets are lost, or the network reports it as unreachable. */
export function loseHost(how: 'packets lost' | 'unreachable', before: 'identity' | 'rpc'): Promise<Failure> {
  // The number of retransmissions before the system's timeout, which must be later than the report of "unreachable".
  const retries = how === 'packets lost' ? 1 : 2;
  const lost =
    how === 'packets lost'
      ? 'ip route replace 192.0.2.2 dev lo'
      : 'ip netns exec far ip addr flush dev far0; ip neigh flush dev near0';
  return attemptIn(`${FAR}\nsysctl -qw net.ipv4.tcp_retries2=${retries}`, {
    host: '192.0.2.2',
    peerBehind: ['ip', 'netns', 'exec', 'far'],
    loseHostBefore: before,
    loseHost: lost,
  });
}
