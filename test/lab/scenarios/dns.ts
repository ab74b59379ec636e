import { Host, type DnsAnswer } from '../network.js';
import type { Lab } from '../lab.js';
import type { Path, Scenario } from '../scenario.js';

const NAMESPACES = ['ip', 'nft', 'namespaces'] as const;

/** A host whose one resolver answers so. */
async function asking(lab: Lab, answer: DnsAnswer, target: string, ...args: readonly string[]): Promise<Path> {
  const here = new Host(lab, 'here');
  here.resolvers(['127.0.0.53']);
  await here.dns(answer, '127.0.0.53');
  return { args: [target, ...args], prefix: here.prefix };
}

export const dnsScenarios: readonly Scenario[] = [
  {
    id: '01-nxdomain',
    title: 'the name does not exist',
    needs: NAMESPACES,
    measured: 'dns.not-found',
    variants: [
      { name: 'NXDOMAIN at once', start: (lab) => asking(lab, { rcode: 3 }, 'tentacle.example') },
      { name: 'NXDOMAIN late', start: (lab) => asking(lab, { rcode: 3, delayMs: 400 }, 'web-01.corp.internal:443') },
      { name: 'a name without addresses', start: (lab) => asking(lab, {}, 'mail.example:10943') },
    ],
  },
];
