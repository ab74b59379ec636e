import type { Lab } from '../lab.js';
import { routed } from '../network.js';
import type { Path, Scenario } from '../scenario.js';
import { icmpBlackHole, type IcmpBlackhole } from './network-path.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A router's action on a connection that has carried a number of bytes in one direction. */
export interface Cut {
  readonly direction: 'upload' | 'download';
  readonly bytes: number;
  readonly verdict: 'drop' | 'reject with tcp reset' | 'reject with icmp host-unreachable';
}

/** A pong behind a router that counts the bytes of connections. */
export async function cutAfter(lab: Lab, { direction, bytes, verdict }: Cut, net: string): Promise<Path> {
  const { here, router, there, address } = routed(lab, `${net}1`, `${net}2`);
  router.sh('sysctl -qw net.netfilter.nf_conntrack_acct=1');
  const port = await there.pong();
  // A rejection goes to the sender of a packet, so for downloads the rule matches packets from here.
  const counted = direction === 'upload' ? 'original' : 'reply';
  const portField = verdict === 'drop' && direction === 'download' ? 'sport' : 'dport';
  router.firewall('forward', `tcp ${portField} ${port} ct ${counted} bytes > ${bytes} ${verdict}`);
  return { args: [`${address}:${port}`, '--timeout', '2500ms'], measureArgs: ['--sizes'], prefix: here.prefix };
}

/** A link on which the TLS handshake fits and no packet of full size passes. */
export async function narrowLink(lab: Lab, lost: IcmpBlackhole, net: string): Promise<Path> {
  return { ...(await icmpBlackHole(lab, 1492, lost, net)), measureArgs: ['--sizes'] };
}

export const dataScenarios: readonly Scenario[] = [
  {
    id: '44-mtu-data',
    title: 'packets of full size are lost; the TLS handshake fits',
    needs: NAMESPACES,
    measured: 'data.path-mtu',
    // Its larger echoes get no reply.
    diagnosed: 'rpc.timeout',
    variants: [
      { name: 'PPPoE, the routers send no ICMP', start: (lab) => narrowLink(lab, 'at both routers', '10.44.3') },
      { name: 'PPPoE, the hosts drop ICMP', start: (lab) => narrowLink(lab, 'at both hosts', '10.44.4') },
    ],
  },
  {
    id: '46-reset-after-bytes',
    title: 'a device resets connections after a number of bytes',
    needs: NAMESPACES,
    measured: 'data.reset',
    diagnosed: 'ok',
    variants: [
      {
        name: 'a firewall, after 1 MB of an upload',
        start: (lab) =>
          cutAfter(lab, { direction: 'upload', bytes: 1_000_000, verdict: 'reject with tcp reset' }, '10.46.3'),
      },
      {
        name: 'a firewall, after 2 MB of a download',
        start: (lab) =>
          cutAfter(lab, { direction: 'download', bytes: 2_000_000, verdict: 'reject with tcp reset' }, '10.46.4'),
      },
    ],
  },
  {
    id: '47-silent-after-bytes',
    title: 'a device drops packets of a connection after a number of bytes',
    needs: NAMESPACES,
    measured: 'data.stalled',
    diagnosed: 'ok',
    variants: [
      {
        name: 'a firewall, after 1 MB of an upload',
        start: (lab) => cutAfter(lab, { direction: 'upload', bytes: 1_000_000, verdict: 'drop' }, '10.47.3'),
      },
      {
        name: 'a firewall, after 1.5 MB of a download',
        start: (lab) => cutAfter(lab, { direction: 'download', bytes: 1_500_000, verdict: 'drop' }, '10.47.4'),
      },
    ],
  },
];
