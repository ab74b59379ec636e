import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Lab } from './lab.js';
import { peerProgram } from './programs.js';

let made = 0;

/** Ours, and of which process: whoever finds one whose process is gone may take it away. */
const PREFIX = 'tplab-';

/**
 * A machine of its own: a network namespace with its own addresses, routes, firewall and resolver. Nothing of the
 * network outside is touched; it goes with the lab.
 */
export class Host {
  readonly namespace: string;
  /** What to run a command under, so that it runs there. */
  readonly prefix: readonly string[];
  readonly #lab: Lab;

  constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.namespace = `${PREFIX}${process.pid}-${++made}-${name}`;
    this.prefix = ['ip', 'netns', 'exec', this.namespace];
    removeLeftOvers();
    lab.run(['ip', 'netns', 'add', this.namespace]);
    lab.onClose(() => {
      lab.run(['ip', 'netns', 'del', this.namespace]);
      rmSync(this.#etc, { recursive: true, force: true });
    });
    this.sh('ip link set lo up');
  }

  /** `ip netns exec` lays these files over those of /etc. */
  get #etc(): string {
    return `/etc/netns/${this.namespace}`;
  }

  /** Run shell commands there. @throws when one fails. */
  sh(script: string): string {
    return this.#lab.run([...this.prefix, 'sh', '-ec', script]);
  }

  /** Firewall rules, in the language of nftables: `input { tcp dport 10933 drop }` of one table. */
  firewall(hook: 'input' | 'output' | 'forward', ...rules: readonly string[]): void {
    const chain = `chain ${hook} {\n type filter hook ${hook} priority 0\n${rules.join('\n')}\n}`;
    this.sh(`nft 'table inet lab {\n${chain}\n}'`);
  }

  /** Hide what passes on behind this host's own address. */
  masquerade(): void {
    this.sh("nft 'table inet nat {\nchain post {\n type nat hook postrouting priority 100\n masquerade\n}\n}'");
  }

  /** The resolvers that programs there ask. */
  resolvers(addresses: readonly string[], options = 'timeout:1 attempts:1'): void {
    const lines = [...addresses.map((address) => `nameserver ${address}`), `options ${options}`];
    mkdirSync(this.#etc, { recursive: true });
    writeFileSync(`${this.#etc}/resolv.conf`, `${lines.join('\n')}\n`);
    writeFileSync(`${this.#etc}/nsswitch.conf`, 'hosts: files dns\n');
  }

  /** A resolver there that answers so, on an address that is there. */
  async dns(answer: DnsAnswer, address = '127.0.0.1'): Promise<void> {
    const job = JSON.stringify({ ...answer, address });
    await this.#lab.start([...this.prefix, ...peerProgram('dns-responder'), job]).printed(/ready/);
  }

  /** A relay there. @returns its port. */
  relay(job: RelayJob): Promise<number> {
    return startRelay(this.#lab, job, this.prefix);
  }

  /** A pong there. @returns its port. */
  pong(args: readonly string[] = []): Promise<number> {
    return this.#lab.pong(args, this.prefix);
  }
}

/** What the DNS responder answers to every question. */
export interface DnsAnswer {
  /** The response code; 0 unless given. */
  readonly rcode?: number;
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly delayMs?: number;
  /** It takes questions and says nothing. */
  readonly silent?: boolean;
}

/** How a relay passes bytes on: see relay.ts. */
export interface RelayJob {
  readonly to: number;
  readonly toHost?: string;
  readonly port?: number;
  /** Each way. */
  readonly delayMs?: number;
  /** Up to so much more, evenly spread, each way. */
  readonly jitterMs?: number;
  /** Bytes of the listener come so many at a time, perhaps only the first ones. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number; readonly firstBytes?: number };
  /** So many of a hundred chunks come as late as a retransmission makes them. */
  readonly loss?: { readonly percent: number; readonly stepMs: number };
  /** This byte of that side's stream is changed. */
  readonly corrupt?: { readonly from: 'connector' | 'listener'; readonly atByte: number };
  /** The connection is ended when so many bytes of the connector have come (0: at once). */
  readonly cut?: { readonly how: 'reset' | 'close'; readonly afterBytes: number; readonly afterMs?: number };
  /** Accept, and pass nothing on. */
  readonly swallow?: boolean;
}

export async function startRelay(lab: Lab, job: RelayJob, prefix: readonly string[] = []): Promise<number> {
  const relay = lab.start([...prefix, ...peerProgram('relay'), JSON.stringify(job)]);
  const [, port] = await relay.printed(/ready (\d+)/);
  return Number(port);
}

/** A cable between two hosts, with an address at each end; IPv6 ones are used at once, without asking around first. */
export function link(
  lab: Lab,
  a: Host,
  addressesA: readonly string[],
  b: Host,
  addressesB: readonly string[],
  mtu = 1500,
): void {
  const [endA, endB] = [`eth${++made}`, `eth${++made}`];
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

/** Two hosts on one network: `here`, from which is pinged, at .1 and `there` at .2. */
export function onLink(lab: Lab, net = '10.71.1'): { here: Host; there: Host; address: string } {
  const here = new Host(lab, 'here');
  const there = new Host(lab, 'there');
  link(lab, here, [`${net}.1/24`], there, [`${net}.2/24`]);
  return { here, there, address: `${net}.2` };
}

/** Two hosts with a router between. */
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

/** Why namespaces cannot be made here; undefined when they can. */
export function missingNamespaces(): string | undefined {
  const name = `${PREFIX}${process.pid}-try`;
  const { status, error, stderr } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (status !== 0) return `network namespaces cannot be made here: ${error?.message ?? stderr.trim()}`;
  const rules = spawnSync('ip', ['netns', 'exec', name, 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return rules.status === 0 ? undefined : `no nftables in network namespaces here: ${rules.stderr.trim()}`;
}

let looked = false;

/** Namespaces of runs that were killed, so that they do not pile up. */
function removeLeftOvers(): void {
  if (looked) return;
  looked = true;
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
