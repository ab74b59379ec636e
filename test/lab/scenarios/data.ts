import type { Lab } from '../lab.js';
import { routed } from '../network.js';
import type { Path, Scenario } from '../scenario.js';
import { icmpBlackHole, type IcmpBlackhole } from './network-path.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** What a router does to a connection that has carried so many bytes one way. */
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
  // What goes back is told to us by what we send: a refusal goes to the sender of the packet.
  const counted = direction === 'upload' ? 'original' : 'reply';
  const refused = verdict === 'drop' && direction === 'download' ? 'sport' : 'dport';
  router.firewall('forward', `tcp ${refused} ${port} ct ${counted} bytes > ${bytes} ${verdict}`);
  return { args: [`${address}:${port}`, '--timeout', '2500ms'], measureArgs: ['--sizes'], prefix: here.prefix };
}

/** A link on which TLS can still be made, and no packet of full size passes. */
export async function narrowLink(lab: Lab, lost: IcmpBlackhole, net: string): Promise<Path> {
  return { ...(await icmpBlackHole(lab, 1492, lost, net)), measureArgs: ['--sizes'] };
}

export const dataScenarios: readonly Scenario[] = [
  {
    id: '44-mtu-data',
    title: 'packets of full size vanish, and TLS still fits',
    needs: NAMESPACES,
    measured: 'data.path-mtu',
    // Its echoes of 4 KB get no answer.
    diagnosed: 'rpc.timeout',
    variants: [
      { name: 'PPPoE, the routers are mute', start: (lab) => narrowLink(lab, 'at both routers', '10.44.3') },
      { name: 'PPPoE, the hosts drop the notices', start: (lab) => narrowLink(lab, 'at both hosts', '10.44.4') },
    ],
  },
  {
    id: '46-reset-after-bytes',
    title: 'a device resets connections that have carried so many bytes',
    needs: NAMESPACES,
    measured: 'data.reset-after',
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
    title: 'a device swallows connections that have carried so many bytes',
    needs: NAMESPACES,
    measured: 'data.stalled-after',
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
