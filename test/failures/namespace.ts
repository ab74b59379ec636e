import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Failure } from '../../packages/protocol/src/index.js';

/** What the process in the namespace is to do; see namespaced-attempt.js. */
interface Job {
  readonly host: string;
  readonly port?: number;
  readonly proxy?: { readonly host: string; readonly port: number };
  readonly timeoutMs?: number;
  /** The answer of the one resolver there is: a DNS response code, or none. */
  readonly resolver?: number | 'silent';
  /** A TLS peer is started behind this command, which leads into its own namespace. */
  readonly peerBehind?: readonly string[];
  readonly loseHostBefore?: 'identity' | 'rpc';
  readonly loseHost?: string;
}

const RESOLVER = `
mount -t tmpfs tmpfs /mnt
printf 'nameserver 127.0.0.1\\noptions timeout:1 attempts:1\\n' > /mnt/resolv.conf
mount --bind /mnt/resolv.conf /etc/resolv.conf`;

/** A second namespace, on the other side of a cable: 192.0.2.1 here, 192.0.2.2 there. */
const FAR = `
mount -t tmpfs tmpfs /run
ip netns add far
ip link add near0 type veth peer name far0 netns far
ip addr add 192.0.2.1/24 dev near0
ip link set near0 up
ip netns exec far ip addr add 192.0.2.2/24 dev far0
ip netns exec far ip link set far0 up
sysctl -qw net.ipv4.neigh.near0.mcast_solicit=1 net.ipv4.neigh.near0.retrans_time_ms=100`;

/** One attempt in namespaces of its own, which this shell script has furnished. They go when it ends. */
async function attemptIn(script: string, job: Job): Promise<Failure> {
  const program = fileURLToPath(new URL('namespaced-attempt.js', import.meta.url));
  const asked = JSON.stringify({ timeoutMs: 20_000, ...job });
  const shell = ['sh', '-ec', `ip link set lo up\n${script}\nexec "$@"`, 'sh', process.execPath, program, asked];
  const { stdout } = await promisify(execFile)('unshare', ['-n', '-m', ...shell]);
  return JSON.parse(stdout) as Failure;
}

/** A name is looked up, at a resolver that gives this answer. */
export function lookUp(resolver: number | 'silent', timeoutMs?: number): Promise<Failure> {
  const job = { host: 'tentacle.example', port: 10933, resolver };
  return attemptIn(RESOLVER, timeoutMs === undefined ? job : { ...job, timeoutMs });
}

/** 192.0.2.1 is connected to, where these commands have been given. */
export function connectWhere(...commands: readonly string[]): Promise<Failure> {
  return attemptIn(commands.join('\n'), { host: '192.0.2.1', port: 10933 });
}

/** A proxy's name is looked up, at a resolver that gives this answer. */
export function lookUpProxy(resolver: number | 'silent'): Promise<Failure> {
  return attemptIn(RESOLVER, {
    host: '192.0.2.9',
    port: 10933,
    proxy: { host: 'proxy.example', port: 3128 },
    resolver,
  });
}

/** A proxy at 192.0.2.1 is connected to, where these commands have been given. */
export function connectToProxyWhere(...commands: readonly string[]): Promise<Failure> {
  return attemptIn(commands.join('\n'), { host: '192.0.2.9', port: 10933, proxy: { host: '192.0.2.1', port: 3128 } });
}

/** An IPv6 address is connected to, where there is IPv6 and no route. */
export function connectToIpv6(): Promise<Failure> {
  return attemptIn('', { host: '2001:db8::1', port: 10933 });
}

/** ::1 is connected to, where there is no IPv6. */
export function connectWithoutIpv6(): Promise<Failure> {
  return attemptIn('sysctl -qw net.ipv6.conf.lo.disable_ipv6=1', { host: '::1', port: 10933 });
}

/** The other machine is cut off before this stage: its packets get lost, or its neighbours are told that it is gone. */
export function loseHost(how: 'silently' | 'with a word', before: 'identity' | 'rpc'): Promise<Failure> {
  // Sent again so often before the system gives up. Silence is told sooner than the word of a neighbour comes.
  const retries = how === 'silently' ? 1 : 2;
  const lost =
    how === 'silently'
      ? 'ip route replace 192.0.2.2 dev lo'
      : 'ip netns exec far ip addr flush dev far0; ip neigh flush dev near0';
  return attemptIn(`${FAR}\nsysctl -qw net.ipv4.tcp_retries2=${retries}`, {
    host: '192.0.2.2',
    peerBehind: ['ip', 'netns', 'exec', 'far'],
    loseHostBefore: before,
    loseHost: lost,
  });
}
