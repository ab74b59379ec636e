import type { ConnectionFacts } from '../trace.js';

const SECOND_US = 1_000_000;
const MINUTE_US = 60 * SECOND_US;

/** A Tentacle closes after a minute without a call; one that has the library's own defaults after ten. */
const TENTACLE_IDLE_US = [60 * SECOND_US, 10 * MINUTE_US];

/** Timers of either end may be early, and the end of the stream takes its way; a busy host is late. */
const EARLY_US = 0.5 * SECOND_US;
const LATE_US = 3 * SECOND_US;

/** Whether the peer closes by itself after so long without a call, as it says or as its kind is known to. */
export function isPeerLimit({ peerKind, idle }: ConnectionFacts): boolean {
  if (idle === undefined) return false;
  const known = peerKind === 'pong' ? [] : TENTACLE_IDLE_US;
  const limits = idle.peerLimitUs === undefined ? known : [idle.peerLimitUs];
  return limits.some((us) => idle.idleUs >= us - EARLY_US && idle.idleUs <= us + LATE_US);
}

/** How a device that has had enough of an idle connection lets its ends know. */
export type IdleBehavior = 'closes' | 'resets' | 'forgets' | 'forgets and rejects';

/** What devices do with idle TCP connections unless they are set otherwise. Hints only: others do the same. */
const USUAL: readonly { readonly name: string; readonly idleUs: number; readonly manners: readonly IdleBehavior[] }[] =
  [
    {
      name: 'HAProxy as its examples set it (timeout client, timeout server)',
      idleUs: 50 * SECOND_US,
      manners: ['closes'],
    },
    {
      name: 'HAProxy as its examples set it (timeout client, timeout server)',
      idleUs: 60 * SECOND_US,
      manners: ['closes'],
    },
    { name: 'an AWS Classic Load Balancer (idle timeout)', idleUs: 60 * SECOND_US, manners: ['closes', 'resets'] },
    {
      name: 'an Azure Load Balancer or NAT (idle timeout)',
      idleUs: 4 * MINUTE_US,
      manners: ['forgets', 'resets', 'forgets and rejects'],
    },
    {
      name: 'an F5 BIG-IP (idle timeout of its TCP profile)',
      idleUs: 5 * MINUTE_US,
      manners: ['resets', 'forgets', 'forgets and rejects'],
    },
    {
      name: 'an AWS Network Load Balancer, NAT gateway or Gateway Load Balancer',
      idleUs: 350 * SECOND_US,
      manners: ['forgets', 'forgets and rejects'],
    },
    { name: 'nginx (proxy_timeout of its stream module)', idleUs: 10 * MINUTE_US, manners: ['closes'] },
    { name: 'the firewall of a Google Cloud network', idleUs: 10 * MINUTE_US, manners: ['forgets'] },
  ];

/** A device's clock may tick in seconds, and it may look for what has run out only now and then. */
const NEAR = 0.03;

/** Which of the usual devices do so, unless they are set otherwise, after a time between these (µs). */
export function knownDevices(manner: IdleBehavior, longestOkUs: number, shortestDeadUs: number): string[] {
  const fitting = USUAL.filter(
    ({ idleUs, manners }) =>
      manners.includes(manner) && idleUs >= longestOkUs * (1 - NEAR) && idleUs <= shortestDeadUs * (1 + NEAR),
  );
  return [...new Set(fitting.map(({ name }) => name))];
}
