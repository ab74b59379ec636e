import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Lab } from './lab.js';
import { peerProgram } from './programs.js';

/** Keeps the names of namespaces and interfaces unique. */
let counter = 0;

/** The prefix of lab namespaces, followed by the process ID: namespaces of ended processes are removed later. */
const PREFIX = 'tplab-';

/**
 * A simulated machine: a network namespace with its own addresses, routes, firewall and resolver. It does not affect the
 * network outside, and it is removed with the lab.
 */
export class Host {
  readonly namespace: string;
  /** The command prefix that runs a command on this host. */
  readonly prefix: readonly string[];
  readonly #lab: Lab;

  constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.namespace = `${PREFIX}${process.pid}-${++counter}-${name}`;
    this.prefix = ['ip', 'netns', 'exec', this.namespace];
    removeLeftOvers();
    lab.run(['ip', 'netns', 'add', this.namespace]);
    lab.onClose(() => {
      lab.run(['ip', 'netns', 'del', this.namespace]);
      rmSync(this.#etc, { recursive: true, force: true });
    });
    this.sh('ip link set lo up');
  }

  /** `ip netns exec` mounts these files over those of /etc. */
  get #etc(): string {
    return `/etc/netns/${this.namespace}`;
  }

  /** Runs shell commands on this host. @throws if one fails. */
  sh(script: string): string {
    return this.#lab.run([...this.prefix, 'sh', '-ec', script]);
  }

  /** Adds firewall rules in nftables syntax: `input { tcp dport 10933 drop }` of one table. */
  firewall(hook: 'input' | 'output' | 'forward', ...rules: readonly string[]): void {
    const chain = `chain ${hook} {\n type filter hook ${hook} priority 0\n${rules.join('\n')}\n}`;
    this.sh(`nft 'table inet lab {\n${chain}\n}'`);
  }

  /** Translates the source address of forwarded packets to this host's address (NAT). */
  masquerade(): void {
    this.sh("nft 'table inet nat {\nchain post {\n type nat hook postrouting priority 100\n masquerade\n}\n}'");
  }

  /** Sets the resolvers of this host. */
  resolvers(addresses: readonly string[], options = 'timeout:1 attempts:1'): void {
    const lines = [...addresses.map((address) => `nameserver ${address}`), `options ${options}`];
    mkdirSync(this.#etc, { recursive: true });
    writeFileSync(`${this.#etc}/resolv.conf`, `${lines.join('\n')}\n`);
    writeFileSync(`${this.#etc}/nsswitch.conf`, 'hosts: files dns\n');
  }

  /** Sets the hosts file of this host. */
  hostsFile(text: string): void {
    mkdirSync(this.#etc, { recursive: true });
    writeFileSync(`${this.#etc}/hosts`, text);
  }

  /** Starts a resolver with this answer on an address of this host. */
  async dns(answer: DnsAnswer, address = '127.0.0.1'): Promise<void> {
    const job = JSON.stringify({ ...answer, address });
    await this.#lab.start([...this.prefix, ...peerProgram('dns-responder'), job]).printed(/ready/);
  }

  /** Starts a relay on this host. @returns its port. */
  relay(job: RelayJob): Promise<number> {
    return startRelay(this.#lab, job, this.prefix);
  }

  /** Starts a pong on this host. @returns its port. */
  pong(args: readonly string[] = []): Promise<number> {
    return this.#lab.pong(args, this.prefix);
  }
}

/** The DNS responder's answer to every query. */
export interface DnsAnswer {
  /** The response code; 0 by default. */
  readonly rcode?: number;
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly delayMs?: number;
  /** It receives queries and does not reply. */
  readonly silent?: boolean;
}

/** How a relay forwards bytes: see relay.ts. */
export interface RelayJob {
  readonly to: number;
  readonly toHost?: string;
  readonly port?: number;
  /** In each direction. */
  readonly delayMs?: number;
  /** Up to this much more, evenly distributed, in each direction. */
  readonly jitterMs?: number;
  /** The listener's bytes are forwarded slowly, all of them or only the first ones. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number; readonly firstBytes?: number };
  /** This percentage of chunks is delayed as by a retransmission. */
  readonly loss?: { readonly percent: number; readonly stepMs: number };
  /** Changes this byte of that side's stream. */
  readonly corrupt?: { readonly from: 'connector' | 'listener'; readonly atByte: number };
  readonly cut?: Cut;
  /** Accepts connections and forwards nothing. */
  readonly swallow?: boolean;
}

/** Where a relay ends a connection. */
export interface Cut {
  readonly how: 'reset' | 'close';
  /** After this many bytes of the connector (0: at once). The chunk with the last of them is not forwarded. */
  readonly afterBytes: number;
  readonly afterMs?: number;
  /** Forwards the bytes of that chunk up to this number. */
  readonly isExact?: boolean;
  /** Only every such connection is cut; 1 by default. */
  readonly every?: number;
}

/** Starts a relay. @returns its port. */
export async function startRelay(lab: Lab, job: RelayJob, prefix: readonly string[] = []): Promise<number> {
  const relay = lab.start([...prefix, ...peerProgram('relay'), JSON.stringify(job)]);
  const [, port] = await relay.printed(/ready (\d+)/);
  return Number(port);
}

/** Links two hosts, with addresses at each end; IPv6 addresses are usable at once, without duplicate address detection. */
export function link(
  lab: Lab,
  a: Host,
  addressesA: readonly string[],
  b: Host,
  addressesB: readonly string[],
  mtu = 1500,
): void {
  const [endA, endB] = [`eth${++counter}`, `eth${++counter}`];
  lab.run(['ip', '-n', a.namespace, 'link', 'add', endA, 'type', 'veth', 'peer', 'name', endB, 'netns', b.namespace]);
  for (const [host, end, addresses] of [
    [a, endA, addressesA],
    [b, endB, addressesB],
  ] as const) {
    const commands = addresses.map(
      (address) => `ip addr add ${address} dev ${end}${address.includes(':') ? ' nodad' : ''}`,
    );
    host.sh([...commands, `ip link set ${end} mtu ${mtu} up`].join('\n'));
  }
}

/** Creates two hosts on one network: `here`, which runs ping, at .1, and `there` at .2. */
export function onLink(lab: Lab, net = '10.71.1'): { here: Host; there: Host; address: string } {
  const here = new Host(lab, 'here');
  const there = new Host(lab, 'there');
  link(lab, here, [`${net}.1/24`], there, [`${net}.2/24`]);
  return { here, there, address: `${net}.2` };
}

/** Creates two hosts with a router between them. */
export function routed(
  lab: Lab,
  near = '10.72.1',
  far = '10.72.2',
): { here: Host; router: Host; there: Host; address: string } {
  const here = new Host(lab, 'here');
  const router = new Host(lab, 'router');
  const there = new Host(lab, 'there');
  link(lab, here, [`${near}.1/24`], router, [`${near}.254/24`]);
  link(lab, router, [`${far}.254/24`], there, [`${far}.2/24`]);
  here.sh(`ip route add default via ${near}.254`);
  there.sh(`ip route add default via ${far}.254`);
  router.sh('sysctl -qw net.ipv4.ip_forward=1');
  return { here, router, there, address: `${far}.2` };
}

/** Returns why network namespaces are unavailable; undefined if they are available. */
export function missingNamespaces(): string | undefined {
  const name = `${PREFIX}${process.pid}-try`;
  const { status, error, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (status !== 0) return `network namespaces are unavailable: ${error?.message ?? stderr.trim()}`;
  const rules = spawnSync('ip', ['netns', 'exec', name, 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return rules.status === 0 ? undefined : `nftables is unavailable in network namespaces: ${rules.stderr.trim()}`;
}

let hasCleanedUp = false;

/** Removes namespaces of killed runs, so that they do not accumulate. */
function removeLeftOvers(): void {
  if (hasCleanedUp) return;
  hasCleanedUp = true;
  const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [name = '', pid] of stdout.matchAll(/^tplab-(\d+)-\S+/gm)) {
    if (isAlive(Number(pid))) continue;
    spawnSync('ip', ['netns', 'del', name]);
    rmSync(`/etc/netns/${name}`, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
