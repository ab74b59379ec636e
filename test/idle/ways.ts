import type { Lab } from '../lab/lab.js';
import { routed } from '../lab/network.js';
import { haproxy, nginx } from '../lab/servers.js';
import type { AddressMapping } from './climbed.js';

/** What every device of these tests allows. */
export const LIMIT_US = 2_000_000;

/** Twice the limit and a bit: a machine that is busy elsewhere for a second finds it all the same. */
const LADDER = ['--idle', '500ms..5s', '--timeout', '3s'];

/** A pong, and nothing between. */
export async function straight(lab: Lab): Promise<AddressMapping> {
  return { args: [`127.0.0.1:${await lab.pong()}`, '--idle', '1500ms'] };
}

export async function throughNginx(lab: Lab): Promise<AddressMapping> {
  const to = await lab.pong();
  const port = await nginx(lab, { stream: `server { listen PORT; proxy_pass 127.0.0.1:${to}; proxy_timeout 2s; }` });
  return { args: [`127.0.0.1:${port}`, ...LADDER] };
}

export async function throughHaproxy(lab: Lab): Promise<AddressMapping> {
  const to = await lab.pong();
  const lines = [
    'listen tentacle',
    '  mode tcp',
    '  bind 127.0.0.1:PORT',
    '  timeout client 2s',
    '  timeout server 9s',
    `  server one 127.0.0.1:${to}`,
  ];
  return { args: [`127.0.0.1:${await haproxy(lab, lines.join('\n'))}`, ...LADDER] };
}

/** How a test's firewall and ladder differ from the usual. */
interface Otherwise {
  readonly keepAliveUs?: number;
  readonly limitS?: number;
  readonly ladder?: string;
}

/**
 * A router that follows connections, forgets them after the limit, and lets none through that it does not know: it
 * drops what they send, or answers with a reset.
 */
export function throughFirewall(what: 'drop' | 'reject with tcp reset', net: string, otherwise: Otherwise = {}) {
  const { keepAliveUs, limitS = LIMIT_US / 1_000_000, ladder } = otherwise;
  return async (lab: Lab): Promise<AddressMapping> => {
    const { here, router, there, address } = routed(lab, `${net}.1`, `${net}.2`);
    router.firewall('forward', `ct state invalid ${what}`, 'ct state established accept');
    router.sh(
      [
        'sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0',
        `sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=${limitS}`,
      ].join('\n'),
    );
    const port = await there.pong();
    const options = ladder === undefined ? LADDER : ['--idle', ladder, '--timeout', '1s'];
    const keep = keepAliveUs === undefined ? {} : { keepAliveUs };
    return { args: [`${address}:${port}`, ...options], prefix: here.prefix, ...keep };
  };
}
