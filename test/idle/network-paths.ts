import type { Lab } from '../lab/lab.js';
import { routed } from '../lab/network.js';
import { haproxy, nginx } from '../lab/servers.js';
import type { SearchTarget } from './run-idle-search.js';

/** The idle timeout of every device in these tests. */
export const LIMIT_US = 2_000_000;

/** More than twice the limit: enough for a machine that is busy for a second. */
const SEARCH = ['--idle', '500ms..5s', '--timeout', '3s'];

/** A pong without a device in between. */
export async function directPath(lab: Lab): Promise<SearchTarget> {
  return { args: [`127.0.0.1:${await lab.pong()}`, '--idle', '1500ms'] };
}

export async function throughNginx(lab: Lab): Promise<SearchTarget> {
  const to = await lab.pong();
  const port = await nginx(lab, { stream: `server { listen PORT; proxy_pass 127.0.0.1:${to}; proxy_timeout 2s; }` });
  return { args: [`127.0.0.1:${port}`, ...SEARCH] };
}

export async function throughHaproxy(lab: Lab): Promise<SearchTarget> {
  const to = await lab.pong();
  const lines = [
    'listen tentacle',
    '  mode tcp',
    '  bind 127.0.0.1:PORT',
    '  timeout client 2s',
    '  timeout server 9s',
    `  server one 127.0.0.1:${to}`,
  ];
  return { args: [`127.0.0.1:${await haproxy(lab, lines.join('\n'))}`, ...SEARCH] };
}

/** Settings of the firewall and the search that differ from the default. */
interface FirewallSettings {
  readonly keepAliveUs?: number;
  readonly limitS?: number;
  /** The value of --idle. */
  readonly range?: string;
}

/**
 * A router that tracks connections, removes idle ones from its table after the limit, and then drops their packets or
 * replies with a reset.
 */
export function throughFirewall(
  action: 'drop' | 'reject with tcp reset',
  net: string,
  { keepAliveUs, limitS = LIMIT_US / 1_000_000, range }: FirewallSettings = {},
) {
  return async (lab: Lab): Promise<SearchTarget> => {
    const { here, router, there, address } = routed(lab, `${net}.1`, `${net}.2`);
    router.firewall('forward', `ct state invalid ${action}`, 'ct state established accept');
    router.sh(
      [
        'sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0',
        `sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=${limitS}`,
      ].join('\n'),
    );
    const port = await there.pong();
    const options = range === undefined ? SEARCH : ['--idle', range, '--timeout', '1s'];
    const keep = keepAliveUs === undefined ? {} : { keepAliveUs };
    return { args: [`${address}:${port}`, ...options], prefix: here.prefix, ...keep };
  };
}
